import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  eachSuppression,
  suppressContacts,
  unsuppressContacts,
  unsuppressValues,
} from '../../src/contact/consent.ts';
import { addContact, deleteContacts, editContact } from '../../src/contact/contacts.ts';
import { deleteField, editField } from '../../src/contact/field-changes.ts';
import { showContact } from '../../src/contact/contact-view.ts';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { importSuppressions } from '../../src/csv/import.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { mergeContacts } from '../../src/segment/merge.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { FieldType, Value } from '../../src/store/index.ts';
import { backupStore } from '../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../src/store/sqlite/backup/restore.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { sqliteTest } from '../helpers/stores.ts';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

/*
 * Wishes by the values of unique fields other than the e-mail address; test/property has the law.
 */

async function worldWith(alias: string, type: FieldType): Promise<World> {
  const world = await makeWorld();
  await world.addField(alias, type, { unique: true });
  return world;
}

async function importList(world: World, text: string, options: ImportOptions) {
  const context = { stdin: Readable.from([]), now: NOW, by: 'tester' };
  return importSuppressions(world.store, world.file('list.csv', text), options, context);
}

/** What stands for the values of a field, and of whom something stands. */
async function stateOf(world: World, field: string) {
  const values: [Value, string][] = [];
  for await (const { value, channel, reason } of eachSuppression(world.store, field))
    values.push([value, `${channel} ${reason}`]);
  const contacts = await world.store.read(async (tx) => {
    const ids = (await tx.contacts.list({}, [])).map(({ id }) => id);
    const said = await tx.contacts.suppressions(ids);
    return said.map(({ contactId, channel, reason }) => `${contactId} ${channel} ${reason}`);
  });
  return { values, contacts };
}

async function suppressAndDelete(world: World, id: number): Promise<void> {
  await world.store.write(async (tx) => {
    await suppressContacts(tx, [id], ['sms'], 'unsubscribed', NOW);
    await deleteContacts(tx, [id], { now: NOW, by: null });
  });
}

const settle = async (world: World): Promise<number> =>
  world.store.write(async (tx) => tx.suppressions.settle());

test('a list is read by another unique field, and the same again changes nothing', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\nann@x.example,Ünïque\n');
  const list = 'card,channel,reason\nÜNÏQUE,,\nk2,sms,unsubscribed\nK2,sms,unsubscribed\n';
  expect(figures(await importList(world, list, { key: 'card' }))).toEqual({
    ...{ rows: 3, inserted: 2, merged: 1 },
  });
  expect((await stateOf(world, 'card')).contacts).toEqual(['1 email manual']);
  expect(figures(await importList(world, list, { key: 'card' }))).toEqual({
    ...{ rows: 3, unchanged: 2, merged: 1 },
  });
  await world.contacts('card\nk2\n', { key: 'card' });
  expect((await stateOf(world, 'card')).contacts).toEqual(['1 email manual', '2 sms unsubscribed']);
});

test('bounces of other values are rejected, and what is not unique is no key', async () => {
  const world = await worldWith('card', 'text');
  const list = 'card,reason,channel\nk1,bounced,\nk2,bounced,sms\n';
  const report = await importList(world, list, { key: 'card' });
  expect(report.samples.map(({ line, column }) => [line, column])).toEqual([[2, 'card']]);
  expect((await stateOf(world, 'card')).values).toEqual([['k2', 'sms bounced']]);
  for (const [key, code] of [
    ['id', 'NO_WISHES'],
    ['city', 'NOT_UNIQUE'],
  ] as const)
    expect(await refusal(importList(world, list, { key }))).toMatchObject({ exit: 2, code });
});

