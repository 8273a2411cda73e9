import { linesWriter } from './line.ts';
import type { CsvNotation, Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

const REJECT_COLUMNS = ['_line', '_column', '_reason'] as const;

/**
 * Whether a column was added by an import that rejected its row. It is ignored, so that a corrected
 * rejects file can be imported as it is.
 */
export function isRejectColumn(column: string): boolean {
  return (REJECT_COLUMNS as readonly string[]).includes(column.toLowerCase());
}

/** One thing that is wrong with a row. */
export interface RowProblem {
  /** As the file calls it; empty if no single column is the cause. */
  readonly column: string;
  /** What the column is read into. */
  readonly label?: string;
  readonly words: string;
  /** What tells it from other problems in the column, whatever the cells hold [the words]. */
  readonly kind?: string;
}

/** Why a row is not imported: the columns and the words of all that is wrong with it. */
export interface Rejection {
  readonly column: string;
  readonly reason: string;
  readonly problems: readonly RowProblem[];
}

export function rejectionFor(...problems: readonly RowProblem[]): Rejection {
  return {
    column: [...new Set(problems.map(({ column }) => column))].join(', '),
    reason: problems
      .map(({ label, words }) => (label === undefined ? words : `${label}: ${words}`))
      .join('; '),
    problems,
  };
}

/** Writes rejected rows so that they are read with the options with which the file was read. */
export interface RejectLines {
  /** What comes before the first row. */
  readonly head: string;
  lineOf(row: CsvRow, rejection: Pick<Rejection, 'column' | 'reason'>): string;
}

export function rejectLines(table: Table): RejectLines {
  const { header, derived = 0, encoding, notation } = table;
  const positions = header.flatMap((column, position) =>
    isRejectColumn(column) || position >= header.length - derived ? [] : [position],
  );
  const originals = (cells: readonly string[]): string[] =>
    positions.map((position) => cells[position] ?? '');
  // the mark says that this file is UTF-8, whatever the option for the encoding says
  const mark = encoding === 'utf-8' ? '' : '\ufeff';
  return notation.kind === 'csv'
    ? csvLines(mark, header, originals, notation)
    : jsonLines(mark, header, positions);
}

function csvLines(
  mark: string,
  header: readonly string[],
  originals: (cells: readonly string[]) => string[],
  { delimiter, escape, headerLine }: CsvNotation,
): RejectLines {
  const toLines = linesWriter({ delimiter, lineEnd: '\n' });
  const write = (cells: readonly string[]): string =>
    toLines([cells.map((cell) => escaped(cell, escape))]);
  return {
    head: mark + '\n'.repeat(headerLine - 1) + write([...originals(header), ...REJECT_COLUMNS]),
    // surplus cells come last, so that the others stay in their columns
    lineOf: ({ line, cells }, { column, reason }) =>
      write([...originals(cells), String(line), column, reason, ...cells.slice(header.length)]),
  };
}

function jsonLines(
  mark: string,
  header: readonly string[],
  positions: readonly number[],
): RejectLines {
  return {
    head: mark,
    lineOf: ({ line, cells, lists }, { column, reason }) => {
      const entries = positions.map((position): [string, unknown] => {
        const cell = cells[position] ?? '';
        return [header[position] ?? '', lists?.has(position) === true ? cell.split('|') : cell];
      });
      const said = { _line: line, _column: column, _reason: reason };
      return `${JSON.stringify({ ...Object.fromEntries(entries), ...said })}\n`;
    },
  };
}

function escaped(cell: string, escape: string): string {
  if (escape === '' || (escape === '\\' && cell === '\\N')) return cell;
  return cell.replaceAll(escape, escape + escape);
}
