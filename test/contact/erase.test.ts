import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { suppressContacts, unsuppressContacts } from '../../src/contact/consent.ts';
import { addContact, editContact } from '../../src/contact/contacts.ts';
import { eraseContacts, findErasable } from '../../src/contact/erased.ts';
import { tagContacts } from '../../src/contact/tags.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, clearSegment } from '../../src/segment/members.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { audited } from '../../src/store/index.ts';
import { backupStore } from '../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../src/store/sqlite/backup/restore.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { makeWorld, NOW, refusal, type World } from '../csv/world.ts';
import { foundInStore } from '../helpers/store-bytes.ts';

const ACTION = { now: NOW, by: 'tester' };
const EMAIL = 'zoe.quux@x.example';

/** A person with a word of theirs, `…zyx`, in everything that can hold one. */
async function worldWithZoe(): Promise<World> {
  const world = await makeWorld();
  await world.addField('crm_id', 'text', { unique: true });
  await world.contacts(
    `email,crm_id,first_name,tags\n${EMAIL},crmzyx,firstzyx,vip\nbo@x.example,2,Bo,\n`,
  );
  await world.events(
    `email,type,subject,occurred_at\n${EMAIL},buy,subjectzyx,2026-01-01T00:00:00Z\n`,
  );
  await world.store.write(async (tx) => {
    await createSegment(tx, { name: 'list' }, ACTION);
    const list = await getSegment(tx, 'list');
    const why = { ...ACTION, via: 'manual', reason: 'reasonzyx' };
    await addToSegment(tx, list, [1], why);
    await addToSegment(tx, list, [2], { ...why, reason: 'they asked' });
    await tagContacts(tx, [1], ['vip'], NOW);
    await suppressContacts(tx, [1], ['email'], 'unsubscribed', NOW);
    await editContact(tx, 1, [{ name: 'city', value: 'cityzyx' }], NOW);
    await editContact(tx, 1, [{ name: 'city', value: 'townzyx' }], NOW);
  });
  return world;
}

const found = (world: World, ...texts: string[]): string[] => foundInStore(world.folder, ...texts);

async function erase(world: World, id = 1) {
  return world.store.write(async (tx) => eraseContacts(tx, { ids: [id], values: [] }, ACTION));
}

test('no byte of a person is left in any file of the store', async () => {
  const world = await worldWithZoe();
  expect(found(world, 'zyx', 'zoe.quux')).not.toEqual([]);
  expect(await erase(world)).toMatchObject({ contacts: 1, remains: [] });
  expect(await world.store.scour()).toBe(true);
  expect(found(world, 'zyx', 'zoe.quux')).toEqual([]);
  expect(await world.list('email')).toEqual(['bo@x.example']);
  expect(await world.value('select count(*) from erased_key where pending')).toBe(0);
});

test('the words of others stay', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.store.scour();
  expect(found(world, 'they asked')).toEqual(['crm.db: they asked']);
});

test('words that were said of two go with the second of them', async () => {
  const world = await worldWithZoe();
  await world.store.write(async (tx) => {
    await createSegment(tx, { name: 'both' }, ACTION);
    const why = { ...ACTION, via: 'manual', reason: 'said of both' };
    await addToSegment(tx, await getSegment(tx, 'both'), [1, 2], why);
  });
  const kept = async (): Promise<number> =>
    world.value("select count(*) from cause_words where word = 'said of both'");
  await erase(world, 1);
  expect(await kept()).toBe(1);
  await erase(world, 2);
  expect(await kept()).toBe(0);
});

test('what else holds the address is told by its place', async () => {
  const world = await worldWithZoe();
  await world.store.write(async (tx) =>
    editContact(tx, 2, [{ name: 'website', value: `http://${EMAIL}` }], NOW),
  );
  expect((await erase(world)).remains).toEqual([{ place: 'contacts.website', rows: 1 }]);
});

