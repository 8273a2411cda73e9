import {
  CLEAR,
  type FieldRow,
  type RecordKind,
  type SegmentRow,
  type StagedRecord,
  type StagedValue,
  type Value,
} from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { CellProblems, cellReader } from './cells.ts';
import { CleanedCells } from './cleaned-cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { mapColumns } from './columns.ts';
import { ConsentCells } from './consent/cells.ts';
import type { ColumnReading } from './presets/preset.ts';
import type { KnownTable } from './presets/preset-table.ts';
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
  targets?: Targets,
): Promise<ImportPlan> {
  const fields = facts.fields.filter((field) => field.object === object);
  const key = keyField(facts.fields, object, options.key ?? USUAL_KEY[object]);
  const wanted = targets ?? recordTargets(fields, object, key);
  const columns = mapColumns(table.header, wanted, { ...options, preset });
  const { keyColumn, required } = requiredColumns(table, columns, { fields, object, key }, options);
  const separators = parseMulti(options.multi ?? [], fields, object);
  const { keepBlanks } = options;
  const valueColumns = columns.flatMap((column) =>
    valueColumn(column, { fields, dates, separators, required, keepBlanks }),
  );
  const beside = await readersBeside(columns, separators, facts, options);
  const reader = new RecordReader(object, key.alias, columns, valueColumns, beside);
  return {
    shape: shapeOf(reader.stored, { fields, object, key }, options),
    columns,
    keyColumn,
    dates,
    get lacksKey() {
      return reader.lacksKey;
    },
    segmentIds: reader.segmentIds,
    cleaned: reader.cleaned,
    check: (row) => reader.check(row, table),
  };
}

const USUAL_KEY: Readonly<Record<RecordKind, string>> = { contact: 'email', company: 'name' };

/** What kind of records a file has, and by what they are known. */
interface Known {
  readonly fields: readonly FieldRow[];
  readonly object: RecordKind;
  readonly key: FieldRow;
}

/** The name of the key's column, which rows without one may lack, and what each row must have. */
function requiredColumns(
  table: Table,
  columns: readonly ColumnMapping[],
  { fields, object, key }: Known,
  options: ImportOptions,
): { readonly keyColumn: string; readonly required: readonly (FieldRow | undefined)[] } {
  const isKeyless = options.keyless === 'insert';
  const keyColumn = isKeyless
    ? columns.find((column) => column.field === key.alias)
    : expectColumn(table, columns, key, `the key \`${key.alias}\``);
  const name = nameOfNew(fields, object, key, options);
  if (name !== undefined)
    expectColumn(table, columns, name, `\`${name.alias}\`, which a new ${object} needs`);
  return { keyColumn: keyColumn?.column ?? '', required: isKeyless ? [name] : [key, name] };
}

function shapeOf(
  columns: readonly ValueColumn[],
  { fields, object, key }: Known,
  { duplicates = 'last' }: ImportOptions,
): ImportPlan['shape'] {
  const stored = columns.map((column) => column.field);
  const uniques = fields
    .filter((field) => field.unique && field !== key && stored.includes(field.alias))
    .map((field) => field.alias);
  const kind = object === 'contact' ? 'contacts' : 'companies';
  return { kind, key: key.alias, columns: stored, uniques, duplicates };
}

/** The plan of a file of members: of the fields of contacts only the key is read. */
export async function planMembers(
  table: Table,
  facts: StoreFacts,
  dates: DateColumns,
  options: ImportOptions,
): Promise<ImportPlan> {
  const key = keyField(facts.fields, 'contact', options.key ?? 'email');
  const targets = { list: [key], consent: true, synonyms: CONTACT_SYNONYMS };
  const known = { table, preset: undefined };
  return planRecords(known, 'contact', { ...facts, fields: [key] }, dates, options, targets);
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
  readonly keepBlanks: boolean | undefined;
}

