import type { Value } from '../store/index.ts';
import { cellQuoter, type LineFormat, linesWriter, LONE_EMPTY_CELL } from './line.ts';

/** A column of a file that is written from stored values. */
export interface ValueColumn {
  readonly header: string;
  /** Which value of a row it shows. */
  readonly position: number;
  /** The text of the cell, without quotes. */
  readonly ofText: (value: string) => string;
  /** The same for numbers, which in no way look like a text: digits, instants, true and false. */
  readonly ofNumber: (value: number) => string;
}

/** Rows of stored values, as lines of a file. */
export type ValueLines = (rows: readonly (readonly Value[])[]) => string;

/** What writes rows of stored values; an empty cell stands for what is missing. */
export function valueLines(columns: readonly ValueColumn[], format: LineFormat): ValueLines {
  const quoted = cellQuoter(format.delimiter);
  if (quoted !== undefined) return usualLines(columns, format, quoted);
  const write = linesWriter(format);
  return (rows) => write(rows.map((row) => columns.map((column) => cellOf(column, row))));
}

function cellOf({ position, ofText, ofNumber }: ValueColumn, row: readonly Value[]): string {
  const value = row[position] ?? null;
  if (value === null) return '';
  return typeof value === 'string' ? ofText(value) : ofNumber(value);
}

/** One string for all rows: a list of cells for each would take twice the time. */
function usualLines(
  columns: readonly ValueColumn[],
  { delimiter, lineEnd }: LineFormat,
  quoted: (text: string) => string,
): ValueLines {
  const empty = columns.length === 1 ? LONE_EMPTY_CELL : '';
  const textOf = (row: readonly Value[]): string => {
    let line = '';
    let before = '';
    for (const { position, ofText, ofNumber } of columns) {
      const value = row[position] ?? null;
      const cell =
        typeof value === 'string' ? quoted(ofText(value)) : value === null ? '' : ofNumber(value);
      line += before + (cell === '' ? empty : cell);
      before = delimiter;
    }
    return line + lineEnd;
  };
  return (rows) => {
    let text = '';
    for (const row of rows) text += textOf(row);
    return text;
  };
}
