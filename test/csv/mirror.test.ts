import { expect, test } from 'vitest';
import type { ImportOptions } from '../../src/csv/import-options.ts';
import { importMembers } from '../../src/csv/import.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { removeFromSegment } from '../../src/segment/members.ts';
import { Readable } from 'node:stream';
import { figures, makeWorld, NOW, refusal, type World } from './world.ts';

const ALL = 'email\nann@x.example\nbob@x.example\ncy@x.example\ndan@x.example\n';
const MIRROR = { segments: ['news'], mirror: true } as const;

async function withMembers(): Promise<World> {
  const world = await makeWorld();
  await world.store.write(async (tx) => {
    const action = { now: NOW, by: null };
    await createSegment(tx, { name: 'news' }, action);
    await createSegment(tx, { name: 'hot', where: 'points > 10' }, action);
  });
  await world.contacts(ALL, { segments: ['news'] });
  return world;
}

async function membersOf(world: World): Promise<unknown[]> {
  const rows = await world.store.read(async (tx) => tx.members.list(1, {}));
  return rows.map(({ email, since }) => [email, Number(since) - NOW]);
}

async function members(world: World, text: string, options: ImportOptions = {}) {
  const context = { stdin: Readable.from([]), now: NOW + 5, by: 'tester' };
  const file = world.file('members.csv', text);
  return importMembers(world.store, file, { segments: ['news'], ...options }, context);
}

test('who is not in the file leaves, who stays keeps since, who is new joins', async () => {
  const world = await withMembers();
  const report = await members(world, 'email\nnew@x.example\nann@x.example\nBOB@x.example\n', {
    ...MIRROR,
    createContacts: true,
  });
  expect(figures(report)).toMatchObject({ inserted: 1, segmentAdded: 1, left: 2 });
  expect(await membersOf(world)).toEqual([
    ['ann@x.example', 0],
    ['bob@x.example', 0],
    ['new@x.example', 5],
  ]);
  // no decision about those who left: the next file puts them in again
  const again = await members(world, 'email\ncy@x.example\n');
  expect(figures(again)).toMatchObject({ segmentAdded: 1 });
});

test('a list of members changes nothing about them, however it writes their addresses', async () => {
  const world = await withMembers();
  await world.contacts('email\nj\u00f6rg@x.example\n');
  const before = await world.list('email', 'updated_at');
  const report = await members(world, 'email\nANN@x.example\nJ\u00d6RG@X.example\n');
  expect(figures(report)).toEqual({ rows: 2, unchanged: 2, segmentAdded: 1 });
  expect(await world.list('email', 'updated_at')).toEqual(before);
  // consent is read too, and is no reason to write the address anew
  await members(world, 'email,unsubscribed\nANN@x.example,yes\n');
  expect(await world.list('email')).toEqual(before.map((row) => (row as unknown[])[0]));
  // a file of contacts says how they are written
  await world.contacts('email\nANN@x.example\n');
  expect((await world.list('email'))[0]).toBe('ANN@x.example');
});

test('a removal holds, and its contact is no member to lose', async () => {
  const world = await withMembers();
  await world.store.write(async (tx) =>
    removeFromSegment(tx, await getSegment(tx, 'news'), [1], { via: 'manual', now: NOW, by: null }),
  );
  const report = await world.contacts(ALL, MIRROR);
  expect(figures(report)).toMatchObject({ heldOut: 1 });
  expect(report.left).toBe(0);
  expect((await membersOf(world)).length).toBe(3);
});

test('a rejected row keeps its contact where its key can be read', async () => {
  const world = await withMembers();
  await world.addField('born', 'date');
  const file = 'email,born\nann@x.example,2001-01-01\nbob@x.example,nonsense\ncy@x.example,,,x\n';
  const report = await world.contacts(file, MIRROR);
  expect(figures(report)).toMatchObject({ rejected: 2, left: 1 });
  expect((await membersOf(world)).length).toBe(3);
});

test.each([
  ['a row whose key cannot be read', 'email,city\nann@x.example,\nno address,\n', 'MIRROR_UNSURE'],
  ['a row without a key', 'email,city\nann@x.example,\n,Rome\n', 'MIRROR_UNSURE'],
  ['a file without rows', 'email\n', 'MIRROR_EMPTY'],
  ['a loss of more than half', 'email\nann@x.example\n', 'MIRROR_SHRINKS'],
])('%s stops it, and nothing is changed', async (_, text, code) => {
  const world = await withMembers();
  expect(await refusal(world.contacts(text, MIRROR))).toMatchObject({ exit: 4, code });
  expect((await membersOf(world)).length).toBe(4);
});