test.each([
  [
    'by SQL',
    async (world: World) => {
      await world.sql("insert into contacts (card, created_at, updated_at) values ('K1', 1, 1)");
      return Promise.resolve();
    },
  ],
  [
    'by SQL that gives it the value later',
    async (world: World) => {
      await world.sql('insert into contacts (created_at, updated_at) values (1, 1)');
      await world.sql("update contacts set card = 'k1'");
      return Promise.resolve();
    },
  ],
  [
    'by hand',
    async (world: World) => {
      const assignments = [{ name: 'card', value: 'k1' }];
      await world.store.write(async (tx) => addContact(tx, { assignments, tags: [] }, NOW));
    },
  ],
  [
    'by an import of many',
    async (world: World) => {
      await world.contacts('card\nk0\nk1\nk3\n', { key: 'card' });
    },
  ],
])('whoever comes back %s without an address must not be reached', async (_, comes) => {
  const world = await worldWith('card', 'text');
  await world.contacts('card\nk1\n', { key: 'card' });
  await suppressAndDelete(world, 1);
  await comes(world);
  const id = await world.value("select id from contacts where lower(card) = 'k1'");
  expect((await stateOf(world, 'card')).contacts).toEqual([`${id} sms unsubscribed`]);
});

test.each([
  ['text', 'Éa', 'e\u0301A'],
  ['phone', '+33 6 12 34', '0033-61234'],
  ['phone', '+33 6 12 34', '3361234'],
] as const)('a %s in another spelling waits for the next command', async (type, one, other) => {
  const world = await worldWith('line', type);
  await world.contacts(`line\n${one}\n`, { key: 'line' });
  await suppressAndDelete(world, 1);
  await world.sql(`insert into contacts (line, created_at, updated_at) values ('${other}', 1, 1)`);
  const shown = async () => world.store.read(async (tx) => (await showContact(tx, 2)).suppressions);
  const waiting = await shown();
  expect(await storedIn(world)).toBe(0);
  expect(await settle(world)).toBe(1);
  expect((await stateOf(world, 'line')).contacts).toEqual(['2 sms unsubscribed']);
  expect(waiting).toEqual(await shown());
  expect(await storedIn(world)).toBe(1);
  expect(await settle(world)).toBe(0);
});

const storedIn = async (world: World): Promise<number> =>
  world.value('select count(*) from suppressions');

test('what comes to somebody by one value is handed on by the others, through any number', async () => {
  const world = await worldWith('line', 'phone');
  await world.addField('card', 'text', { unique: true });
  await importList(world, 'line,channel\n+33 6 12,sms\n', { key: 'line' });
  await world.sql(`insert into contacts (email, line, card, created_at, updated_at) values
    ('a@x.example', '0033612', 'É', 1, 1), ('É@x.example', null, 'é', 1, 1),
    ('é@x.example', null, null, 1, 1), ('other@x.example', null, 'other', 1, 1)`);
  const all = ['1 sms manual', '2 sms manual', '3 sms manual'];
  expect((await stateOf(world, 'line')).contacts).toEqual(all);
  expect(await settle(world)).toBe(3);
  expect(await storedIn(world)).toBe(3);
  expect((await stateOf(world, 'line')).contacts).toEqual(all);
});

test('a number that SQL put on a list is found in any digits, whoever had it before', async () => {
  const world = await worldWith('line', 'phone');
  await world.contacts('email,line\na@x.example,+33 6 12\nb@x.example,+33 6 13\n');
  await updateSegments(world.store, { segments: [], now: NOW });
  await world.sql(`insert into value_suppressions (field_id, value, channel, reason, created_at)
    select id, '0033-612', 'sms', 'manual', 1 from fields where alias = 'line'`);
  expect((await stateOf(world, 'line')).contacts).toEqual(['1 sms manual']);
  expect(await settle(world)).toBe(1);
});

test('who has a value in the same letters is meant before who has it in others', async () => {
  const world = await worldWith('card', 'text');
  await world.sql(`insert into contacts (card, created_at, updated_at) values
    ('É1', 1, 1), ('é1', 1, 1), ('é 2', 1, 1), ('É 2', 1, 1)`);
  const found = await world.store.read(async (tx) =>
    tx.contacts.match('card', ['É1', 'é1', 'é 2', 'É 2', 'É 2']),
  );
  expect(found).toEqual([1, 2, 3, 4, 3]);
});

