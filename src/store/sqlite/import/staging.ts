import { type SQL, sql } from 'drizzle-orm';
import type Sqlite from 'better-sqlite3';
import {
  CLEAR,
  type ConsentChange,
  type Stage,
  type StagedEvent,
  type StagedRecord,
  type StagedRow,
  type StagedSuppression,
  type StagedValue,
  type StageShape,
} from '../../staging.ts';
import type { Value } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { type UniqueColumn, uniqueColumn } from '../tables/unique-columns.ts';

export type RecordShape = Extract<StageShape, { kind: 'contacts' | 'companies' }>;

/** Stands among a row's tags for all that its contact has and the row does not add. */
export const EVERY_TAG = '';

const TABLES = [
  'rows',
  'tags',
  'segments',
  'consent',
  'rejects',
  'merged',
  'odd',
  'found',
  'companies',
  'tag_names',
  'claims',
  'blockers',
] as const;
export type StageTable = (typeof TABLES)[number];

/**
 * The rows of one import in temporary tables, which live outside the store's file and its locks:
 * - rows: what each row says, as it came. In a cell, null is "leave as it is" and an empty blob is
 *   "clear". `key` is what the key compares by; of a row without one, it is that of its first other
 *   unique value, and `found_by` the place of that column among the unique ones.
 * - tags, segments, consent: what contact rows say beside their columns; rejects: rows refused
 *   already. A tag stands there by what its name compares by, and as it is written.
 *
 * The other tables are made when the stage is applied, and are told of there.
 */
export class SqliteStage implements Stage {
  readonly shape: StageShape;
  readonly rows: SQL;
  readonly tags: SQL;
  readonly segments: SQL;
  readonly consent: SQL;
  readonly rejects: SQL;
  /** What became of each row: of an event in `rows` itself, of a record in a narrow table beside. */
  readonly found: SQL;
  /** How many rows were added, merged and refused ones too. */
  added = 0;
  /** Whether any row says where its contact must not be reached. */
  speaksOfConsent = false;
  /** Whether any row names tags. */
  speaksOfTags = false;
  /** Whether rows have a company, be it an empty one. */
  speaksOfCompanies = false;
  /** Whether any row has no key. */
  hasKeyless = false;
  readonly #db: SqliteDatabase;
  readonly #id: number;
  readonly #statements = new Map<StageTable, Sqlite.Statement>();
  readonly #keys: readonly UniqueColumn[];

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  constructor(db: SqliteDatabase, id: number, shape: StageShape) {
    this.#db = db;
    this.#id = id;
    this.shape = isOfRecords(shape) ? withKey(shape) : shape;
    this.rows = this.table('rows');
    this.tags = this.table('tags');
    this.segments = this.table('segments');
    this.consent = this.table('consent');
    this.rejects = this.table('rejects');
    this.found = isOfRecords(shape) ? this.table('found') : this.rows;
    this.#keys = uniqueColumnsOf(db, shape);
    this.#create();
  }

  /** The key's column, and the other unique ones in their order. */
  get uniques(): readonly [UniqueColumn, ...UniqueColumn[]] {
    const [key, ...others] = this.#keys;
    if (key === undefined) throw new Error('a stage without a key');
    return [key, ...others];
  }

  async add(rows: readonly StagedRow[]): Promise<void> {
    const { raw } = this.#db;
    const alone = !raw.inTransaction;
    if (alone) raw.exec('begin');
    try {
      this.#db.translating(() => rows.forEach((row) => this.#addRow(row)));
      if (alone) raw.exec('commit');
    } finally {
      if (alone && raw.inTransaction) raw.exec('rollback');
    }
  }

  /** What the rows that are written, as `s`, say beside their columns, as `given`: to select from. */
  givenBy(said: SQL): SQL {
    return sql`
      ${said} as given
      join ${this.found} as s
        on s.stage_row = given.stage_row and s.outcome in ('inserted', 'updated')`;
  }

  async drop(): Promise<void> {
    for (const table of TABLES) this.#db.run(sql`drop table if exists ${this.table(table)}`);
  }

  table(kind: StageTable): SQL {
    return sql`temp.${this.tableName(kind)}`;
  }

