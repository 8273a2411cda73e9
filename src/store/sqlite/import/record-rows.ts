import { sql } from 'drizzle-orm';
import { CLEAR, type ConsentChange, type StagedRecord, type StagedValue } from '../../staging.ts';
import type { Value } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { withinWidth } from '../tables/fields.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import type { SeenKeys } from './seen-keys.ts';
import { cell, type RecordShape } from './stage-shape.ts';
import type { StageTables } from './stage-tables.ts';

/** Stands among a row's tags for all that its contact has and the row does not add. */
export const EVERY_TAG = '';

/** What any of the rows say beside the values of their columns. */
export interface Said {
  /** Whether rows have a company, be it an empty one. */
  companies: boolean;
  tags: boolean;
  /** Where contacts must not be reached. */
  consent: boolean;
  /** Whether any row has no key. */
  keyless: boolean;
  /** What rows of one record have in common: their key, or what they are found by. */
  readonly keys: SeenKeys;
  /** By their places, the columns in which any cell clears. */
  readonly cleared: Set<number>;
}

/**
 * So many rows are added by one statement: what a statement costs by itself is a third of what one
 * for each row would take.
 */
const ROWS_AT_ONCE = 20;
/** As many values as SQLite takes in one statement. */
const MOST_VALUES = 32_766;

type Stored = Value | Buffer;
/** `stage_row`, `line`, `key`, `found_by`, `company`. */
const BEFORE_CELLS = 5;
const CLEARED: Stored = Buffer.alloc(0);

/** Fills the tables of contacts or companies, and notes in `said` what their rows say. */
export class RecordRows {
  readonly #tables: StageTables;
  readonly #shape: RecordShape;
  readonly #uniques: readonly UniqueColumn[];
  readonly #said: Said;
  /** Rows that are still to be added, one behind the other. */
  #pending: Stored[] = [];
  readonly #width: number;
  readonly #atOnce: number;

  /** `uniques` begin with the key. */
  constructor(
    tables: StageTables,
    shape: RecordShape,
    uniques: readonly UniqueColumn[],
    said: Said,
  ) {
    this.#tables = tables;
    this.#shape = shape;
    this.#uniques = uniques;
    this.#said = said;
    this.#width = shape.columns.length + BEFORE_CELLS;
    this.#atOnce = Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(MOST_VALUES / this.#width)));
  }

  async create(): Promise<void> {
    await this.#createRows();
    await this.#createBeside();
  }

