import { EXIT, UserError } from '../support/errors.ts';
import { isBehindPreamble } from './presets/find-preset.ts';
import type { CellFormat } from './record-reader.ts';
import { type CsvRow, Tokenizer } from './tokenizer.ts';

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
 * several do, the one with the most cells; if none splits the first record, the one that shows a
 * header which a system writes behind a preamble. `columns` is how many cells the first record then
 * has.
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
  return best.columns > 1 ? best : { ...best, delimiter: delimiterBehindPreamble(head, rules) };
}

function delimiterBehindPreamble(head: string, rules: CellRules): string {
  const shows = (delimiter: string): boolean =>
    firstRecords(head, { ...rules, delimiter }).some(({ cells }) => isBehindPreamble(cells));
  return DELIMITERS.find(shows) ?? ',';
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

/** How many cells each of the first records has. */
function cellCounts(head: string, format: CellFormat): number[] {
  return firstRecords(head, format).map(({ cells }) => cells.length);
}

/** The first records; text after a broken quote is ignored. */
function firstRecords(head: string, format: CellFormat): CsvRow[] {
  const tokenizer = new Tokenizer(format, '');
  const rows: CsvRow[] = [];
  try {
    for (const line of head.split(/(?<=\n|\r(?!\n))/)) {
      rows.push(...tokenizer.push(line));
      if (rows.length >= MOST_RECORDS) return rows;
    }
    rows.push(...tokenizer.end());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
  return rows;
}
