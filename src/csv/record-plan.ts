import { isValue } from '../contact/values.ts';
import { CLEAR, type FieldRow, type RecordKind, type SegmentRow, type StagedRecord, type StagedValue, type Value } from '../store/index.ts';
import { CellProblems, cellReader, readTagsCell } from './cells.ts';
import { type ColumnMapping, mapColumns, type Target, type Targets } from './columns.ts';
import type { DateColumns } from './date-columns.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn, keyField } from './key.ts';
import { type CheckedRow, type ImportPlan, tooLong } from './plan.ts';
import { SegmentCells } from './segment-cells.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/** Kept by the store, yet a file may say them. */
const SETTABLE = new Set(['created_at', 'identified_at', 'last_active_at']);

/** What a plan needs to know of the store. */
export interface StoreFacts {
  readonly fields: readonly FieldRow[];
  readonly segments: readonly SegmentRow[];
  /** The store's time zone, an IANA name. */
  readonly zone: string;
}

interface ValueColumn extends ColumnMapping {
  readonly field: string;
  readonly label: string;
  readonly read: ReturnType<typeof cellReader>;
}

/** The plan of a contacts or companies file. `UserError`: see `mapColumns`, `keyField`, `expectColumn`. */
export function planRecords(table: Table, object: RecordKind, facts: StoreFacts, dates: DateColumns, options: ImportOptions): ImportPlan {
  const fields = facts.fields.filter((field) => field.object === object);
  const key = keyField(facts.fields, object, options.key ?? (object === 'contact' ? 'email' : 'name'));
  const columns = mapColumns(table.header, recordTargets(fields, object, key), options);
  const keyColumn = expectColumn(table, columns, key, `the key \`${key.alias}\``);
  const reader = new RecordReader(fields, object, columns, dates, facts.segments);
  const stored = reader.stored.filter((column) => column.field !== 'id');
  const width = table.header.length;
  return {
    shape: {
      kind: object === 'contact' ? 'contacts' : 'companies',
      key: key.alias,
      columns: stored.map((column) => column.field),
      uniques: fields.filter((field) => field.unique && field !== key && stored.some((column) => column.field === field.alias)).map((field) => field.alias),
      duplicates: options.duplicates ?? 'last',
    },
    columns,
    keyColumn: keyColumn.column,
    dates,
    segmentIds: reader.segmentIds,
    check: (row) => reader.check(row, key, keyColumn, width),
  };
}

function recordTargets(fields: readonly FieldRow[], object: RecordKind, key: FieldRow): Targets {
  const list = fields.map((field): Target => ({ alias: field.alias, label: field.label, kept: field.origin === 'kept' && field !== key && !SETTABLE.has(field.alias) }));
  return { list: object === 'contact' ? [...list, { alias: 'segments', label: 'Segments' }] : list };
}

/** Turns rows of cells into rows of values. */
class RecordReader {
  /** The columns that are read into columns of the store. */
  readonly stored: readonly ValueColumn[];
  readonly #company: ValueColumn | undefined;
  readonly #tags: ColumnMapping | undefined;
  readonly #segments: ColumnMapping | undefined;
  readonly #segmentCells: SegmentCells;

  constructor(fields: readonly FieldRow[], object: RecordKind, columns: readonly ColumnMapping[], dates: DateColumns, segments: readonly SegmentRow[]) {
    const valueColumns = columns.flatMap((column) => valueColumn(column, fields, dates));
    const isCompany = (column: ColumnMapping): boolean => object === 'contact' && column.field === 'company';
    this.stored = valueColumns.filter((column) => !isCompany(column));
    this.#company = valueColumns.find(isCompany);
    this.#tags = columns.find((column) => column.field === 'tags');
    this.#segments = columns.find((column) => column.field === 'segments');
    this.#segmentCells = new SegmentCells(segments);
  }

  get segmentIds(): ReadonlySet<number> {
    return this.#segmentCells.mentioned;
  }

  check(row: CsvRow, key: FieldRow, keyColumn: ColumnMapping, width: number): CheckedRow {
    const long = tooLong(row, width);
    if (long !== undefined) return { kind: 'rejected', rejection: long };
    const problems = new CellProblems();
    const values: StagedValue[] = [];
    let keyValue: Value = null;
    for (const column of this.stored) {
      const value = problems.check(column.read(row.cells[column.position] ?? ''), column.column, column.label);
      if (column.field === key.alias && isValue(value)) keyValue = value;
      if (column.field !== 'id') values.push(value);
    }
    const staged: StagedRecord = { line: row.line, key: keyValue, values, ...this.#extras(row, problems) };
    if (keyValue === null && !problems.found) problems.add(keyColumn.column, `${key.label}: the key is empty`);
    if (problems.undecidedDate) return { kind: 'undecided' };
    return problems.found ? { kind: 'rejected', rejection: problems.rejection() } : { kind: 'row', row: staged };
  }

  /** What contacts have beside their own columns. */
  #extras({ cells }: CsvRow, problems: CellProblems): Pick<StagedRecord, 'company' | 'tags' | 'segmentIds'> {
    const company = this.#company;
    const tags = this.#tags;
    const segments = this.#segments;
    return {
      ...(company === undefined ? {} : { company: companyOf(problems.check(company.read(cells[company.position] ?? ''), company.column, company.label)) }),
      ...(tags === undefined ? {} : { tags: problems.check(readTagsCell(cells[tags.position] ?? ''), tags.column, 'Tags') ?? [] }),
      ...(segments === undefined ? {} : { segmentIds: this.#segmentCells.read(cells[segments.position] ?? '', segments.column, problems) }),
    };
  }
}

function valueColumn(column: ColumnMapping, fields: readonly FieldRow[], dates: DateColumns): ValueColumn[] {
  const field = fields.find(({ alias }) => alias === column.field);
  if (field === undefined || field.type === 'tags') return [];
  return [{ ...column, field: field.alias, label: field.label, read: cellReader(field, dates.contextOf(column.position, column.column)) }];
}

/** A name of blanks is no name. */
function companyOf(value: StagedValue): string | null | typeof CLEAR {
  if (value === null || value === CLEAR) return value;
  const name = String(value);
  return name.trim() === '' ? null : name;
}
