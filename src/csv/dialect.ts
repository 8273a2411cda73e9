import { EXIT, UserError } from '../support/errors.ts';
import { Tokenizer } from './tokenizer.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const MOST_RECORDS = 20;

/** A first line that tells spreadsheets the delimiter. */
const SEP_LINE = /^\ufeff*(?:sep=(.)|"sep=(.)")(?:\r\n|\n|\r|$)/i;

/** The delimiter, and the number of characters before the header. */
export interface Dialect {
  readonly delimiter: string;
  readonly skip: number;
}

/** Finds the dialect in the beginning of a file. The option decides, then a `sep=;` line. */
export function detectDialect(head: string, given: string | undefined): Dialect {
  const line = SEP_LINE.exec(head);
  const skip = line?.[0].length ?? 0;
  return {
    delimiter: given ?? line?.[1] ?? line?.[2] ?? likeliestDelimiter(head.slice(skip)),
    skip,
  };
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
 * The delimiter that splits most of the first records into as many cells as the header has; if
 * several do, the one with the most cells.
 */
function likeliestDelimiter(head: string): string {
  let best = { delimiter: ',', agreement: 0, columns: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = cellCounts(head, delimiter);
    const columns = counts[0] ?? 0;
    if (columns < 2) continue;
    const agreement = counts.filter((count) => count === columns).length / counts.length;
    if (agreement > best.agreement || (agreement === best.agreement && columns > best.columns))
      best = { delimiter, agreement, columns };
  }
  return best.delimiter;
}

/** How many cells each of the first records has; text after a broken quote is ignored. */
function cellCounts(head: string, delimiter: string): number[] {
  const tokenizer = new Tokenizer(delimiter, '');
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