  async #createRows(): Promise<void> {
    const cells = this.#shape.columns.map((_, index) => sql`, ${cell(index)}`);
    await withinWidth(this.#shape.kind, async () =>
      this.#tables.db.run(sql`
        create temp table ${this.#tables.tableName('rows')} (
          stage_row integer primary key, line integer not null, key, found_by integer,
          company${sql.join(cells, sql``)}
        )`),
    );
  }

  async #createBeside(): Promise<void> {
    const { db } = this.#tables;
    await db.run(sql`
      create temp table ${this.#tables.tableName('tags')} (
        stage_row integer not null, tag text not null, is_added integer not null,
        name text not null, primary key (stage_row, tag)
      ) without rowid`);
    await db.run(sql`
      create temp table ${this.#tables.tableName('segments')} (
        stage_row integer not null, segment_id integer not null, primary key (stage_row, segment_id)
      ) without rowid`);
    await db.run(sql`
      create temp table ${this.#tables.tableName('consent')} (
        stage_row integer not null, channel text not null collate nocase,
        reason text not null collate nocase, is_suppressed integer not null,
        primary key (stage_row, channel, reason)
      ) without rowid`);
  }

  /** Adds a row as the one of this number; `flush` has to follow. */
  add(stageRow: number, row: StagedRecord): void {
    this.#put(stageRow, row);
    if (this.#pending.length === this.#width * this.#atOnce) this.#insert(this.#atOnce);
    if (row.company !== undefined) this.#said.companies = true;
    if (row.tags !== undefined) this.#addTags(stageRow, row.tags);
    if (row.segmentIds !== undefined) this.#addSegments(stageRow, row.segmentIds);
    if (row.consent !== undefined) this.#addConsent(stageRow, row.consent);
  }

  /** Its columns, behind those that are pending. */
  #put(stageRow: number, row: StagedRecord): void {
    const [key, foundBy] = this.#keyOf(row);
    if (key !== null) this.#said.keys.add(foundBy === null ? key : `${foundBy} ${key}`);
    const company = row.company === CLEAR ? CLEARED : (row.company ?? null);
    const values = this.#pending;
    values.push(stageRow, row.line, key, foundBy, company);
    for (let index = 0; index < row.values.length; index++)
      values.push(this.#stored(row.values[index] ?? null, index));
    // the key of a shape that does not count it among its columns
    if (row.values.length < this.#shape.columns.length) values.push(row.key);
  }

  /** Adds what is still pending. */
  flush(): void {
    while (this.#pending.length > 0) this.#insert(1);
  }

  #insert(count: number): void {
    const insert = this.#tables.statement(
      'rows',
      (table) =>
        `insert into ${table} values ${repeated(`(${repeated('?', this.#width)})`, count)}`,
      count,
    );
    insert.run(...this.#pending.splice(0, count * this.#width));
  }

  #stored(value: StagedValue, index: number): Stored {
    if (value !== CLEAR) return value;
    this.#said.cleared.add(index);
    return CLEARED;
  }

  /** What rows of the same record have in common, and where it stands in a row without a key. */
  #keyOf(row: StagedRecord): [key: Value, foundBy: number | null] {
    const [key, ...others] = this.#uniques;
    if (key !== undefined && row.key !== null) return [uniqueKey(key.type, row.key), null];
    this.#said.keyless = true;
    for (const [at, { column, type }] of others.entries()) {
      const value = row.values[this.#shape.columns.indexOf(column)] ?? null;
      if (value !== null && value !== CLEAR) return [uniqueKey(type, value), at];
    }
    return [null, null];
  }

  #addSegments(stageRow: number, segmentIds: readonly number[]): void {
    for (const segmentId of segmentIds) {
      this.#tables
        .statement(
          'segments',
          (segments) => `
        insert into ${segments} (stage_row, segment_id) values (?, ?) on conflict do nothing`,
        )
        .run(stageRow, segmentId);
    }
  }

  #addConsent(stageRow: number, changes: readonly ConsentChange[]): void {
    const merge = this.#mergesFirst
      ? 'do nothing'
      : 'do update set is_suppressed = excluded.is_suppressed';
    for (const { channel, reason, suppressed } of changes) {
      this.#said.consent = true;
      this.#tables
        .statement(
          'consent',
          (consent) => `
        insert into ${consent} (stage_row, channel, reason, is_suppressed)
        values (?, ?, ?, ?)
        on conflict (stage_row, channel, reason) ${merge}`,
        )
        .run(stageRow, channel, reason, suppressed ? 1 : 0);
    }
  }

  #addTags(stageRow: number, tags: Exclude<StagedRecord['tags'], undefined>): void {
    const merge = this.#mergesFirst ? 'do nothing' : 'do update set is_added = excluded.is_added';
    const given = tags === CLEAR ? [{ name: EVERY_TAG, add: false }] : tags;
    for (const tag of given) {
      this.#said.tags = true;
      this.#tables
        .statement(
          'tags',
          (table) => `
        insert into ${table} (stage_row, tag, is_added, name)
        values (?, ?, ?, ?)
        on conflict (stage_row, tag) ${merge}`,
        )
        .run(stageRow, uniqueKey('text', tag.name), tag.add ? 1 : 0, tag.name);
    }
  }

  get #mergesFirst(): boolean {
    return this.#shape.duplicates === 'first';
  }
}

function repeated(text: string, times: number): string {
  return Array.from({ length: times }, () => text).join(', ');
}