test('an import of many finds the other spellings at once', async () => {
  const world = await worldWith('line', 'phone');
  await world.contacts('line\n+33 6 12 34\n', { key: 'line' });
  await suppressAndDelete(world, 1);
  await world.contacts('line\n0033 61234\n+44 1\n', { key: 'line' });
  expect((await stateOf(world, 'line')).contacts).toEqual(['2 sms unsubscribed']);
});

test('what SQL writes for a value comes to who has it already', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\na@x.example,k1\n');
  await world.sql(`insert into value_suppressions (field_id, value, channel, reason, created_at)
    select id, 'K1 ', 'email', 'manual', 1 from fields where alias = 'card'`);
  expect(await settle(world)).toBe(1);
  expect((await stateOf(world, 'email')).values).toEqual([['a@x.example', 'email manual']]);
});

test('an update heeds what SQL wrote before it builds', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\na@x.example,k1\n');
  await world.store.write(async (tx) =>
    createSegment(tx, { name: 'mailed', where: 'not suppressed(email)' }, { now: NOW, by: null }),
  );
  await world.sql(`insert into value_suppressions (field_id, value, channel, reason, created_at)
    select id, 'K1 ', 'email', 'manual', 1 from fields where alias = 'card'`);
  await updateSegments(world.store, { segments: [], now: NOW });
  expect(await world.value('select count(*) from joined')).toBe(0);
});

test('numbers are found by the index, whatever wrote them', async () => {
  const world = await worldWith('no', 'number');
  await world.contacts('no\n7\n', { key: 'no' });
  await suppressAndDelete(world, 1);
  await world.sql('insert into contacts (no, created_at, updated_at) values (7, 1, 1)');
  expect(await stateOf(world, 'no')).toEqual({
    values: [[7, 'sms unsubscribed']],
    contacts: ['2 sms unsubscribed'],
  });
  await world.store.write(async (tx) => unsuppressContacts(tx, [2], { channels: [], reasons: [] }));
  expect(await stateOf(world, 'no')).toEqual({ values: [], contacts: [] });
});

sqliteTest(
  'conflict clauses of others lose nothing, and a bounce is of the address alone',
  async () => {
    const world = await worldWith('card', 'text');
    await world.contacts('email,card\na@x.example,k1\n');
    await world.sql(`insert or replace into suppressions values (1, 'sms', 'manual', 1);
    insert or replace into suppressions values (1, 'sms', 'manual', 2);
    insert or ignore into suppressions values (1, 'email', 'bounced', 1);
    update or replace suppressions set reason = 'unsubscribed' where channel = 'sms'`);
    expect((await stateOf(world, 'card')).values).toEqual([['k1', 'sms unsubscribed']]);
    await world.sql("update contacts set card = 'k2'; delete from suppressions");
    expect((await stateOf(world, 'card')).values).toEqual([['k1', 'sms unsubscribed']]);
  },
);

test('lifting by a value lifts it in every spelling, and from who has it', async () => {
  const world = await worldWith('line', 'phone');
  await world.contacts('email,line\na@x.example,+33 6 12\n');
  await world.store.write(async (tx) => suppressContacts(tx, [1], ['sms'], 'manual', NOW));
  await importList(world, 'line,channel\n0033612,sms\n', { key: 'line' });
  expect((await stateOf(world, 'line')).values).toHaveLength(2);
  const all = { channels: [], reasons: [] };
  await world.store.write(async (tx) => unsuppressValues(tx, 'line', ['33612'], all));
  expect(await stateOf(world, 'line')).toEqual({ values: [], contacts: [] });
  expect((await stateOf(world, 'email')).values).toEqual([]);
});

