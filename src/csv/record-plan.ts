import {
  CLEAR,
  type FieldRow,
  type RecordKind,
  type SegmentRow,
  type StagedRecord,
  type StagedValue,
  type Value,
} from '../store/index.ts';
import type { ColumnReading } from './presets/preset.ts';
import type { KnownTable } from './presets/preset-table.ts';
import { CellProblems, cellReader } from './cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import { ConsentCells } from './consent/cells.ts';
import type { DateColumns } from './date-columns.ts';
import type { Target, Targets } from './find-target.ts';
import type { ImportOptions } from './import-options.ts';
import { expectColumn, keyField } from './key.ts';
import { multiselectCell, TagCells } from './list-cells.ts';
import { parseMulti, type Separators } from './multi-option.ts';
import { type CheckedRow, type ImportPlan, tooLong } from './plan.ts';
import { SegmentCells } from './segment-cells.ts';
import { COMPANY_SYNONYMS, CONTACT_SYNONYMS } from './synonyms.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';

/** Fields that the store writes itself and a file may set all the same. */
const SETTABLE = new Set(['created_at', 'identified_at', 'last_active_at']);

/** What a plan needs to know about the store. */
export interface StoreFacts {
  readonly fields: readonly FieldRow[];
  readonly segments: readonly SegmentRow[];
  /** Reads the channels that consent columns may name. */
  channels(): Promise<readonly string[]>;
  /** Reads the names of all tags. */
  tagNames(): Promise<readonly string[]>;
  /** The store's time zone, an IANA name. */
  readonly zone: string;
}

/** Fields that every record has and that cannot be cleared. */
const NEVER_CLEARED: Readonly<Record<RecordKind, readonly string[]>> = {
  contact: ['created_at'],
  company: ['name', 'created_at'],
};

interface ValueColumn extends ColumnMapping {
  readonly field: string;
  readonly label: string;
  /** True for the key and for what a new record needs: an empty cell rejects the row. */
  readonly required: boolean;
  readonly clearable: boolean;
  readonly read: ReturnType<typeof cellReader>;
}

/**
 * The plan of a contacts or companies file. `UserError`: see `mapColumns`, `keyField`,
 * `expectColumn`.
 */
export async function planRecords(
  { table, preset }: KnownTable,
  object: RecordKind,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const fields = facts.fields.filter((field) => field.object === object);
  const usualKey = object === 'contact' ? 'email' : 'name';
  const key = keyField(facts.fields, object, options.key ?? usualKey);
  const targets = recordTargets(fields, object, key);
  const columns = mapColumns(table.header, targets, { ...options, preset });
  const keyColumn = expectColumn(table, columns, key, `the key \`${key.alias}\``);
  const name = nameOfNew(fields, object, key, options);
  if (name !== undefined)
    expectColumn(table, columns, name, `\`${name.alias}\`, which a new ${object} needs`);
  const separators = parseMulti(options.multi ?? [], fields, object);
  const valueColumns = columns.flatMap((column) =>
    valueColumn(column, { fields, dates, separators, required: [key, name] }),
  );
  const beside = await readersBeside(columns, separators, facts, options);
  const reader = new RecordReader(object, columns, valueColumns, beside);
  const stored = reader.stored
    .filter((column) => column.field !== 'id')
    .map((column) => column.field);
  const uniques = fields
    .filter((field) => field.unique && field !== key && stored.includes(field.alias))
    .map((field) => field.alias);
  return {
    shape: {
      kind: object === 'contact' ? 'contacts' : 'companies',
      key: key.alias,
      columns: stored,
      uniques,
      duplicates: options.duplicates ?? 'last',
    },
    columns,
    keyColumn: keyColumn.column,
    dates,
    segmentIds: reader.segmentIds,
    check: (row) => reader.check(row, key.alias, table),
  };
}

function recordTargets(fields: readonly FieldRow[], object: RecordKind, key: FieldRow): Targets {
  const list = fields.map((field): Target => ({
    alias: field.alias,
    label: field.label,
    custom: field.origin === 'custom',
    kept: field.origin === 'kept' && field !== key && !SETTABLE.has(field.alias),
  }));
  return object === 'contact'
    ? {
        list: [...list, { alias: 'segments', label: 'Segments' }],
        consent: true,
        synonyms: CONTACT_SYNONYMS,
      }
    : { list, synonyms: COMPANY_SYNONYMS };
}

/**
 * The name field of companies, which a new company needs, if the key is another field and rows may
 * create companies.
 */
function nameOfNew(
  fields: readonly FieldRow[],
  object: RecordKind,
  key: FieldRow,
  { mode }: ImportOptions,
): FieldRow | undefined {
  if (object === 'contact' || key.alias === 'id' || mode === 'update') return undefined;
  return fields.find((field) => field.alias === 'name');
}

interface ReadingOfValues {
  readonly fields: readonly FieldRow[];
  readonly dates: DateColumns;
  readonly separators: Separators;
  readonly required: readonly (FieldRow | undefined)[];
}

