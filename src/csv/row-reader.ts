import {
  CLEAR,
  type RecordKind,
  type StagedRecord,
  type StagedValue,
  type Value,
} from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { CellProblems } from './cells.ts';
import { CleanedCells } from './cleaned-cells.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { ConsentCells } from './consent/cells.ts';
import type { ImportOptions } from './import-options.ts';
import { TagCells } from './list-cells.ts';
import type { Separators } from './multi-option.ts';
import { type CheckedRow, type RejectedRow, tooLong } from './plan.ts';
import type { Rejection } from './reject-lines.ts';
import { SegmentCells } from './segment-cells.ts';
import type { StoreFacts } from './store-facts.ts';
import type { Table } from './table.ts';
import type { CsvRow } from './tokenizer.ts';
import { isMissing, readInto, replacing, type ValueColumn } from './value-column.ts';

/** Readers of what a contact's row says beside the values of its own columns. */
export interface BesideValues {
  readonly tags: TagCells;
  readonly segments: SegmentCells;
  readonly consent: ConsentCells;
  /** The columns that edit the contact's company. */
  readonly company: readonly ValueColumn[];
}

/** What the store knows of channels and tags is read only where a column needs it. */
export async function readersBeside(
  columns: readonly ColumnMapping[],
  separators: Separators,
  facts: StoreFacts,
  options: ImportOptions,
): Promise<Omit<BesideValues, 'company'>> {
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
export class RowReader {
  /** The columns that are stored in columns of the record. */
  readonly stored: readonly ValueColumn[];
  /** Whether a row that was checked lacks the key that it needs. */
  lacksKey = false;
  readonly cleaned = new CleanedCells();
  /** Where the key stands among them; -1 if it is the id, which is not stored. */
  readonly #keyAt: number;
  /** Unique columns beside the key. */
  readonly #otherUniques: readonly ValueColumn[];
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
    this.#otherUniques = this.stored.filter(({ field, isUnique }) => isUnique && field !== key);
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
    if (long !== undefined) return this.#rejectedAsLong(row, long);
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
      companyValues: this.#companyValuesOf(row, problems),
      tags: this.#tagsOf(row, problems),
      segmentIds: this.#segmentIdsOf(row, problems),
      consent: this.#beside.consent.read(row.cells, problems),
    };
    if (problems.found) return problems.verdict(this.#readableOf(row, key, staged.consent));
    problems.countCleaned(this.cleaned);
    return { kind: 'row', row: staged };
  }

  #noteLackingKey(row: CsvRow): void {
    const column = this.#keyAt === -1 ? this.#id : this.stored[this.#keyAt];
    if (column?.required === true && isMissing(column, row)) this.lacksKey = true;
  }

  #rejectedAsLong(row: CsvRow, rejection: Rejection): CheckedRow {
    const consent = this.#beside.consent.read(row.cells, new CellProblems());
    const readable = this.#readableOf(row, this.#keyOf(row), consent);
    return { kind: 'rejected', rejection, ...readable };
  }

  /** What a rejected row says all the same: who it is about, and of whom that they say no. */
  #readableOf(
    row: CsvRow,
    key: Value,
    consent: StagedRecord['consent'],
  ): Pick<RejectedRow, 'key' | 'others' | 'wish'> {
    const others = this.#otherUniques.map((column) => ({
      column: column.field,
      value: withoutClearing(readInto(new CellProblems(), column, row)),
    }));
    const wishes = (consent ?? []).filter(({ suppressed }) => suppressed);
    if (wishes.length === 0) return { key, others };
    return { key, others, wish: { line: row.line, key, others, wishes } };
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

  #companyValuesOf(row: CsvRow, problems: CellProblems): StagedRecord['companyValues'] {
    const { company } = this.#beside;
    return company.length === 0
      ? undefined
      : company.map((column) => readInto(problems, column, row));
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