function valueColumn(
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

/**
 * Turns rows of cells into rows of values. What a file does not have is settled once, so that its
 * rows cost nothing for it.
 */
class RecordReader {
  /** The columns that are stored in columns of the record. */
  readonly stored: readonly ValueColumn[];
  /** Whether a row that was checked lacks the key that it needs. */
  lacksKey = false;
  readonly cleaned = new CleanedCells();
  /** Where the key stands among them; -1 if it is the id, which is not stored. */
  readonly #keyAt: number;
  readonly #id: ValueColumn | undefined;
  readonly #company: ValueColumn | undefined;
  readonly #tags: ColumnMapping | undefined;
  readonly #segments: ColumnMapping | undefined;
  readonly #beside: BesideValues;

  constructor(
    object: RecordKind,
    key: string,
    columns: readonly ColumnMapping[],
    valueColumns: readonly ValueColumn[],
    beside: BesideValues,
  ) {
    const isCompany = (column: ColumnMapping): boolean =>
      object === 'contact' && column.field === 'company';
    this.stored = valueColumns.filter((column) => !isCompany(column) && column.field !== 'id');
    this.#keyAt = this.stored.findIndex((column) => column.field === key);
    this.#id = valueColumns.find((column) => column.field === 'id');
    this.#company = valueColumns.find(isCompany);
    this.#tags = columns.find((column) => column.field === 'tags');
    this.#segments = columns.find((column) => column.field === 'segments');
    this.#beside = beside;
  }

  get segmentIds(): ReadonlySet<number> {
    return this.#beside.segments.mentioned;
  }

  check(row: CsvRow, table: Table): CheckedRow {
    const long = tooLong(row, table);
    if (long !== undefined) return { kind: 'rejected', rejection: long, key: this.#keyOf(row) };
    const problems = new CellProblems();
    const id = this.#id === undefined ? null : readInto(problems, this.#id, row);
    const values = this.stored.map((column) => readInto(problems, column, row));
    const key = withoutClearing(this.#keyAt === -1 ? id : (values[this.#keyAt] ?? null));
    if (this.#keyAt !== -1) values[this.#keyAt] = key;
    if (key === null) this.#noteLackingKey(row);
    const staged: StagedRecord = {
      line: row.line,
      key,
      values,
      company: this.#companyOf(row, problems),
      tags: this.#tagsOf(row, problems),
      segmentIds: this.#segmentIdsOf(row, problems),
      consent: this.#beside.consent.read(row.cells, problems),
    };
    if (problems.found) return problems.verdict(key);
    problems.countCleaned(this.cleaned);
    return { kind: 'row', row: staged };
  }

  #noteLackingKey(row: CsvRow): void {
    const column = this.#keyAt === -1 ? this.#id : this.stored[this.#keyAt];
    if (column?.required === true && isMissing(column, row)) this.lacksKey = true;
  }

  /** The key of a row that is rejected as a whole. */
  #keyOf(row: CsvRow): Value {
    const column = this.#keyAt === -1 ? this.#id : this.stored[this.#keyAt];
    return column === undefined ? null : withoutClearing(readInto(new CellProblems(), column, row));
  }

  /** The company of a row; a name of mere blanks is none. */
  #companyOf(row: CsvRow, problems: CellProblems): StagedRecord['company'] {
    if (this.#company === undefined) return undefined;
    const value = readInto(problems, this.#company, row);
    if (value === null || value === CLEAR) return value;
    const name = String(value);
    return withoutBlanks(name) === '' ? null : name;
  }

  #tagsOf({ cells, line, lists }: CsvRow, problems: CellProblems): StagedRecord['tags'] {
    if (this.#tags === undefined) return undefined;
    const { position, column, reading } = this.#tags;
    const isList = lists?.has(position);
    const read = replacing(reading, (cell) =>
      this.#beside.tags.read(cell, { column, line, isList }),
    );
    return problems.check(read(cells[position] ?? ''), column, 'Tags') ?? [];
  }

  #segmentIdsOf({ cells }: CsvRow, problems: CellProblems): StagedRecord['segmentIds'] {
    if (this.#segments === undefined) return undefined;
    const { position, column } = this.#segments;
    return this.#beside.segments.read(cells[position] ?? '', column, problems);
  }
}

/** A key that is cleared is none. */
function withoutClearing(value: StagedValue): Value {
  return value === CLEAR ? null : value;
}

/** Whether a row has no value in the column, not even a wrong one. */
function isMissing({ read, position }: ValueColumn, { cells }: CsvRow): boolean {
  const found = read(cells[position] ?? '');
  return found === null || found === CLEAR;
}

/** The value of a cell. Most are one, and then nothing else is asked of them. */
function readInto(problems: CellProblems, column: ValueColumn, { cells }: CsvRow): StagedValue {
  const found = column.read(cells[column.position] ?? '');
  if (typeof found === 'string' || typeof found === 'number') return found;
  if (column.required && (found === null || found === CLEAR))
    problems.add(column.column, `${column.label}: it is missing`);
  else if (found === CLEAR && !column.clearable)
    problems.add(column.column, `${column.label}: it cannot be cleared`);
  return problems.checkValue(found, column.column, column.label);
}
