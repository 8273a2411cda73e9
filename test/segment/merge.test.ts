import { expect, test } from 'vitest';
import { editContact } from '../../src/contact/contacts.ts';
import { eraseContacts } from '../../src/contact/erased.ts';
import { tagContacts, untagContacts } from '../../src/contact/tags.ts';
import { undoImport } from '../../src/csv/undo.ts';
import { contactHistory } from '../../src/segment/contact-history.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { START, readFeed } from '../../src/segment/feed.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { mergeContacts, type MergeReport } from '../../src/segment/merge.ts';
import type { CauseRow } from '../../src/store/index.ts';
import { makeWorld, NOW, type World } from '../csv/world.ts';

const ACTION = { now: NOW + 1000, by: 'tester' };

/** A list, and contacts 1 … 4, of whom the first came with an import. */
async function worldWithList(): Promise<World> {
  const world = await makeWorld();
  await world.store.write(async (tx) => createSegment(tx, { name: 'list', public: true }, ACTION));
  await world.contacts('email,tags\nw@x.example,a\n', { segments: ['list'] });
  for (const name of ['l', 'm', 'n'])
    await world.store.write(async (tx) =>
      tx.contacts.insert({ email: `${name}@x.example`, identified_at: NOW }, NOW),
    );
  return world;
}

async function addByHand(world: World, id: number, reason: string): Promise<void> {
  await world.store.write(async (tx) =>
    addToSegment(tx, await getSegment(tx, 'list'), [id], { ...ACTION, via: 'manual', reason }),
  );
}

async function merge(world: World, winner: number, ...losers: number[]): Promise<MergeReport> {
  return mergeLater(world, 500, winner, ...losers);
}

async function mergeLater(
  world: World,
  after: number,
  winner: number,
  ...losers: number[]
): Promise<MergeReport> {
  const later = { ...ACTION, now: ACTION.now + after, isDry: false };
  return mergeContacts(world.store, { winner, losers }, later);
}

const undo = async (world: World): Promise<unknown> =>
  undoImport(world.store, 'last', { now: NOW + 2000, by: null, isDry: false });

const membersIn = async (world: World): Promise<number> =>
  world.value('select count(*) from joined');

async function joinsOf(world: World, id: number): Promise<CauseRow[]> {
  const found: CauseRow[] = [];
  for await (const { moves } of readFeed(world.store, { segments: [], since: START }))
    for (const { contactId, change, cause } of moves)
      if (contactId === id && change === 'joined') found.push(cause);
  return found;
}

test('what is lost of each of the others is told, by field', async () => {
  const world = await worldWithList();
  await world.store.write(async (tx) => {
    await editContact(tx, 1, [{ name: 'city', value: 'Lyon' }], NOW);
    await editContact(tx, 2, [{ name: 'city', value: 'Rome' }], NOW);
    await editContact(tx, 3, [{ name: 'city', value: 'Lyon' }], NOW);
  });
  const { fields } = await merge(world, 1, 2, 3);
  expect(fields.find(({ field }) => field.alias === 'city')).toMatchObject({
    ...{ value: 'Lyon', from: 1 },
    lost: [{ contactId: 2, value: 'Rome' }],
  });
});

test('who joins by a merge keeps by whom and why the other had joined', async () => {
  const world = await worldWithList();
  await addByHand(world, 2, 'met at the fair');
  await merge(world, 3, 2);
  expect(await joinsOf(world, 3)).toMatchObject([
    { via: 'merged', name: 'manual', by: 'tester', reason: 'met at the fair' },
  ]);
});

test('a membership that another had by hand stays when an import is undone', async () => {
  const world = await worldWithList();
  await addByHand(world, 2, 'by hand');
  await merge(world, 1, 2);
  await undo(world);
  expect(await membersIn(world)).toBe(1);
});