function valueColumn(
  column: ColumnMapping,
  { fields, dates, separators, required }: ReadingOfValues,
): ValueColumn[] {
  const field = fields.find(({ alias }) => alias === column.field);
  if (field === undefined || field.type === 'tags' || column.consent !== undefined) return [];
  const readCell = cellReader(field, dates.contextOf(column.position, column.column));
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
      clearable: !NEVER_CLEARED[field.object].includes(field.alias),
      read,
    },
  ];
}

/** The reader behind what a system's cells need to have replaced. */
function replacing<T>(
  reading: ColumnReading | undefined,
  read: (cell: string) => T,
): (cell: string) => T {
  const replace = reading?.replace;
  return replace === undefined ? read : (cell) => read(cell.replace(replace[0], replace[1]));
}

/** Readers of what a contact's row says beside the values of its own columns. */
interface BesideValues {
  readonly tags: TagCells;
  readonly segments: SegmentCells;
  readonly consent: ConsentCells;
}

/** What the store knows of channels and tags is read only where a column needs it. */
async function readersBeside(
  columns: readonly ColumnMapping[],
  separators: Separators,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<BesideValues> {
  const speaks = columns.some((column) => column.consent !== undefined);
  const channels = speaks ? await facts.channels() : [];
  const tags = columns.find((column) => column.field === 'tags');
  const separator = separators.get('tags') ?? tags?.reading?.separator;
  return {
    tags: new TagCells(separator, tags === undefined ? [] : await facts.tagNames()),
    segments: new SegmentCells(facts.segments),
    consent: new ConsentCells(columns, channels, options.allowResubscribe === true),
  };
}

/** Turns rows of cells into rows of values. */
class RecordReader {
  /** The columns that are stored in columns of the record, including the key's. */
  readonly stored: readonly ValueColumn[];
  readonly #company: ValueColumn | undefined;
  readonly #tags: ColumnMapping | undefined;
  readonly #segments: ColumnMapping | undefined;
  readonly #beside: BesideValues;

  constructor(
    object: RecordKind,
    columns: readonly ColumnMapping[],
    valueColumns: readonly ValueColumn[],
    beside: BesideValues,
  ) {
    const isCompany = (column: ColumnMapping): boolean =>
      object === 'contact' && column.field === 'company';
    this.stored = valueColumns.filter((column) => !isCompany(column));
    this.#company = valueColumns.find(isCompany);
    this.#tags = columns.find((column) => column.field === 'tags');
    this.#segments = columns.find((column) => column.field === 'segments');
    this.#beside = beside;
  }

  get segmentIds(): ReadonlySet<number> {
    return this.#beside.segments.mentioned;
  }

  check(row: CsvRow, key: string, table: Table): CheckedRow {
    const long = tooLong(row, table);
    if (long !== undefined) return { kind: 'rejected', rejection: long };
    const problems = new CellProblems();
    const values: StagedValue[] = [];
    let keyValue: Value = null;
    for (const column of this.stored) {
      const value = readInto(problems, column, row);
      if (column.field === key && value !== CLEAR) keyValue = value;
      if (column.field !== 'id') values.push(value);
    }
    const staged: StagedRecord = {
      line: row.line,
      key: keyValue,
      values,
      ...this.#extras(row, problems),
    };
    return problems.found ? problems.verdict() : { kind: 'row', row: staged };
  }

  /** Values of contacts that are not in their own columns. */
  #extras(
    row: CsvRow,
    problems: CellProblems,
  ): Pick<StagedRecord, 'company' | 'tags' | 'segmentIds' | 'consent'> {
    const [company, tags, segments] = [this.#company, this.#tags, this.#segments];
    const cellOf = ({ position }: ColumnMapping): string => row.cells[position] ?? '';
    const tagsOf = (column: ColumnMapping): NonNullable<StagedRecord['tags']> =>
      problems.check(
        replacing(column.reading, (cell) =>
          this.#beside.tags.read(cell, { column: column.column, line: row.line }),
        )(cellOf(column)),
        column.column,
        'Tags',
      ) ?? [];
    const segmentIdsOf = (column: ColumnMapping): readonly number[] =>
      this.#beside.segments.read(cellOf(column), column.column, problems);
    return {
      ...(company === undefined ? {} : { company: companyOf(readInto(problems, company, row)) }),
      ...(tags === undefined ? {} : { tags: tagsOf(tags) }),
      ...(segments === undefined ? {} : { segmentIds: segmentIdsOf(segments) }),
      consent: this.#beside.consent.read(row.cells, problems),
    };
  }
}

function readInto(
  problems: CellProblems,
  { read, position, column, label, required, clearable }: ValueColumn,
  { cells }: CsvRow,
): StagedValue {
  const found = read(cells[position] ?? '');
  if (required && (found === null || found === CLEAR))
    problems.add(column, `${label}: it is missing`);
  else if (found === CLEAR && !clearable) problems.add(column, `${label}: it cannot be cleared`);
  return problems.check(found, column, label);
}

/** The company of a row; a name of mere blanks is none. */
function companyOf(value: StagedValue): string | null | typeof CLEAR {
  if (value === null || value === CLEAR) return value;
  const name = String(value);
  return name.trim() === '' ? null : name;
}