test('a loss of half is borne, and --max-shrink says how much is', async () => {
  const world = await withMembers();
  const two = 'email\nann@x.example\nbob@x.example\n';
  const one = { kind: 'count', count: 1 } as const;
  expect(await refusal(world.contacts(two, { ...MIRROR, maxShrink: one }))).toMatchObject({
    message:
      '2 of 4 members of news are not in contacts.csv: more than --max-shrink 1; nothing was changed',
    hint: 'if they are to leave: --max-shrink 2',
  });
  expect(figures(await world.contacts(two, MIRROR))).toMatchObject({ left: 2 });
});

test('a dynamic segment mirrors no file', async () => {
  const world = await withMembers();
  const refused = refusal(world.contacts(ALL, { ...MIRROR, segments: ['hot'] }));
  expect(await refused).toMatchObject({ exit: 1, code: 'DYNAMIC_SEGMENT' });
});

test('a file of members: only the key and consent are read, unknown contacts are rejected', async () => {
  const world = await withMembers();
  const report = await members(
    world,
    'email,first_name,unsubscribed,segments\nann@x.example,Ann,yes,hot\nzoe@x.example,Zoe,,\n',
  );
  expect(figures(report)).toMatchObject({ updated: 1, rejected: 1 });
  expect(report.notes).toEqual([
    'left out, because only `email` is read here: `first_name`, `segments`',
  ]);
  expect(await world.list('email', 'first_name', 'unsubscribed')).toContainEqual([
    ...['ann@x.example', null, 'email'],
  ]);
  const recorded = await world.store.read(async (tx) => tx.imports.list({ limit: 1 }));
  expect(recorded).toMatchObject([{ kind: 'segment', rejected: 1 }]);
});

test('a list that another system wrote is read as it means it', async () => {
  const world = await withMembers();
  const list =
    'Email Address,UNSUB_TIME,UNSUB_CAMPAIGN_ID,UNSUB_REASON\n' +
    'ann@x.example,2026-01-02 10:00:00,abc,NORMAL\n';
  const report = await members(world, list);
  expect(report.preset?.name).toBe('mailchimp');
  expect(figures(report)).toEqual({ rows: 1, updated: 1 });
  expect(await world.list('unsubscribed')).toEqual(['email', null, null, null]);
  const { code } = await refusal(members(world, list, { preset: 'none' }));
  expect(code).toBe('CONSENT_UNSETTLED');
});

test('a rejected row keeps whoever has any of its unique values', async () => {
  const world = await withMembers();
  await world.addField('crm_id', 'text', { unique: true });
  await world.contacts('email,crm_id\nann@x.example,K1\nbob@x.example,k2\ncy@x.example,k3\n');
  // Ann's row has a bad cell and a new address; Bob's a new address for a number that is his
  const text =
    'email,crm_id,points\nnew@x.example,k1,many\nbob2@x.example,k2,1\ncy@x.example,k3,many\n' +
    'dan@x.example,,1\n';
  const report = await world.contacts(text, { ...MIRROR, segments: ['news'] });
  expect(figures(report)).toMatchObject({ rejected: 3 });
  expect((await membersOf(world)).map((row) => (row as string[])[0])).toEqual([
    'ann@x.example',
    'bob@x.example',
    'cy@x.example',
    'dan@x.example',
  ]);
  const unknown = await world.contacts('email,crm_id\nnew@x.example,k1\ndan@x.example,\n', {
    ...{ ...MIRROR, segments: ['news'], mode: 'update' },
    maxShrink: { kind: 'share', share: 1 },
  });
  expect(figures(unknown)).toMatchObject({ rejected: 1, left: 2 });
  expect((await membersOf(world)).map((row) => (row as string[])[0])).toEqual([
    'ann@x.example',
    'dan@x.example',
  ]);
});

test('when somebody last joined does not go back with an earlier clock', async () => {
  const world = await withMembers();
  await members(world, 'email\nnew@x.example\n', { createContacts: true });
  await world.contacts('email\nolder@x.example\n', { segments: ['news'] });
  const { movedAt } = await world.store.read(async (tx) => getSegment(tx, 'news'));
  expect(movedAt).toBe(NOW + 5);
});
