import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { settings } from '../../src/store/sqlite/schema.ts';
import { sqliteFixture, type SqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let db: SqliteDatabase;
let other: Sqlite.Database;

beforeEach(async () => {
  fixture = await sqliteFixture();
  db = new SqliteDatabase(new Sqlite(fixture.path));
  other = new Sqlite(fixture.path);
});
afterEach(async () => {
  db.raw.close();
  other.close();
  await fixture.cleanup();
});

const set = (key: string) => `insert into settings values ('${key}', 'x')`;
const kept = (): readonly string[] => db.kept(settings, settings.key, (rows) => Object.freeze(rows.map((row) => row.key).filter((key) => key.length === 1)));

test('a statement that is kept gives rows, values and columns as it is asked', () => {
  const query = sql`select ${1} as a, ${2} as b`;
  for (const round of [1, 2]) {
    expect([round, db.row(query), db.all(query), db.pluck(query), db.get(query), db.value(query)]).toEqual([round, [1, 2], [{ a: 1, b: 2 }], [1], { a: 1, b: 2 }, 1]);
  }
});

test('a small table is the same object while nobody changes it, whatever else is written', () => {
  db.run(sql.raw(set('a')));
  const before = kept();
  db.run(sql`insert into tags (name, created_at) values ('t', 0)`);
  other.exec("insert into tags (name, created_at) values ('u', 0)");
  expect([before, kept() === before]).toEqual([['a'], true]);
});

test('and is read again after a write of this connection, of another, and after a rollback', () => {
  db.run(sql.raw(set('a')));
  const seen = [kept()];
  other.exec(set('b'));
  seen.push(kept());
  db.raw.exec('begin');
  db.run(sql.raw(set('c')));
  seen.push(kept());
  db.raw.exec('rollback');
  db.forget();
  seen.push(kept());
  expect(seen.map((keys) => keys.join(' '))).toEqual(['a', 'a b', 'a b c', 'a b']);
});