test('an import that lifts lifts it for all values of the contact', async () => {
  const world = await worldWith('line', 'phone');
  await world.contacts('email,line\na@x.example,+33 6 12\n');
  await importList(world, 'line\n33612\n', { key: 'line', reason: 'unsubscribed' });
  const text = 'email,unsubscribed\na@x.example,no\n';
  await world.contacts(text, { allowResubscribe: true });
  expect(await stateOf(world, 'line')).toEqual({ values: [], contacts: [] });
  await world.store.write(async (tx) =>
    editContact(tx, 1, [{ name: 'line', value: '0033612' }], NOW),
  );
  expect((await stateOf(world, 'line')).contacts).toEqual([]);
});

test('a field that becomes unique notes what stands, one that no longer is lets go', async () => {
  const world = await makeWorld();
  await world.addField('card', 'text');
  await world.contacts('email,card\na@x.example,k1\nb@x.example,k2\n');
  await world.store.write(async (tx) => suppressContacts(tx, [1, 2], ['sms'], 'manual', NOW));
  const unique = async (isUnique: boolean): Promise<unknown> =>
    world.store.write(async (tx) => editField(tx, 'contact', 'card', { unique: isUnique }, NOW));
  await unique(true);
  expect((await stateOf(world, 'card')).values).toEqual([
    ['k1', 'sms manual'],
    ['k2', 'sms manual'],
  ]);
  await world.sql('delete from contacts where id = 2');
  await unique(false);
  await world.sql('delete from suppressions where contact_id = 1');
  await world.sql("insert into contacts (card, created_at, updated_at) values ('k2', 1, 1)");
  await unique(true);
  expect(await stateOf(world, 'card')).toEqual({
    values: [['k2', 'sms manual']],
    contacts: ['3 sms manual'],
  });
});

test('what SQL wrote for a value is given to who has it before its field is unique no more', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\na@x.example,k1\n');
  await world.sql(`insert into value_suppressions (field_id, value, channel, reason, created_at)
    select id, 'K1 ', 'sms', 'manual', 1 from fields where alias = 'card'`);
  await world.store.write(async (tx) => editField(tx, 'contact', 'card', { unique: false }, NOW));
  expect((await stateOf(world, 'card')).contacts).toEqual(['1 sms manual']);
});

sqliteTest('who was imported is not looked at again, who is written after that is', async () => {
  const world = await worldWith('line', 'phone');
  await importList(world, 'line,channel\n+33 6 12,sms\n', { key: 'line' });
  await world.contacts('email\na@x.example\nb@x.example\nc@x.example\nd@x.example\ne@x.example\n');
  await world.contacts('email,first_name\na@x.example,Ann\n');
  const unsettled = async (): Promise<number> =>
    world.value(`select count(*) from contact_changes
      where epoch >= (select pruned_before from capture_kinds where kind = 'settled')`);
  expect([await world.value('select count(*) from contact_changes'), await unsettled()]).toEqual([
    1, 0,
  ]);
  await world.sql("update contacts set line = '0033612' where id = 2");
  expect(await unsettled()).toBe(1);
  expect((await stateOf(world, 'line')).contacts).toEqual(['2 sms manual']);
});

test('what SQL wrote for a value is given to who has it before its field is deleted', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\na@x.example,k1\n');
  await world.sql(`insert into value_suppressions (field_id, value, channel, reason, created_at)
    select id, 'K1 ', 'sms', 'manual', 1 from fields where alias = 'card'`);
  await world.store.write(async (tx) => deleteField(tx, 'contact', 'card', { force: false }));
  expect((await stateOf(world, 'email')).contacts).toEqual(['1 sms manual']);
});

/** A contact that SQL gave a number in another spelling, after what stands for it was said. */
async function worldUnsettled(): Promise<World> {
  const world = await worldWith('line', 'phone');
  await importList(world, 'line,channel\n+33611111111,phone\n', { key: 'line' });
  await world.contacts('email,line\na@x.example,+33622222222\n');
  await world.sql("update contacts set line = '0033611111111' where id = 1");
  return world;
}

