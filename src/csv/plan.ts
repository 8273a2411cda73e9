import type { StageShape, StagedRow } from '../store/index.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { DateColumns } from './date-columns.ts';
import type { Rejection } from './rejects.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/** How to turn the rows of one file into rows of a stage. */
export interface ImportPlan {
  readonly shape: StageShape;
  readonly columns: readonly ColumnMapping[];
  /** The name of the column that identifies the record of a row. */
  readonly keyColumn: string;
  readonly dates: DateColumns;
  /** The segments that the rows checked so far have named. */
  readonly segmentIds: ReadonlySet<number>;
  check(row: CsvRow): CheckedRow;
}

export type CheckedRow =
  | { readonly kind: 'row'; readonly row: StagedRow }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  /** A date can be read in two ways: decide the order of the column, then check the row again. */
  | { readonly kind: 'undecided'; readonly rejection: Rejection };

/** The rejection of a row that has content after the header's last column. */
export function tooLong(
  row: CsvRow,
  { header, derived = 0 }: Pick<Table, 'header' | 'derived'>,
): Rejection | undefined {
  const width = header.length;
  if (row.cells.length <= width || row.cells.slice(width).every((cell) => cell === ''))
    return undefined;
  return {
    column: '',
    reason: `the row has ${row.cells.length - derived} cells, the header ${width - derived}`,
  };
}
