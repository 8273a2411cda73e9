import type { StageShape, StagedRow, StagedWish, Value } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import type { CleanedCells } from './cleaned-cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { DateColumns } from './date-columns.ts';
import { type Rejection, rejectionFor } from './reject-lines.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/** How to turn the rows of one file into rows of a stage. */
export interface ImportPlan {
  readonly shape: StageShape;
  readonly columns: readonly ColumnMapping[];
  /** The name of the column that identifies the record of a row. */
  readonly keyColumn: string;
  readonly dates: DateColumns;
  /** Whether a row that was checked lacks the key that it needs. */
  readonly lacksKey?: boolean;
  /** The segments that the rows checked so far have named. */
  readonly segmentIds: ReadonlySet<number>;
  /** What was cleaned in the good ones among the rows checked so far. */
  readonly cleaned: CleanedCells;
  /** What else is to be told of the rows checked so far. */
  readonly notes?: readonly string[];
  check(row: CsvRow): CheckedRow;
}

export type CheckedRow =
  | { readonly kind: 'row'; readonly row: StagedRow }
  | RejectedRow
  /** A date can be read in two ways: decide the order of the column, then check the row again. */
  | (Omit<RejectedRow, 'kind'> & { readonly kind: 'undecided' });

/** A value of a unique column. */
export interface UniqueValue {
  readonly column: string;
  readonly value: Value;
}

export interface RejectedRow {
  readonly kind: 'rejected';
  readonly rejection: Rejection;
  /** What the row has for a key; null if that cannot be read. */
  readonly key: Value;
  /** What else it has that is unique. */
  readonly others?: readonly UniqueValue[] | undefined;
  /** Who must not be reached by what it says, if that can be read. */
  readonly wish?: StagedWish | undefined;
}

/** The rejection of a row that has content after the header's last column. */
export function tooLong(
  row: CsvRow,
  { header, derived = 0 }: Pick<Table, 'header' | 'derived'>,
): Rejection | undefined {
  const width = header.length;
  if (row.cells.length <= width) return undefined;
  if (row.cells.slice(width).every((cell) => withoutBlanks(cell) === '')) return undefined;
  return rejectionFor({
    ...{ column: '', kind: 'tooLong' },
    words: `the row has ${row.cells.length - derived} cells, the header ${width - derived}`,
  });
}
