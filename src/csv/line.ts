import { stringify } from 'csv-stringify/sync';

/** How lines of a CSV file are written. */
export interface LineFormat {
  readonly delimiter: string;
  readonly lineEnd: '\n' | '\r\n';
}

/**
 * Writes records of one width as RFC 4180 says: quotes only where needed, which is also around the
 * only cell of an empty line. Many at once are written faster than one by one.
 */
export function linesWriter({
  delimiter,
  lineEnd,
}: LineFormat): (records: readonly (readonly string[])[]) => string {
  const options = {
    delimiter,
    record_delimiter: lineEnd,
    quote_record_delimiter: true,
    quoted_match: '\ufeff',
  };
  return (records) =>
    stringify([...records], { ...options, quoted_empty: records[0]?.length === 1 });
}
