import { EXIT, UserError } from '../support/errors.ts';
import type { CellFormat } from './record-reader.ts';
import { Tokenizer } from './tokenizer.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const MOST_RECORDS = 20;

/** A first line that tells spreadsheets the delimiter. */
const SEP_LINE = /^\ufeff*(?:sep=(.)|"sep=(.)")(?:\r\n|\n|\r|$)/i;

/** How the cells of a file are cut but for the delimiter, as the user says. */
export type CellRules = Omit<CellFormat, 'delimiter'>;

/** What a first line says about the delimiter; undefined if it is no `sep=` line. */
export function delimiterOfSepLine(head: string): string | undefined {
  const line = SEP_LINE.exec(head);
  return line?.[1] ?? line?.[2];
}

/**
 * The delimiter that splits most of the first records into as many cells as the header has; if
 * several do, the one with the most cells. `columns` is how many cells the header then has.
 */
export function likeliestDelimiter(
  head: string,
  rules: CellRules,
): { readonly delimiter: string; readonly columns: number } {
  let best = { delimiter: ',', agreement: 0, columns: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = cellCounts(head, { ...rules, delimiter });
    const columns = counts[0] ?? 0;
    if (columns < 2) continue;
    const agreement = counts.filter((count) => count === columns).length / counts.length;
    if (agreement > best.agreement || (agreement === best.agreement && columns > best.columns))
      best = { delimiter, agreement, columns };
  }
  return best;
}

/** How many cells the header has with this delimiter. */
export function countColumns(head: string, format: CellFormat): number {
  return cellCounts(head, format)[0] ?? 0;
}

/**
 * Reads a delimiter as the user types it: one character, `tab` or `\t`. `UserError` (2) for
 * anything else.
 */
export function parseDelimiter(text: string): string {
  if (/^(tab|\\t)$/i.test(text)) return '\t';
  if (/^[^"\r\n\ufeff]$/.test(text)) return text;
  throw new UserError('BAD_DELIMITER', EXIT.usage, `\`${text}\` cannot be a delimiter`, {
    hint: "give one character, such as ';' or '|', or tab",
  });
}

/**
 * Reads an escape character as the user types it. `UserError` (2) for anything that could not be
 * told from text.
 */
export function parseEscape(text: string): string {
  if (/^[^"\s\p{L}\p{N}]$/u.test(text)) return text;
  throw new UserError('BAD_ESCAPE', EXIT.usage, `\`${text}\` cannot be an escape character`, {
    hint: "give one character that is no letter, figure or blank, such as '\\'",
  });
}

/** How many cells each of the first records has; text after a broken quote is ignored. */
function cellCounts(head: string, format: CellFormat): number[] {
  const tokenizer = new Tokenizer(format, '');
  const counts: number[] = [];
  try {
    for (const line of head.split(/(?<=\n|\r(?!\n))/)) {
      for (const row of tokenizer.push(line)) counts.push(row.cells.length);
      if (counts.length >= MOST_RECORDS) return counts;
    }
    for (const row of tokenizer.end()) counts.push(row.cells.length);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return counts;
}
