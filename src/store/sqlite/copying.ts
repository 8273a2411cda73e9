import { existsSync, rmSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { CopySource, CopyTarget, Stored, StoredRow } from '../sql/copying/side.ts';
import { name } from '../sql/sql-parts.ts';
import { connectStore, initStore } from './open.ts';
import { filesOfStore } from './file/store-files.ts';
import type { SqliteDatabase } from './connection/database.ts';
import { SqliteSession } from './session.ts';

/** `UserError`: see `openStore`. */
export async function copySource(path: string): Promise<CopySource> {
  const { raw, store } = connectStore(path);
  const db = new SqliteSession(raw, { location: path });
  return {
    ...sideOf(db, async () => store.close()),
    lockRuns: async () => store.lockRuns(0),
    reading: async (work) => store.read(async () => work()),
    rowsOf: (table, columns) => rowsOf(db, table, columns),
    counters: async () =>
      new Map(await db.tuples<[string, number]>(sql`select name, seq from sqlite_sequence`)),
  };
}

/** Makes the store unless it is there. `UserError`: see `initStore` and `openStore`. */
export async function copyTarget(path: string): Promise<CopyTarget> {
  const isMade = !existsSync(path) && (await initStore(path)).created;
  const { raw, store } = connectStore(path);
  const db = new SqliteSession(raw, { location: path });
  return {
    ...sideOf(db, async () => store.close()),
    writing: async (work) =>
      store.write(async () => {
        raw.pragma('defer_foreign_keys = on');
        return unwatched(db, work);
      }),
    fill: async (table, columns, rows) => fill(db, { table, columns }, rows),
    setCounters: async (counters) => {
      for (const [table, last] of counters) await setCounter(db, table, last);
    },
    doubt: async () => {
      await db.run(sql`update capture set schema_version = -1`);
    },
    discard: async () => {
      await store.close();
      if (isMade) for (const file of filesOfStore(path)) rmSync(file, { force: true });
    },
  };
}

function sideOf(
  db: SqliteDatabase,
  close: () => Promise<void>,
): Pick<CopySource, 'db' | 'tables' | 'columnsOf' | 'close'> {
  return {
    db,
    tables: async () =>
      db.pluck<string>(sql`
        select name from sqlite_schema
        where type = 'table' and name not like 'sqlite~_%' escape '~'
        order by name`),
    columnsOf: async (table) =>
      db.pluck<string>(sql`
        select name from pragma_table_xinfo(${table}) where hidden = 0 order by cid`),
    close,
  };
}

async function* rowsOf(
  { raw }: SqliteDatabase,
  table: string,
  columns: readonly string[],
): AsyncIterable<StoredRow> {
  const names = columns.map(quoted).join(', ');
  const statement = raw.prepare<[], Stored[]>(`select ${names} from ${quoted(table)}`);
  yield* statement.raw().iterate();
}

/** Triggers come back as they were: those that log and count have nothing to do with a copy. */
async function unwatched<T>(db: SqliteDatabase, work: () => Promise<T>): Promise<T> {
  const triggers = await db.all<{ name: string; sql: string }>(sql`
    select name, sql from sqlite_schema where type = 'trigger' and name not glob 'bounds_*'`);
  for (const trigger of triggers) await db.run(sql`drop trigger ${name(trigger.name)}`);
  const done = await work();
  for (const trigger of triggers)
    // those of capture are back, as the fields ask for them
    if (!trigger.name.startsWith('capture_')) db.raw.exec(trigger.sql);
  return done;
}

async function fill(
  { raw }: SqliteDatabase,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: AsyncIterable<StoredRow>,
): Promise<void> {
  const names = columns.map(quoted).join(', ');
  const places = columns.map(() => '?').join(', ');
  const insert = raw.prepare(`insert into ${quoted(table)} (${names}) values (${places})`);
  for await (const row of rows) insert.run(...row);
}

async function setCounter(db: SqliteDatabase, table: string, last: number): Promise<void> {
  await db.run(sql`
    update sqlite_sequence set seq = max(seq, ${last}) where name = ${table}`);
  await db.run(sql`
    insert into sqlite_sequence (name, seq)
    select ${table}, ${last}
    where ${last} > 0
      and exists (select 1 from sqlite_schema where name = ${table} and sql like '%autoincrement%')
      and not exists (select 1 from sqlite_sequence where name = ${table})`);
}

function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}