test('a reader that holds the log has it repeated', async () => {
  const world = await worldWithZoe();
  const reader = new Sqlite(join(world.folder, 'crm.db'), { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from contacts').get();
  await erase(world);
  expect(await world.store.scour()).toBe(false);
  expect(found(world, 'zoe.quux')).not.toEqual([]);
  const again = await world.store.read(async (tx) => findErasable(tx, [EMAIL]));
  expect(again).toMatchObject({ ids: [], values: [], erasedBefore: [], isPending: true });
  reader.exec('commit');
  reader.close();
  expect(await world.store.scour()).toBe(true);
  expect(found(world, 'zoe.quux', 'zyx')).toEqual([]);
}, 60_000);

test('who is erased cannot be erased again, nor named', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.store.scour();
  const find = async (reference: string) =>
    refusal(world.store.read(async (tx) => findErasable(tx, [reference])));
  expect(await find('ZOE.quux@x.example')).toMatchObject({ code: 'ERASED', exit: 1 });
  expect(await find('1')).toMatchObject({ code: 'UNKNOWN_CONTACT', exit: 2 });
});

test('imports leave an erased person out by any unique value, and say so', async () => {
  const world = await worldWithZoe();
  await erase(world);
  const report = await world.contacts(
    `email,crm_id\nZoe.Quux@x.example,9\nnew@x.example,CRMZYX\nfine@x.example,10\n`,
  );
  expect(report).toMatchObject({ inserted: 1, leftOut: 2, rejected: 0, merged: 0 });
  const events = await world.events(`email,type,occurred_at\n${EMAIL},buy,2026-01-01T00:00:00Z\n`, {
    createContacts: true,
  });
  expect(events).toMatchObject({ inserted: 0, leftOut: 1, rejected: 0 });
  expect(await world.list('email')).toEqual(['bo@x.example', 'fine@x.example']);
});

test('of a row of an erased person, refused or left out, no value is kept, and whom else it names hears it', async () => {
  const world = await worldWithZoe();
  await erase(world);
  const rows = [
    ...[`${EMAIL},n1,1,yes,`, 'new1@x.example,CRMZYX,1,yes,'],
    ...[`${EMAIL},n2,many,yes,`, 'new2@x.example,crmzyx,many,,yes', 'fine@x.example,n3,many,yes,'],
  ];
  const report = await world.contacts(
    `email,crm_id,points,unsubscribed,bounced\n${rows.join('\n')}\n`,
  );
  expect(report).toMatchObject({ leftOut: 2, rejected: 3, consentKept: 1 });
  expect(await world.value('select group_concat(address) from address_suppressions')).toBe(
    'fine@x.example',
  );
  expect(await world.value('select group_concat(value) from value_suppressions')).toBe('n3');
});

test('a wish in a row that is left out holds for the contact whose other value it names', async () => {
  const world = await worldWithZoe();
  await erase(world);
  const report = await world.contacts(`email,crm_id,unsubscribed\n${EMAIL},2,yes\n`);
  expect(report).toMatchObject({ leftOut: 1, rejected: 0, consentKept: 0 });
  expect(await world.list('email', 'unsubscribed')).toEqual([['bo@x.example', 'email']]);
});

test('what stands for values of theirs goes in every spelling', async () => {
  const world = await worldWithZoe();
  const wish = `select id, 'CRMzyx ', 'sms', 'manual', 1 from fields where alias = 'crm_id'`;
  const columns = 'field_id, value, channel, reason, created_at';
  await world.sql(`insert into value_suppressions (${columns}) ${wish}`);
  expect(await world.value('select count(*) from value_suppressions')).toBe(2);
  await erase(world);
  expect(await world.value('select count(*) from value_suppressions')).toBe(0);
});

test('by hand an erased person comes back only if that is allowed', async () => {
  const world = await worldWithZoe();
  await erase(world);
  const add = async (allowErased: boolean) =>
    world.store.write(async (tx) =>
      addContact(tx, { email: EMAIL, assignments: [], tags: [], allowErased }, NOW),
    );
  expect(await refusal(add(false))).toMatchObject({ code: 'ERASED', exit: 1 });
  const edit = world.store.write(async (tx) =>
    editContact(tx, 2, [{ name: 'crm_id', value: 'crmZYX' }], NOW),
  );
  expect(await refusal(edit)).toMatchObject({ code: 'ERASED', exit: 1 });
  const { id } = await add(true);
  expect(await world.store.read(async (tx) => tx.contacts.suppressions([id]))).toEqual([]);
});

test('whom SQL brings back is suppressed by the next update', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.sql(
    `insert into contacts (email, created_at, updated_at) values ('ZOE.quux@x.example', 0, 0)`,
  );
  await updateSegments(world.store, { segments: [], now: NOW });
  const id = await world.value(`select id from contacts where email = '${EMAIL}'`);
  const said = await world.store.read(async (tx) => tx.contacts.suppressions([id]));
  expect(said.map(({ channel, reason }) => `${channel} ${reason}`)).toContain('email manual');
});

test('who came back is found before the log that names them is forgotten', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.sql(`insert into contacts (email, created_at, updated_at) values ('${EMAIL}', 0, 0)`);
  await world.addField('shoe_size', 'number');
  const said = await world.value("select count(*) from suppressions where reason = 'manual'");
  expect(said).toBe(6);
});