const contactsIn = async (world: World): Promise<string[]> =>
  (await stateOf(world, 'line')).contacts;

describe('what stands for a value holds before a command takes the value away', () => {
  test('by an edit', async () => {
    const world = await worldUnsettled();
    const assignments = [{ name: 'line', value: '+33699999999' }];
    await world.store.write(async (tx) => editContact(tx, 1, assignments, NOW));
    expect(await contactsIn(world)).toEqual(['1 phone manual']);
  });

  test('by an import', async () => {
    const world = await worldUnsettled();
    await world.contacts('email,line\na@x.example,+33699999999\n');
    expect(await contactsIn(world)).toEqual(['1 phone manual']);
  });

  test('by deleting the contact, whose address keeps it', async () => {
    const world = await worldUnsettled();
    await world.store.write(async (tx) => deleteContacts(tx, [1], { now: NOW, by: null }));
    await world.contacts('email\na@x.example\n');
    expect(await contactsIn(world)).toEqual(['2 phone manual']);
  });

  test('by undoing an import: who is suppressed is kept', async () => {
    const world = await worldUnsettled();
    const undoing = { now: NOW, by: null, isDry: false };
    await undoImport(world.store, 'last', undoing);
    expect(await contactsIn(world)).toEqual(['1 phone manual']);
  });
});

test('who came by SQL is heeded before the record of changes is forgotten', async () => {
  const world = await worldWith('line', 'phone');
  await world.contacts('line\n+33 6 12 34\n', { key: 'line' });
  await suppressAndDelete(world, 1);
  await settle(world);
  await world.sql(
    "insert into contacts (line, created_at, updated_at) values ('0033-61234', 1, 1)",
  );
  await world.addField('other', 'text');
  expect((await stateOf(world, 'line')).contacts).toEqual(['2 sms unsubscribed']);
});

sqliteTest('a restore keeps what stands for values that nobody has any more', async () => {
  const world = await worldWith('line', 'phone');
  const path = join(world.folder, 'crm.db');
  const target = join(world.folder, 'old.db');
  await world.contacts('line\n+33 6 12 34\n', { key: 'line' });
  await backupStore(path, { target, now: NOW });
  await suppressAndDelete(world, 1);
  await importList(world, 'line,channel\n0044 12,sms\n', { key: 'line' });
  await world.store.close();
  await restoreStore(path, { file: target, now: NOW, confirm: async () => Promise.resolve() });
  const store = await openStore(path);
  onTestFinished(async () => store.close());
  expect(await stateOf({ ...world, store }, 'line')).toEqual({
    values: [
      ['+33 6 12 34', 'sms unsubscribed'],
      ['0044 12', 'sms manual'],
    ],
    contacts: ['1 sms unsubscribed'],
  });
});

test('who was merged away leaves the wish for all values that were theirs', async () => {
  const world = await worldWith('card', 'text');
  await world.contacts('email,card\na@x.example,k1\nb@x.example,k2\n');
  await world.store.write(async (tx) => suppressContacts(tx, [1], ['sms'], 'manual', NOW));
  const action = { now: NOW, by: null, isDry: false };
  await mergeContacts(world.store, { winner: 1, losers: [2] }, action);
  expect(await stateOf(world, 'card')).toEqual({
    values: [
      ['k1', 'sms manual'],
      ['k2', 'sms manual'],
    ],
    contacts: ['1 sms manual'],
  });
});

test('what a rejected row says holds for its unique values, a bounce for the address', async () => {
  const world = await worldWith('card', 'text');
  const text = 'email,card,points,unsubscribed,bounced\na@x.example,k1,many,yes,yes\n';
  await world.contacts(`${text}b@x.example,,1,,\n`);
  expect((await stateOf(world, 'card')).values).toEqual([['k1', 'email unsubscribed']]);
  expect((await stateOf(world, 'email')).values).toEqual([
    ['a@x.example', 'email bounced'],
    ['a@x.example', 'email unsubscribed'],
  ]);
});
