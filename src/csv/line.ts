import { stringify } from 'csv-stringify/sync';

/** How lines of a CSV file are written. */
export interface LineFormat {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
}

/** What has to stand in quotes, for the delimiters that occur in no number and no instant. */
const NEEDS_QUOTES: Readonly<Record<string, RegExp>> = {
  ',': /[,"\r\n\ufeff]/,
  ';': /[;"\r\n\ufeff]/,
  '\t': /[\t"\r\n\ufeff]/,
  '|': /[|"\r\n\ufeff]/,
};

/** The only cell of a line, where it is empty: the line would else be one without cells. */
export const LONE_EMPTY_CELL = '""';

/**
 * What writes a text as a cell, in quotes only where they are needed; undefined for a delimiter that
 * is not one of the usual ones.
 */
export function cellQuoter(delimiter: string): ((text: string) => string) | undefined {
  const needsQuotes = NEEDS_QUOTES[delimiter];
  if (needsQuotes === undefined) return undefined;
  return (text) => (needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
}

/**
 * Writes records, all with the same number of cells, as RFC 4180 says. Cells are quoted only where
 * needed, which includes a single empty cell. Writing many at once is faster than one by one.
 */
export function linesWriter(
  format: LineFormat,
): (records: readonly (readonly string[])[]) => string {
  const quoted = cellQuoter(format.delimiter);
  if (quoted === undefined) return oddLinesWriter(format);
  const { delimiter, lineEnd } = format;
  const lineOf = (cells: readonly string[]): string =>
    cells.length === 1 && cells[0] === '' ? LONE_EMPTY_CELL : cells.map(quoted).join(delimiter);
  return (records) => records.map((cells) => lineOf(cells) + lineEnd).join('');
}

/** The same for any delimiter, a digit or a blank as well. */
function oddLinesWriter({ delimiter, lineEnd }: LineFormat): ReturnType<typeof linesWriter> {
  const options = {
    delimiter,
    record_delimiter: lineEnd,
    quote_record_delimiter: true,
    quoted_match: '\ufeff',
  };
  return (records) =>
    stringify([...records], { ...options, quoted_empty: records[0]?.length === 1 });
}
