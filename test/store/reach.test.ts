import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReadTx } from '../../src/store/index.ts';
import { addContacts, addSegment, causedBy } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * Rows out of reach that stand in a store: whoever would read or write records is stopped, and told
 * which.
 */

const BIG = '9007199254740993';

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
  await fixture.store.write(async (tx) => {
    const [ann] = await addContacts(tx, { email: 'ann@example.org' });
    await tx.members.add(
      await addSegment(tx, 'hand', { kind: 'static' }),
      [ann!],
      causedBy('manual'),
    );
  });
});
afterEach(async () => fixture.cleanup());

/** Writes as if the triggers were off. */
function spoil(statement: string): void {
  const names = fixture.raw
    .prepare<[], string>("select name from sqlite_schema where name glob 'bounds_*'")
    .pluck()
    .all();
  fixture.raw.exec(
    ['pragma foreign_keys = off', ...names.map((name) => `drop trigger ${name}`), statement].join(
      '; ',
    ),
  );
}

const ROWS: readonly (readonly [string, string])[] = [
  ['contacts.id', `insert into contacts (id, created_at, updated_at) values (${BIG}, 0, 0)`],
  ['contacts.id', 'insert into contacts (id, created_at, updated_at) values (0, 0, 0)'],
  [
    'contacts.id',
    'insert into contacts (id, created_at, updated_at) values (-9223372036854775807 - 1, 0, 0)',
  ],
  [
    'companies.id',
    `insert into companies (id, name, created_at, updated_at) values (${BIG}, 'x', 0, 0)`,
  ],
  ['tags.id', `insert into tags (id, name, created_at) values (9223372036854775807, 'x', 0)`],
  [
    'events.id',
    `insert into events (id, contact_id, type, occurred_at) values (${BIG}, 1, 'page.hit', 0)`,
  ],
];

test.each(ROWS)('a row of %s: %s', async (place, statement) => {
  const use = async (): Promise<unknown> =>
    fixture.store.read(async (tx) => tx.contacts.list({}, []));
  expect(await use()).toHaveLength(1);
  spoil(statement);
  const words = expect.stringMatching(
    new RegExp(
      `has an id out of reach: ${place} -?\\d+ \\(ids lie between 1 and 9007199254740991, 2\\^53 - 1\\)$`,
    ),
  ) as unknown;
  const refusal = { name: 'UserError', code: 'ID_OUT_OF_REACH', exit: 69, message: words };
  const ways: readonly ((tx: ReadTx) => unknown)[] = [
    (tx) => tx.contacts,
    (tx) => tx.companies,
    (tx) => tx.events,
    (tx) => tx.members,
    (tx) => tx.pins,
  ];
  for (const way of ways)
    await expect(fixture.store.read(async (tx) => way(tx))).rejects.toMatchObject(refusal);
  await expect(fixture.store.write(async (tx) => tx.imports)).rejects.toMatchObject(refusal);
  // for doctor
  expect(await fixture.store.read(async (tx) => (await tx.segments.list()).length)).toBe(1);
});

test('a segment', async () => {
  spoil(
    `insert into segments (id, alias, name, kind, created_at, updated_at) values (${BIG}, 'x', 'X', 'static', 0, 0)`,
  );
  await expect(fixture.store.read(async (tx) => tx.segments.list())).rejects.toMatchObject({
    code: 'ID_OUT_OF_REACH',
    exit: 69,
  });
});

test('an event and a pin of nobody', async () => {
  spoil(`insert into events (contact_id, type, occurred_at) values (${BIG}, 'page.hit', 0)`);
  fixture.raw.exec(
    `insert into pins (segment_id, contact_id, kind, via, created_at) values (1, ${BIG}, 'in', 'manual', 0)`,
  );
  await expect(fixture.store.read(async (tx) => tx.events.list({}))).rejects.toMatchObject({
    code: 'ID_OUT_OF_REACH',
  });
  await expect(fixture.store.read(async (tx) => tx.pins.list(1, {}))).rejects.toMatchObject({
    code: 'ID_OUT_OF_REACH',
  });
  expect(await fixture.store.read(async (tx) => tx.contacts.count({}))).toBe(1);
});
