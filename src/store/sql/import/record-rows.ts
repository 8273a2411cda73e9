import { sql } from 'drizzle-orm';
import { BY_KEY, CASELESS, INTEGER, TEXT } from '../words.ts';
import { CLEAR, type ConsentChange, type StagedRecord, type StagedValue } from '../../staging.ts';
import type { FieldType, Value } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { withinWidth } from '../tables/field-columns.ts';
import type { UniqueColumn } from '../tables/unique-columns.ts';
import { clearedText, COMPANY, declaredCells } from './cells.ts';
import { OF_ANY } from './keys.ts';
import { caselessly, firstOf, mergedBy } from './merged-items.ts';
import type { SeenKeys } from './seen-keys.ts';
import type { RecordShape } from './stage-shape.ts';
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
  /** By their places, the cells of which any clears. */
  readonly cleared: Set<number>;
}

/** What the columns of a shape are to the database. */
export interface ShapeColumns {
  /** The unique columns of the shape, the key's first. */
  readonly uniques: readonly UniqueColumn[];
  /** The types of the shape's `columns`. */
  readonly types: readonly FieldType[];
}

/** Fills the tables of contacts or companies, and notes in `said` what their rows say. */
export class RecordRows {
  readonly #tables: StageTables;
  readonly #shape: RecordShape;
  readonly #columns: ShapeColumns;
  readonly #said: Said;

  constructor(tables: StageTables, shape: RecordShape, columns: ShapeColumns, said: Said) {
    this.#tables = tables;
    this.#shape = shape;
    this.#columns = columns;
    this.#said = said;
  }

  async create(): Promise<void> {
    await this.#createRows();
    await this.#createBeside();
  }

  async #createRows(): Promise<void> {
    await withinWidth(this.#shape.kind, async () =>
      this.#tables.db.run(sql`
        create temp table ${this.#tables.tableName('rows')} (
          stage_row ${INTEGER} primary key, line ${INTEGER} not null, key ${OF_ANY},
          found_by ${INTEGER}, company ${TEXT}, cleared ${TEXT}
          ${declaredCells(this.#columns.types)}
        )`),
    );
  }

  async #createBeside(): Promise<void> {
    const { db } = this.#tables;
    await db.run(sql`
      create temp table ${this.#tables.tableName('tags')} (
        stage_row ${INTEGER} not null, tag ${TEXT} not null, is_added ${INTEGER} not null,
        name ${TEXT} not null, primary key (stage_row, tag)
      ) ${BY_KEY}`);
    await db.run(sql`
      create temp table ${this.#tables.tableName('segments')} (
        stage_row ${INTEGER} not null, segment_id ${INTEGER} not null, primary key (stage_row, segment_id)
      ) ${BY_KEY}`);
    await db.run(sql`
      create temp table ${this.#tables.tableName('consent')} (
        stage_row ${INTEGER} not null, channel ${CASELESS} not null,
        reason ${CASELESS} not null, is_suppressed ${INTEGER} not null,
        primary key (stage_row, channel, reason)
      ) ${BY_KEY}`);
  }

  /** Adds a row as the one of this number. */
  add(stageRow: number, row: StagedRecord): void {
    this.#put(stageRow, row);
    if (row.company !== undefined) this.#said.companies = true;
    if (row.tags !== undefined) this.#addTags(stageRow, row.tags);
    if (row.segmentIds !== undefined) this.#addSegments(stageRow, row.segmentIds);
    if (row.consent !== undefined) this.#addConsent(stageRow, row.consent);
  }

  #put(stageRow: number, row: StagedRecord): void {
    const [key, foundBy] = this.#keyOf(row);
    if (key !== null) this.#said.keys.add(foundBy === null ? key : `${foundBy} ${key}`);
    const cleared: number[] = [];
    const company = this.#stored(row.company, COMPANY, cleared);
    const stored: Value[] = [stageRow, row.line, key, foundBy, company, null];
    for (let place = 0; place < row.values.length; place++)
      stored.push(this.#stored(row.values[place], place, cleared));
    // the key of a shape that does not count it among its columns
    if (row.values.length < this.#shape.columns.length) stored.push(row.key);
    stored[CLEARED] = clearedText(cleared);
    this.#tables.put('rows', stored);
  }

  /** A cell of one row, whose places that clear go to `cleared`. */
  #stored(value: StagedValue | undefined, place: number, cleared: number[]): Value {
    if (value !== CLEAR) return value ?? null;
    cleared.push(place);
    this.#said.cleared.add(place);
    return null;
  }

  /** What rows of the same record have in common, and where it stands in a row without a key. */
  #keyOf(row: StagedRecord): [key: Value, foundBy: number | null] {
    const [key, ...others] = this.#columns.uniques;
    if (key !== undefined && row.key !== null) return [uniqueKey(key.type, row.key), null];
    this.#said.keyless = true;
    for (const [at, { column, type }] of others.entries()) {
      const value = row.values[this.#shape.columns.indexOf(column)] ?? null;
      if (value !== null && value !== CLEAR) return [uniqueKey(type, value), at];
    }
    return [null, null];
  }

  #addSegments(stageRow: number, segmentIds: readonly number[]): void {
    for (const segmentId of firstOf(segmentIds, (id) => id))
      this.#tables.put('segments', [stageRow, segmentId]);
  }

  #addConsent(stageRow: number, changes: readonly ConsentChange[]): void {
    if (changes.length > 0) this.#said.consent = true;
    const counting = mergedBy(
      changes,
      ({ channel, reason }) => caselessly(channel, reason),
      (before, { suppressed }) => (this.#mergesFirst ? before : { ...before, suppressed }),
    );
    for (const { channel, reason, suppressed } of counting)
      this.#tables.put('consent', [stageRow, channel, reason, suppressed ? 1 : 0]);
  }

  #addTags(stageRow: number, tags: Exclude<StagedRecord['tags'], undefined>): void {
    const given = tags === CLEAR ? [{ name: EVERY_TAG, add: false }] : tags;
    if (given.length > 0) this.#said.tags = true;
    const counting = mergedBy(
      given.map((tag) => ({ ...tag, key: uniqueKey('text', tag.name) })),
      ({ key }) => key,
      (before, { add }) => (this.#mergesFirst ? before : { ...before, add }),
    );
    for (const { key, add, name } of counting)
      this.#tables.put('tags', [stageRow, key, add ? 1 : 0, name]);
  }

  get #mergesFirst(): boolean {
    return this.#shape.duplicates === 'first';
  }
}

/** The place of `cleared` among the columns of `rows`. */
const CLEARED = 5;
