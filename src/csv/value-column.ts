import { CLEAR, type FieldRow, type RecordKind, type StagedValue } from '../store/index.ts';
import { type CellProblems, cellReader } from './cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import type { DateColumns } from './date-columns.ts';
import { multiselectCell } from './list-cells.ts';
import type { Separators } from './multi-option.ts';
import type { ColumnReading } from './presets/preset.ts';
import type { CsvRow } from './tokenizer.ts';

/** Fields that every record has and that cannot be cleared. */
const NEVER_CLEARED: Readonly<Record<RecordKind, readonly string[]>> = {
  contact: ['created_at'],
  company: ['name', 'created_at'],
};

/** A column whose cells are values of a field. */
export interface ValueColumn extends ColumnMapping {
  readonly field: string;
  readonly label: string;
  /** True for the key and for what a new record needs: an empty cell rejects the row. */
  readonly required: boolean;
  readonly clearable: boolean;
  readonly isUnique: boolean;
  readonly read: ReturnType<typeof cellReader>;
}

/** What there is to know of the columns of a file. */
export interface ReadingOfValues {
  readonly fields: readonly FieldRow[];
  readonly dates: DateColumns;
  readonly separators: Separators;
  readonly required: readonly (FieldRow | undefined)[];
  readonly keepBlanks: boolean | undefined;
}

/** The column with the reader of its cells; none where its cells are no values of a field. */
export function valueColumn(
  column: ColumnMapping,
  { fields, dates, separators, required, keepBlanks }: ReadingOfValues,
): ValueColumn[] {
  const field = fields.find(({ alias }) => alias === column.field);
  if (field === undefined || field.type === 'tags' || column.consent !== undefined) return [];
  const readCell = cellReader(field, dates.contextOf(column, field.type), keepBlanks);
  const separator = separators.get(field.alias) ?? column.reading?.separator;
  const read: typeof readCell =
    field.type === 'multiselect'
      ? (cell) => readCell(multiselectCell(cell, field, separator))
      : replacing(column.reading, readCell);
  return [
    {
      ...column,
      field: field.alias,
      label: field.label,
      required: required.includes(field),
      isUnique: field.unique,
      clearable: !NEVER_CLEARED[field.object].includes(field.alias),
      read,
    },
  ];
}

/** The reader behind what a system's cells need to have replaced. */
export function replacing<T>(
  reading: ColumnReading | undefined,
  read: (cell: string) => T,
): (cell: string) => T {
  const replace = reading?.replace;
  return replace === undefined ? read : (cell) => read(cell.replace(replace[0], replace[1]));
}

/** Whether a row has no value in the column, not even a wrong one. */
export function isMissing({ read, position }: ValueColumn, { cells }: CsvRow): boolean {
  const found = read(cells[position] ?? '');
  return found === null || found === CLEAR;
}

/** The value of a cell. Most are one, and then nothing else is asked of them. */
export function readInto(
  problems: CellProblems,
  column: ValueColumn,
  { cells }: CsvRow,
): StagedValue {
  const found = column.read(cells[column.position] ?? '');
  if (typeof found === 'string' || typeof found === 'number') return found;
  const { column: name, label } = column;
  if (column.required && (found === null || found === CLEAR))
    problems.add({ column: name, label, words: 'it is missing' });
  else if (found === CLEAR && !column.clearable)
    problems.add({ column: name, label, words: 'it cannot be cleared' });
  return problems.checkValue(found, name, label);
}
