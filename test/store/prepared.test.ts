import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SqliteDatabase } from '../../src/store/sqlite/connection/database.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { settings } from '../../src/store/sql/schema.ts';
import { sqliteFixture, type SqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let db: SqliteDatabase;
let other: Sqlite.Database;

beforeEach(async () => {
  fixture = await sqliteFixture();
  db = new SqliteSession(new Sqlite(fixture.path));
  other = new Sqlite(fixture.path);
});
afterEach(async () => {
  db.raw.close();
  other.close();
  await fixture.cleanup();
});

const set = (key: string) => `insert into settings values ('${key}', 'x')`;
const kept = async (): Promise<readonly string[]> =>
  db.kept.read(settings, settings.key, (rows) =>
    Object.freeze(rows.map((row) => row.key).filter((key) => key.length === 1)),
  );

test('a statement that is kept gives rows, values and columns as it is asked', async () => {
  const query = sql`select ${1} as a, ${2} as b`;
  for (const round of [1, 2]) {
    expect([
      round,
      await db.row(query),
      await db.all(query),
      await db.pluck(query),
      await db.get(query),
      await db.value(query),
    ]).toEqual([round, [1, 2], [{ a: 1, b: 2 }], [1], { a: 1, b: 2 }, 1]);
  }
});

test('a small table is the same object while nobody changes it, whatever else is written', async () => {
  await db.run(sql.raw(set('a')));
  const before = await kept();
  await db.run(sql`insert into tags (name, created_at) values ('t', 0)`);
  other.exec("insert into tags (name, created_at) values ('u', 0)");
  expect([before, (await kept()) === before]).toEqual([['a'], true]);
});

test('and is read again after a write of this connection, of another, and after a rollback', async () => {
  await db.run(sql.raw(set('a')));
  const seen = [await kept()];
  other.exec(set('b'));
  seen.push(await kept());
  db.raw.exec('begin');
  await db.run(sql.raw(set('c')));
  seen.push(await kept());
  db.raw.exec('rollback');
  db.kept.forget();
  seen.push(await kept());
  expect(seen.map((keys) => keys.join(' '))).toEqual(['a', 'a b', 'a b c', 'a b']);
});

test('writes to temporary tables are none to the store', async () => {
  db.raw.exec('create temp table crowd (contact_id integer primary key)');
  let reads = 0;
  const all = db.all.bind(db);
  db.all = async (query) => ((reads += 1), await all(query));
  await kept();
  for (const write of [
    sql`insert into temp.crowd (contact_id) values (1), (2), (3)`,
    sql`delete from temp.crowd where contact_id = 1`,
    sql`delete from temp.crowd`,
  ]) {
    await db.run(write);
    await kept();
  }
  expect(reads).toBe(1);
  await db.run(sql.raw(set('b')));
  expect([await kept(), reads]).toEqual([['b'], 2]);
});