  /** The table's name without its schema, as an index wants it. */
  tableName(kind: StageTable): SQL {
    return name(`stage_${this.#id}_${kind}`);
  }

  /** Makes an index on one of the tables; to be called when it is full. */
  index(kind: StageTable, columns: SQL): void {
    const index = name(`stage_${this.#id}_${kind}_index`);
    this.#db.run(sql`
      create index if not exists temp.${index} on ${this.tableName(kind)} (${columns})`);
  }

  #create(): void {
    const db = this.#db;
    db.run(sql`
      create temp table ${this.tableName('rejects')} (
        line integer primary key, reason text not null
      )`);
    db.run(sql`
      create temp table ${this.tableName('tags')} (
        stage_row integer not null, tag text not null, is_added integer not null,
        name text not null, primary key (stage_row, tag)
      ) without rowid`);
    db.run(sql`
      create temp table ${this.tableName('segments')} (
        stage_row integer not null, segment_id integer not null, primary key (stage_row, segment_id)
      ) without rowid`);
    db.run(sql`
      create temp table ${this.tableName('consent')} (
        stage_row integer not null, channel text not null collate nocase,
        reason text not null collate nocase, is_suppressed integer not null,
        primary key (stage_row, channel, reason)
      ) without rowid`);
    if (this.shape.kind === 'events') this.#createEvents();
    else if (this.shape.kind === 'suppressions') this.#createSuppressions();
    else this.#createRecords(this.shape);
  }

  #createEvents(): void {
    this.#db.run(sql`
      create temp table ${this.tableName('rows')} (
        stage_row integer primary key, line integer not null, key, contact, type text,
        subject text, value real, occurred_at integer, properties text, external_id text unique,
        contact_id integer, outcome text
      )`);
  }

  #createSuppressions(): void {
    this.#db.run(sql`
      create temp table ${this.tableName('rows')} (
        stage_row integer primary key, line integer not null, address text collate nocase,
        channel text collate nocase, reason text collate nocase, created_at integer, outcome text
      )`);
  }

  #createRecords(shape: RecordShape): void {
    const cells = shape.columns.map((_, index) => sql`, ${cell(index)}`);
    this.#db.run(sql`
      create temp table ${this.tableName('rows')} (
        stage_row integer primary key, line integer not null, key, found_by integer,
        company${sql.join(cells, sql``)}
      )`);
  }

  #addRow(row: StagedRow): void {
    this.added += 1;
    if ('type' in row) this.#addEvent(row);
    else if ('address' in row) this.#addSuppression(row);
    else this.#addRecord(row);
  }

  #addEvent(row: StagedEvent): void {
    const insert = this.#statement(
      'rows',
      (rows) => `
      insert into ${rows} (
        line, key, contact, type, subject, value, occurred_at, properties, external_id
      )
      values (?, ?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (external_id) do update set
        line = excluded.line, key = excluded.key, contact = excluded.contact,
        type = excluded.type, subject = excluded.subject, value = excluded.value,
        occurred_at = excluded.occurred_at, properties = excluded.properties`,
    );
    insert.run(
      row.line,
      uniqueKey(this.uniques[0].type, row.contact),
      row.contact,
      row.type,
      row.subject,
      row.value,
      row.occurredAt,
      row.properties,
      row.externalId,
    );
  }

  #addSuppression({ line, address, channel, reason, createdAt }: StagedSuppression): void {
    this.#statement(
      'rows',
      (rows) => `
      insert into ${rows} (line, address, channel, reason, created_at) values (?, ?, ?, ?, ?)`,
    ).run(line, address, channel, reason, createdAt);
  }

  #addRecord(row: StagedRecord): void {
    const shape = this.shape as RecordShape;
    const [key, foundBy] = this.#keyOf(row, shape);
    const values = [this.added, row.line, key, foundBy, stored(row.company ?? null)];
    for (const value of row.values) values.push(stored(value));
    // the key of a shape that does not count it among its columns
    if (row.values.length < shape.columns.length) values.push(row.key);
    const insert = this.#statement(
      'rows',
      (rows) => `insert into ${rows} values (${values.map(() => '?').join(', ')})`,
    );
    insert.run(values);
    if (row.company !== undefined) this.speaksOfCompanies = true;
    if (row.tags !== undefined) this.#addTags(row.tags);
    if (row.segmentIds !== undefined) this.#addSegments(row.segmentIds);
    if (row.consent !== undefined) this.#addConsent(row.consent);
  }

  /** What rows of the same record have in common, and where it stands in a row without a key. */
  #keyOf(row: StagedRecord, shape: RecordShape): [key: Value, foundBy: number | null] {
    const [key, ...others] = this.uniques;
    if (row.key !== null) return [uniqueKey(key.type, row.key), null];
    this.hasKeyless = true;
    for (const [at, { column, type }] of others.entries()) {
      const value = row.values[shape.columns.indexOf(column)] ?? null;
      if (value !== null && value !== CLEAR) return [uniqueKey(type, value), at];
    }
    return [null, null];
  }

  #addSegments(segmentIds: readonly number[]): void {
    for (const segmentId of segmentIds) {
      this.#statement(
        'segments',
        (segments) => `
        insert into ${segments} (stage_row, segment_id) values (?, ?) on conflict do nothing`,
      ).run(this.added, segmentId);
    }
  }

  #addConsent(changes: readonly ConsentChange[]): void {
    const merge = this.#mergesFirst
      ? 'do nothing'
      : 'do update set is_suppressed = excluded.is_suppressed';
    for (const { channel, reason, suppressed } of changes) {
      this.speaksOfConsent = true;
      this.#statement(
        'consent',
        (consent) => `
        insert into ${consent} (stage_row, channel, reason, is_suppressed)
        values (?, ?, ?, ?)
        on conflict (stage_row, channel, reason) ${merge}`,
      ).run(this.added, channel, reason, suppressed ? 1 : 0);
    }
  }

  #addTags(tags: Exclude<StagedRecord['tags'], undefined>): void {
    const merge = this.#mergesFirst ? 'do nothing' : 'do update set is_added = excluded.is_added';
    const given = tags === CLEAR ? [{ name: EVERY_TAG, add: false }] : tags;
    for (const tag of given) {
      this.speaksOfTags = true;
      this.#statement(
        'tags',
        (table) => `
        insert into ${table} (stage_row, tag, is_added, name)
        values (?, ?, ?, ?)
        on conflict (stage_row, tag) ${merge}`,
      ).run(this.added, uniqueKey('text', tag.name), tag.add ? 1 : 0, tag.name);
    }
  }

  get #mergesFirst(): boolean {
    return isOfRecords(this.shape) && this.shape.duplicates === 'first';
  }

  /** The statement that fills a table, prepared once. */
  #statement(kind: StageTable, source: (table: string) => string): Sqlite.Statement {
    const known = this.#statements.get(kind);
    if (known !== undefined) return known;
    const made = this.#db.raw.prepare(source(`temp.stage_${this.#id}_${kind}`));
    this.#statements.set(kind, made);
    return made;
  }
}

function isOfRecords(shape: StageShape): shape is RecordShape {
  return 'columns' in shape;
}

/** The shape with its key among the columns, where that is one that can be written. */
function withKey(shape: RecordShape): RecordShape {
  return shape.key === 'id' || shape.columns.includes(shape.key)
    ? shape
    : { ...shape, columns: [...shape.columns, shape.key] };
}

function uniqueColumnsOf(db: SqliteDatabase, shape: StageShape): UniqueColumn[] {
  if (shape.kind === 'suppressions') return [];
  const table = shape.kind === 'companies' ? 'companies' : 'contacts';
  const others = isOfRecords(shape) ? shape.uniques : [];
  return [shape.key, ...others].map((column) => uniqueColumn(db, table, column));
}

/** The staged cell of the shape's column number `index`. */
export function cell(index: number): SQL {
  return sql.raw(`c${index}`);
}

/** The staged cell of a column. */
export function cellOf({ columns }: RecordShape, column: string): SQL {
  return cell(columns.indexOf(column));
}

/** Whether a staged cell has a value: it neither is empty nor clears. */
export function isFilled(value: SQL): SQL {
  return sql`(${value} is not null and ${value} <> x'')`;
}

const CLEARED = Buffer.alloc(0);

function stored(value: StagedValue): string | number | Buffer | null {
  return value === CLEAR ? CLEARED : value;
}