test('of what was done to somebody who is erased the audit keeps numbers alone', async () => {
  const world = await worldWithZoe();
  const store = audited(world.store, { at: NOW, by: 'ada', command: 'segments:add' });
  const say = async (ids: readonly number[], reason: string) =>
    store.write(async (tx) => {
      const list = await getSegment(tx, 'list');
      await clearSegment(tx, list, ACTION);
      await addToSegment(tx, list, ids, { ...ACTION, via: 'manual', reason });
    });
  await say([1], 'auditzyx');
  await say([2], 'of another');
  await erase(world);
  const told = await world.store.read(async (tx) => tx.audit.list({}));
  expect(JSON.stringify(told)).not.toContain('zyx');
  expect(told.map(({ detail }) => detail)).toContainEqual({
    ...{ via: 'manual', joined: 1, contact_ids: [1] },
  });
  expect(JSON.stringify(told)).toContain('of another');
});

test('a backup that is restored has nobody who was erased since, and no byte of theirs', async () => {
  const world = await worldWithZoe();
  const file = join(world.folder, 'kept.db');
  await backupStore(world.store.location, { target: file, now: NOW });
  await erase(world);
  const confirm = async (): Promise<void> => undefined;
  const restored = await restoreStore(world.store.location, { file, now: NOW, confirm });
  expect(restored).toMatchObject({ contacts: 1, erasedAgain: 1 });
  if (restored.kept !== null) rmSync(restored.kept);
  expect(await world.value('select count(*) from contacts')).toBe(1);
  expect(found(world, 'zoe.quux', 'crmzyx', 'reasonzyx')).toEqual([]);
});

const SHARED = 'info@x.example';

/**
 * The first contact had an address that the second has now, whom an SMS must not reach, and is
 * erased; `before.db` is from before all that.
 */
async function worldHandedOver(): Promise<World> {
  const world = await makeWorld();
  await world.contacts(`email,first_name\n${SHARED},Old\n`);
  await backupStore(world.store.location, { target: join(world.folder, 'before.db'), now: NOW });
  await world.store.write(async (tx) =>
    editContact(tx, 1, [{ name: 'email', value: 'old@x.example' }], NOW),
  );
  await world.contacts(`email,first_name\n${SHARED},New\n`);
  await world.store.write(async (tx) => suppressContacts(tx, [2], ['sms'], 'manual', NOW));
  await erase(world, 1);
  return world;
}

async function restoreAt({ store }: World, file: string, now: number): Promise<string> {
  const confirm = async (): Promise<void> => undefined;
  return (await restoreStore(store.location, { file, now, confirm })).kept ?? '';
}

test('restoring a backup, and undoing that, leaves who has an address since and was erased never', async () => {
  const world = await worldHandedOver();
  const kept = await restoreAt(world, join(world.folder, 'before.db'), NOW + 1000);
  expect(await world.value('select count(*) from contacts')).toBe(0);
  const store = await openStore(world.store.location);
  await store.write(async (tx) =>
    addContact(tx, { email: SHARED, assignments: [], tags: [] }, NOW),
  );
  await store.close();
  expect(await world.value('select count(*) from suppressions')).toBe(1);
  await restoreAt(world, kept, NOW + 2000);
  expect(await world.value("select count(*) from contacts where first_name = 'New'")).toBe(1);
});

test('an empty value, which only SQL writes, is nobody to be known again', async () => {
  const world = await makeWorld();
  await world.addField('cno', 'text', { unique: true });
  const insert = `insert into contacts (email, cno, created_at, updated_at) values ('', '', 1, 1)`;
  await world.sql(insert);
  await erase(world, 1);
  expect(await world.value('select count(*) from erased')).toBe(1); // the id
  await world.sql(insert);
  expect(await world.store.write(async (tx) => tx.suppressions.settle())).toBe(0);
});

test('whom SQL brought back is reached again once that is lifted, whatever is changed later', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.sql(`insert into contacts (email, created_at, updated_at) values ('${EMAIL}', 1, 1)`);
  const lifted = await world.store.write(async (tx) =>
    unsuppressContacts(tx, [3], { channels: [], reasons: [] }),
  );
  expect(lifted.changed).toBe(6);
  await world.store.write(async (tx) => editContact(tx, 3, [{ name: 'city', value: 'Rome' }], NOW));
  expect(await world.store.read(async (tx) => tx.contacts.suppressions([3]))).toEqual([]);
});

test('of the row of who was erased nothing is stored, but the wish of somebody else in it', async () => {
  const world = await worldWithZoe();
  await erase(world);
  await world.contacts(
    `email,crm_id,points,unsubscribed\n${EMAIL},new,1,yes\n${EMAIL},other,many,yes\n` +
      `${EMAIL},2,many,yes\n`,
  );
  expect(await world.value('select count(*) from value_suppressions')).toBe(1);
  const said = await world.store.read(async (tx) => tx.contacts.suppressions([2]));
  expect(said).toMatchObject([{ channel: 'email', reason: 'unsubscribed' }]);
});
