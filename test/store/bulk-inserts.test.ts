import type Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StagedRow, StageShape } from '../../src/store/index.ts';
import { importRows, NOW } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * A bulk load of contacts does without the triggers that run for each. Nothing else is different.
 */

let fixture: SqliteFixture;
let raw: Sqlite.Database;
beforeEach(async () => {
  fixture = await sqliteFixture();
  ({ raw } = fixture);
});
afterEach(async () => fixture.cleanup());

const SHAPE: StageShape = {
  kind: 'contacts',
  key: 'email',
  columns: ['email', 'city'],
  uniques: [],
  duplicates: 'last',
};

const rowsOf = (...addresses: readonly string[]): StagedRow[] =>
  addresses.map((address, index) => ({
    line: index + 2,
    key: address,
    values: [address, `City ${index}`],
  }));

/** Who is suppressed, and why. */
const suppressed = (): unknown[] =>
  raw
    .prepare(
      `select email, channel, reason, suppressions.created_at
      from suppressions join contacts on contacts.id = contact_id order by 1, 2, 3`,
    )
    .raw()
    .all();

const schema = (): unknown[] =>
  raw.prepare('select type, name, sql from sqlite_schema order by type, name').raw().all();

const isSchemaKnown = (): unknown =>
  raw
    .prepare(
      'select schema_version = (select schema_version from pragma_schema_version) from capture',
    )
    .pluck()
    .get();

const WISHES = `
  insert into address_suppressions (address, channel, reason, created_at) values
    ('ANN@x.example', 'email', 'bounced', 5), ('ann@x.example', 'sms', 'manual', 6),
    ('bob@x.example', 'email', 'unsubscribed', 7), ('nobody@x.example', 'email', 'manual', 8)`;

test('what stands against addresses holds for contacts that come by themselves or in bulk', async () => {
  raw.exec(WISHES);
  const addresses = ['ann@x.example', 'cy@x.example', 'Bob@x.example'];
  await importRows(fixture.store, SHAPE, rowsOf(...addresses));
  const inBulk = suppressed();
  expect(inBulk).toEqual([
    ['ann@x.example', 'email', 'bounced', 5],
    ['ann@x.example', 'sms', 'manual', 6],
    ['Bob@x.example', 'email', 'unsubscribed', 7],
  ]);
  raw.exec('delete from contacts');
  for (const address of addresses)
    raw
      .prepare('insert into contacts (email, created_at, updated_at) values (?, ?, ?)')
      .run(address, NOW, NOW);
  expect(suppressed()).toEqual(inBulk);
});

test('a bulk load leaves the contacts alone that were suppressed, and lifted, before', async () => {
  await importRows(fixture.store, SHAPE, rowsOf('ann@x.example'));
  raw.exec(WISHES);
  raw.exec('delete from suppressions');
  const others = Array.from({ length: 5 }, (_, index) => `c${index}@x.example`);
  await importRows(fixture.store, SHAPE, rowsOf(...others));
  expect(suppressed()).toEqual([]);
});

test('the schema is afterwards what it was, and known as little or as well as before', async () => {
  const before = schema();
  await importRows(fixture.store, SHAPE, rowsOf('ann@x.example'));
  expect([schema(), isSchemaKnown()]).toEqual([before, 1]);
  raw.exec('create table other (id)');
  const edited = schema();
  await importRows(fixture.store, SHAPE, rowsOf('bob@x.example', 'cy@x.example'));
  expect([schema(), isSchemaKnown()]).toEqual([edited, 0]);
});

test('triggers of others run in a bulk load as well', async () => {
  raw.exec(`
    create table seen (email);
    create trigger watch after insert on contacts begin insert into seen values (new.email); end`);
  await importRows(fixture.store, SHAPE, rowsOf('ann@x.example', 'bob@x.example'));
  expect(raw.prepare('select email from seen order by 1').pluck().all()).toEqual([
    'ann@x.example',
    'bob@x.example',
  ]);
});

test('new contacts have the ids behind the last one, in the order of the file, with no gap', async () => {
  await importRows(fixture.store, SHAPE, rowsOf('b@x.example', 'd@x.example'));
  // rows that are inserted, with one between that is known and one that is merged
  const rows = rowsOf('z@x.example', 'b@x.example', 'y@x.example', 'z@x.example', 'a@x.example');
  await importRows(fixture.store, SHAPE, rows);
  await importRows(fixture.store, SHAPE, rowsOf('d@x.example', 'x@x.example', 'w@x.example'));
  expect(raw.prepare('select email from contacts order by id').pluck().all()).toEqual(
    ['b', 'd', 'z', 'y', 'a', 'x', 'w'].map((letter) => `${letter}@x.example`),
  );
  expect(raw.prepare('select max(id) from contacts').pluck().get()).toBe(7);
});