test('whom an import made and others were merged into stays when it is undone', async () => {
  const world = await worldWithList();
  await merge(world, 1, 2);
  await undo(world);
  expect(await world.list('email')).toContain('w@x.example');
  expect(await membersIn(world)).toBe(0);
});

test('a tag that another had by itself stays when an import is undone', async () => {
  const world = await worldWithList();
  await world.store.write(async (tx) => tagContacts(tx, [2], ['a'], NOW));
  await merge(world, 1, 2);
  await undo(world);
  expect(await world.list('tags')).toEqual(['a', null, null]);
  await world.store.write(async (tx) => untagContacts(tx, [1], ['a']));
});

test.each([
  ['a member for a time', 500],
  ['a member for no time', 0],
])('erasing who stayed takes the words told of another, %s, and no others', async (_, after) => {
  const world = await worldWithList();
  await addByHand(world, 2, 'secret of two');
  await addByHand(world, 3, 'secret of three');
  await mergeLater(world, after, 4, 3);
  await world.store.write(async (tx) => eraseContacts(tx, { ids: [4], values: [] }, ACTION));
  const kept = async (word: string): Promise<number> =>
    world.value(`select count(*) from cause_words where word = '${word}'`);
  expect([await kept('secret of two'), await kept('secret of three')]).toEqual([1, 0]);
});

test("of removals one by a person holds before an action's, though that one never ends", async () => {
  const world = await worldWithList();
  await world.store.write(async (tx) => {
    const list = await getSegment(tx, 'list');
    const until = NOW + 100_000_000;
    await removeFromSegment(tx, list, [1], { ...ACTION, via: 'campaign:x' });
    await removeFromSegment(tx, list, [2], { ...ACTION, via: 'manual', reason: 'asked', until });
  });
  await merge(world, 1, 2);
  const list = await world.store.read(async (tx) =>
    tx.pins.list((await getSegment(tx, 'list')).id, {}),
  );
  expect(list).toMatchObject([{ contactId: 1, kind: 'out', via: 'manual', reason: 'asked' }]);
});

test('where a time that is inherited meets an own one nobody joins or leaves a second time', async () => {
  const world = await worldWithList();
  const at = (seconds: number): number => NOW + seconds * 1000;
  const decide = async (
    decision: typeof addToSegment | typeof removeFromSegment,
    id: number,
    seconds: number,
  ) =>
    world.store.write(async (tx) =>
      decision(tx, await getSegment(tx, 'list'), [id], {
        ...{ now: at(seconds), by: null, via: 'manual', reason: `${id} at ${seconds}` },
      }),
    );
  await decide(addToSegment, 3, 10);
  await decide(addToSegment, 2, 20);
  await decide(removeFromSegment, 2, 30);
  await decide(removeFromSegment, 3, 40);
  await mergeLater(world, 60_000, 2, 3);
  const told = await world.store.read(async (tx) => contactHistory(tx, 2));
  const moves = told.filter(({ what }) => what === 'joined' || what === 'left');
  expect(moves.map(({ what, reason }) => `${what} ${reason}`)).toEqual([
    'joined 3 at 10',
    'joined 2 at 20',
    'left 2 at 30',
    'left 3 at 40',
  ]);
});

test('what is inherited by one merge after the other is one time where it overlaps', async () => {
  const world = await worldWithList();
  await addByHand(world, 2, 'first');
  await world.store.write(async (tx) =>
    addToSegment(tx, await getSegment(tx, 'list'), [3], {
      ...{ ...ACTION, now: ACTION.now + 100 },
      via: 'manual',
      reason: 'second',
    }),
  );
  await mergeLater(world, 500, 4, 3);
  await mergeLater(world, 600, 4, 2);
  const moves = await world.store.read(async (tx) => contactHistory(tx, 4));
  expect(moves.map(({ what, via, reason }) => [what, via, reason])).toEqual([
    ['joined', 'manual', 'first'],
    ['joined', 'merged', 'second'],
  ]);
});
