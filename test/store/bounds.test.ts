import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addContacts, NOW } from './conformance/fixture.ts';
import { SQL_TOOLS } from './sql-tools.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * Ids that a double cannot hold are refused by the store itself, whoever writes, in whatever words,
 * and nothing of the statement stays.
 */

const LARGEST = '9007199254740991';
const BEYOND = [
  '9007199254740992',
  '9007199254740993',
  '1152921504606846977',
  '9223372036854775807',
  '0',
  '-1',
  '-9007199254740993',
];

let fixture: SqliteFixture;
beforeEach(async () => {
  fixture = await sqliteFixture();
  await fixture.store.write(async (tx) => addContacts(tx, { email: 'a@example.org' }));
  fixture.raw.exec(`
    insert into companies (name, created_at, updated_at) values ('Acme', 0, 0);
    insert into tags (name, created_at) values ('vip', 0);
    insert into events (contact_id, type, occurred_at, external_id) values (1, 'page.hit', 0, 'x');
    insert into contact_tags values (1, 1);
    insert into suppressions (contact_id, channel, reason, created_at) values (1, 'email', 'manual', 0)`);
});
afterEach(async () => fixture.cleanup());

/** Rows, the counters of ids, and what is logged. */
const TABLES = [
  'contacts',
  'companies',
  'tags',
  'events',
  'contact_tags',
  'suppressions',
  'sqlite_sequence',
  'contact_changes',
];
const contents = (): unknown =>
  TABLES.map((table) => fixture.raw.prepare(`select * from ${table}`).all());

const INSERTS: readonly (readonly [string, (id: string) => string])[] = [
  [
    'contacts',
    (id) =>
      `insert into contacts (id, email, created_at, updated_at) values (${id}, 'b@example.org', 0, 0)`,
  ],
  [
    'contacts, meeting another',
    (id) =>
      `insert or replace into contacts (id, email, created_at, updated_at) values (${id}, 'a@example.org', 0, 0)`,
  ],
  [
    'companies',
    (id) =>
      `insert into companies (id, name, created_at, updated_at) values (${id}, 'Other', 0, 0)`,
  ],
  [
    'companies, meeting another',
    (id) =>
      `insert or replace into companies (id, name, created_at, updated_at) values (${id}, 'acme', 0, 0)`,
  ],
  ['tags', (id) => `insert into tags (id, name, created_at) values (${id}, 'new', 0)`],
  [
    'events',
    (id) =>
      `insert into events (id, contact_id, type, occurred_at) values (${id}, 1, 'page.hit', 0)`,
  ],
  [
    'events, meeting another',
    (id) =>
      `insert or replace into events (id, contact_id, type, occurred_at, external_id)
        values (${id}, 1, 'page.hit', 0, 'x')`,
  ],
  [
    'company_id',
    (id) =>
      `insert into contacts (email, company_id, created_at, updated_at) values ('b@example.org', ${id}, 0, 0)`,
  ],
  [
    'events.contact_id',
    (id) => `insert into events (contact_id, type, occurred_at) values (${id}, 'page.hit', 0)`,
  ],
  ['contact_tags.contact_id', (id) => `insert into contact_tags values (${id}, 1)`],
  ['contact_tags.tag_id', (id) => `insert into contact_tags values (1, ${id})`],
  [
    'suppressions',
    (id) =>
      `insert into suppressions (contact_id, channel, reason, created_at) values (${id}, 'sms', 'manual', 0)`,
  ],
];

const UPDATES = [
  'contacts set id',
  'contacts set rowid',
  'contacts set _rowid_',
  'contacts set company_id',
  'companies set id',
  'tags set oid',
  'events set id',
  'events set contact_id',
  'contact_tags set contact_id',
  'contact_tags set tag_id',
  'suppressions set contact_id',
];

describe.each(SQL_TOOLS)('through $name', (tool) => {
  const { installed } = tool;
  const run = (path: string, statements: string): string[] => tool.run(path, statements);
  const refused = (statement: string): void => {
    const before = contents();
    expect(() => run(fixture.path, `pragma foreign_keys = off;\n${statement}`), statement).toThrow(
      /lies? between 1 and 9007199254740991 \(2\^53 - 1\)/,
    );
    expect(contents(), statement).toEqual(before);
  };

  test.runIf(installed).each(INSERTS)('no insert into %s', (_, statement) => {
    for (const id of BEYOND) refused(statement(id));
  });

  test.runIf(installed)(
    'no insert in other words, nor one that a conflict would leave out: it would move the counter on',
    () => {
      const row = (email: string): string =>
        `into contacts (id, email, created_at, updated_at) values (9007199254740993, '${email}', 0, 0)`;
      for (const words of [
        'insert or ignore',
        'insert or replace',
        'insert or fail',
        'insert or rollback',
        'insert or abort',
        'replace',
      ]) {
        refused(`${words} ${row('a@example.org')}`);
        refused(`${words} ${row('b@example.org')}`);
      }
      refused(`insert ${row('a@example.org')} on conflict do nothing`);
      refused(`insert ${row('a@example.org')} on conflict (email) do update set city = 'Paris'`);
      refused(`insert into contacts (email, created_at, updated_at)
        values ('a@example.org', 0, 0)
        on conflict (email) do update set id = 9007199254740993`);
    },
  );

  test.runIf(installed).each(UPDATES)('no update %s', (words) => {
    for (const id of BEYOND) {
      refused(`update ${words} = ${id}`);
      refused(`update or ignore ${words} = ${id}`);
      refused(`update or replace ${words} = ${id}`);
    }
  });

  test.runIf(installed)('what lies between is written as ever', () => {
    run(
      fixture.path,
      `insert into contacts (id, email, created_at, updated_at) values (${LARGEST}, 'last@example.org', 0, 0)`,
    );
    run(
      fixture.path,
      `update contacts set id = 4503599627370497, company_id = 1 where id = ${LARGEST}`,
    );
    refused(
      "insert into contacts (email, created_at, updated_at) values ('next@example.org', 0, 0)",
    ); // no id is left behind the last
    run(fixture.path, 'update contacts set company_id = null');
    expect(fixture.raw.prepare('select id from contacts').pluck().all()).toEqual([
      1, 4503599627370497,
    ]);
  });
});

test('when the counter comes to its end, the next contact is refused in words that lead out (69)', async () => {
  fixture.raw.exec(`update sqlite_sequence set seq = ${LARGEST} where name = 'contacts'`);
  const before = contents();
  await expect(
    fixture.store.write(async (tx) => tx.contacts.insert({ email: 'b@example.org' }, NOW)),
  ).rejects.toMatchObject({
    name: 'UserError',
    code: 'NO_ID_LEFT',
    exit: 69,
    message: `no id is left for new contacts in ${fixture.path}: they would lie beyond ${LARGEST} (2^53 - 1)`,
  });
  expect(contents()).toEqual(before);
});
