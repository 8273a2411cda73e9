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
import { name, type SqliteDatabase } from '../connection/database.ts';

export type RecordShape = Extract<StageShape, { kind: 'contacts' | 'companies' }>;

/** Stands among a row's tags for all that its contact has and the row does not add. */
export const EVERY_TAG = '';

/**
 * The rows of one import in temporary tables, which live outside the store's file and its locks:
 * - rows: what each row says. In a cell, null is "leave as it is" and an empty blob is "clear";
 *   rows of one key are one row.
 * - tags, segments, consent: what contact rows say beside their columns; rejects: rows refused
 *   already.
 */
export class SqliteStage implements Stage {
  readonly shape: StageShape;
  readonly id: number;
  readonly rows: SQL;
  readonly tags: SQL;
  readonly segments: SQL;
  readonly consent: SQL;
  readonly rejects: SQL;
  /** How many rows were added, merged and refused ones too. */
  added = 0;
  /** Whether any row says where its contact must not be reached. */
  speaksOfConsent = false;
  readonly #db: SqliteDatabase;
  #insert: Sqlite.Statement | undefined;
  #insertConsent: Sqlite.Statement | undefined;

  /** No two stages of a connection may have the same `id`: their tables are named after it. */
  constructor(db: SqliteDatabase, id: number, shape: StageShape) {
    this.#db = db;
    this.shape = shape;
    this.id = id;
    this.rows = this.#table('rows');
    this.tags = this.#table('tags');
    this.segments = this.#table('segments');
    this.consent = this.#table('consent');
    this.rejects = this.#table('rejects');
    this.#create();
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
      join ${this.rows} as s
        on s.stage_row = given.stage_row and s.outcome in ('inserted', 'updated')`;
  }

  async drop(): Promise<void> {
    for (const table of [this.rows, this.tags, this.segments, this.consent, this.rejects])
      this.#db.run(sql`drop table if exists ${table}`);
  }

  #table(kind: string): SQL {
    return sql`temp.${name(`stage_${this.id}_${kind}`)}`;
  }

  #create(): void {
    const db = this.#db;
    const { shape } = this;
    db.run(sql`
      create temp table ${name(`stage_${this.id}_rejects`)} (
        line integer primary key, reason text not null
      )`);
    db.run(sql`
      create temp table ${name(`stage_${this.id}_tags`)} (
        stage_row integer not null, tag text not null collate nocase, is_added integer not null,
        primary key (stage_row, tag)
      ) without rowid`);
    db.run(sql`
      create temp table ${name(`stage_${this.id}_segments`)} (
        stage_row integer not null, segment_id integer not null, primary key (stage_row, segment_id)
      ) without rowid`);
    db.run(sql`
      create temp table ${name(`stage_${this.id}_consent`)} (
        stage_row integer not null, channel text not null collate nocase,
        reason text not null collate nocase, is_suppressed integer not null,
        primary key (stage_row, channel, reason)
      ) without rowid`);
    if (shape.kind === 'events') this.#createEvents();
    else if (shape.kind === 'suppressions') this.#createSuppressions();
    else this.#createRecords(shape);
  }

  #createEvents(): void {
    this.#db.run(sql`
      create temp table ${this.#rowsName()} (
        stage_row integer primary key, line integer not null, key collate nocase, type text,
        subject text, value real, occurred_at integer, properties text, external_id text unique,
        contact_id integer, outcome text
      )`);
  }

  #createSuppressions(): void {
    this.#db.run(sql`
      create temp table ${this.#rowsName()} (
        stage_row integer primary key, line integer not null, address text collate nocase,
        channel text collate nocase, reason text collate nocase, created_at integer, outcome text
      )`);
  }

  #createRecords(shape: RecordShape): void {
    const db = this.#db;
    const cells = shape.columns.map((_, index) => sql`, ${cell(index)} collate nocase`);
    db.run(sql`
      create temp table ${this.#rowsName()} (
        stage_row integer primary key, line integer not null, key collate nocase unique,
        company collate nocase, record_id integer, outcome text${sql.join(cells, sql``)}
      )`);
    for (const unique of shape.uniques) {
      const index = shape.columns.indexOf(unique);
      db.run(
        sql`create index temp.${name(`stage_${this.id}_${unique}`)} on ${this.#rowsName()} (${cell(index)})`,
      );
    }
  }

  #rowsName(): SQL {
    return name(`stage_${this.id}_rows`);
  }

  #addRow(row: StagedRow): void {
    this.added += 1;
    if ('type' in row) this.#addEvent(row);
    else if ('address' in row) this.#addSuppression(row);
    else this.#addRecord(row);
  }

  #addEvent(row: StagedEvent): void {
    this.#insert ??= this.#db.raw.prepare(`
      insert into temp.stage_${this.id}_rows (
        line, key, type, subject, value, occurred_at, properties, external_id
      )
      values (?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (external_id) do update set
        line = excluded.line, key = excluded.key, type = excluded.type,
        subject = excluded.subject, value = excluded.value, occurred_at = excluded.occurred_at,
        properties = excluded.properties`);
    this.#insert.run(
      row.line,
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
    this.#insert ??= this.#db.raw.prepare(`
      insert into temp.stage_${this.id}_rows (line, address, channel, reason, created_at)
      values (?, ?, ?, ?, ?)`);
    this.#insert.run(line, address, channel, reason, createdAt);
  }

  #addRecord(row: StagedRecord): void {
    this.#insert ??= this.#prepareRecordInsert();
    const stageRow = this.#insert.get(
      row.line,
      row.key,
      stored(row.company ?? null),
      ...row.values.map(stored),
    ) as number | undefined;
    if (stageRow === undefined) {
      this.#db.run(
        sql`insert into ${this.rejects} (line, reason) values (${row.line}, 'duplicateKey')`,
      );
      return;
    }
    this.#addTags(stageRow, row.tags ?? []);
    this.#addSegments(stageRow, row.segmentIds ?? []);
    this.#addConsent(stageRow, row.consent ?? []);
  }

  #addSegments(stageRow: number, segmentIds: readonly number[]): void {
    for (const segmentId of segmentIds) {
      this.#db.run(sql`
        insert into ${this.segments} (stage_row, segment_id)
        values (${stageRow}, ${segmentId})
        on conflict do nothing`);
    }
  }

  #addConsent(stageRow: number, changes: readonly ConsentChange[]): void {
    for (const { channel, reason, suppressed } of changes) {
      this.speaksOfConsent = true;
      this.#insertConsent ??= this.#prepareConsentInsert();
      this.#insertConsent.run(stageRow, channel, reason, suppressed ? 1 : 0);
    }
  }

  #prepareConsentInsert(): Sqlite.Statement {
    const merge =
      (this.shape as RecordShape).duplicates === 'first'
        ? 'do nothing'
        : 'do update set is_suppressed = excluded.is_suppressed';
    return this.#db.raw.prepare(`
      insert into temp.stage_${this.id}_consent (stage_row, channel, reason, is_suppressed)
      values (?, ?, ?, ?)
      on conflict (stage_row, channel, reason) ${merge}`);
  }

  #addTags(stageRow: number, tags: Exclude<StagedRecord['tags'], undefined>): void {
    const isFirst = (this.shape as RecordShape).duplicates === 'first';
    if (tags === CLEAR) {
      if (!isFirst) this.#db.run(sql`delete from ${this.tags} where stage_row = ${stageRow}`);
      this.#db.run(sql`
        insert into ${this.tags} (stage_row, tag, is_added)
        select ${stageRow}, ${EVERY_TAG}, 0
        where not exists (select 1 from ${this.tags} where stage_row = ${stageRow})`);
      return;
    }
    const merge = isFirst ? sql`do nothing` : sql`do update set is_added = excluded.is_added`;
    for (const tag of tags) {
      this.#db.run(sql`
        insert into ${this.tags} (stage_row, tag, is_added)
        values (${stageRow}, ${tag.name}, ${tag.add ? 1 : 0})
        on conflict (stage_row, tag) ${merge}`);
    }
  }

  #prepareRecordInsert(): Sqlite.Statement {
    const shape = this.shape as RecordShape;
    const columns = ['company', ...shape.columns.map((_, index) => `c${index}`)];
    const latest = columns.map((column) => `${column} = coalesce(excluded.${column}, ${column})`);
    const earliest = columns.map((column) => `${column} = coalesce(${column}, excluded.${column})`);
    const merge = {
      last: `do update set line = excluded.line, ${latest.join(', ')}`,
      first: `do update set ${earliest.join(', ')}`,
      error: 'do nothing',
    };
    return this.#db.raw
      .prepare(
        `insert into temp.stage_${this.id}_rows (line, key, ${columns.join(', ')})
        values (?, ?, ${columns.map(() => '?').join(', ')})
        on conflict (key) ${merge[shape.duplicates]}
        returning stage_row`,
      )
      .pluck();
  }
}

/** The staged cell of the shape's column number `index`. */
export function cell(index: number): SQL {
  return sql.raw(`c${index}`);
}

const CLEARED = Buffer.alloc(0);

function stored(value: StagedValue): string | number | Buffer | null {
  return value === CLEAR ? CLEARED : value;
}
