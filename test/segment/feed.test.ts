import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { deleteContacts } from '../../src/contact/contacts.ts';
import { deleteSegment } from '../../src/segment/definition.ts';
import { followedSegments } from '../../src/segment/followed-segments.ts';
import { type FeedPage, presentCursor, readFeed, START } from '../../src/segment/feed.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import type { Store } from '../../src/store/index.ts';
import { addCrowd } from '../store/conformance/fixture.ts';
import { by, create, NOW, segment, storeWith } from './segment-world.ts';

const REFUSED = { code: 'BAD_CURSOR', exit: 65 };
const LATER = NOW + 86_400_000;

async function readAll(store: Store, since: string): Promise<number[]> {
  const told: number[] = [];
  for await (const { moves } of readFeed(store, { segments: [], since }))
    told.push(...moves.map(({ contactId }) => contactId));
  return told;
}

/** Somebody joins the list and leaves it again. */
async function comeAndGo(store: Store, id: number, now: number): Promise<void> {
  const list = await segment(store, 'list');
  await store.write(async (tx) => addToSegment(tx, list, [id], by(now)));
  await store.write(async (tx) => removeFromSegment(tx, list, [id], by(now)));
}

async function storeWithList(points: readonly number[] = [1, 2, 3]): Promise<Store> {
  const store = await storeWith(points);
  await create(store, 'list');
  return store;
}

test('a cursor of another store, or of what is to come, is refused', async () => {
  const [store, other] = [await storeWithList(), await storeWithList()];
  await comeAndGo(store, 1, NOW);
  const cursor = await store.read(presentCursor);
  expect(await readAll(store, cursor)).toEqual([]);
  await expect(readAll(other, cursor)).rejects.toMatchObject({
    ...REFUSED,
    message: expect.stringContaining('another store') as string,
  });
  const [life = ''] = cursor.split('.');
  await expect(readAll(store, `${life}.zz.1.1`)).rejects.toMatchObject({
    ...REFUSED,
    message: expect.stringContaining('lies ahead') as string,
  });
});

test('a cursor is of the segments that were read, and refused for others', async () => {
  const store = await storeWithList();
  const hand = await create(store, 'hand');
  const list = await segment(store, 'list');
  await comeAndGo(store, 1, NOW);
  const cursor = await store.read(async (tx) => presentCursor(tx, [hand.id]));
  await comeAndGo(store, 2, NOW);
  const read = async (...segments: string[]) =>
    (await readFeed(store, { segments, since: cursor }).next()).value as FeedPage;
  expect((await read('hand')).moves).toEqual([]);
  for (const segments of [[], ['list'], ['hand', 'list']])
    await expect(read(...segments)).rejects.toMatchObject({
      ...REFUSED,
      message: expect.stringContaining(`is of hand (${hand.id}), and not of`) as string,
    });
  await store.write(async (tx) => deleteSegment(tx, list, { now: NOW, by: null }));
  await store.write(async (tx) => deleteSegment(tx, hand, { now: NOW, by: null }));
  await create(store, 'hand');
  expect(await read('hand')).toMatchObject({
    cursor: expect.stringMatching(new RegExp(`\\.${hand.id.toString(36)}$`)) as string,
    warnings: [expect.stringContaining('was deleted') as string],
  });
});

test('what is no cursor is refused', async () => {
  const store = await storeWithList();
  await expect(readAll(store, 'nothing')).rejects.toMatchObject({
    ...REFUSED,
    message: '"nothing" is no cursor',
  });
});

test('a segment whose row SQL deleted is deleted by the next update, and its end told', async () => {
  const store = await storeWithList();
  const list = await segment(store, 'list');
  await store.write(async (tx) => addToSegment(tx, list, [1, 2], by(NOW)));
  const db = new Sqlite(store.location);
  db.prepare('delete from segments where id = ?').run(list.id);
  db.close();
  // until then who follows it is not told to begin anew, nor that it is another one of its alias
  const followers = store.read(async (tx) => followedSegments(tx, ['list'], [list.id]));
  await expect(followers).rejects.toMatchObject({ code: 'SEGMENT_LOST', exit: 1 });
  await store.write(async (tx) => tx.members.sweepDeleted({ now: LATER, by: null }));
  expect(await readAll(store, START)).toEqual([1, 2, 1, 2]);
  expect(await store.read(async (tx) => tx.segments.deleted())).toMatchObject([
    { id: list.id, alias: 'list', members: 2, deletedAt: LATER },
  ]);
});

test('a cursor before what is kept is refused, and one behind it is not', async () => {
  const store = await storeWithList();
  const beginning = await store.read(presentCursor);
  await comeAndGo(store, 1, NOW);
  const between = await store.read(presentCursor);
  await comeAndGo(store, 2, LATER);
  await store.write(async (tx) => tx.history.forget(LATER));
  await expect(readAll(store, beginning)).rejects.toMatchObject({
    ...REFUSED,
    message: expect.stringContaining('what is kept') as string,
  });
  expect(await readAll(store, between)).toEqual([2, 2]);
  expect(await readAll(store, START)).toEqual([2, 2]);
});

test('what is forgotten while pages are read is not passed over in silence', async () => {
  const store = await storeWithList([]);
  const list = await segment(store, 'list');
  await store.write(async (tx) => {
    const crowd = await addCrowd(tx, 10_001);
    await addToSegment(tx, list, crowd, by(NOW));
    await tx.members.remove(list.id, crowd, { via: 'manual', now: NOW, by: null, runId: null });
  });
  const pages = readFeed(store, { segments: [], since: START });
  expect((await pages.next()).value).toMatchObject({ moves: { length: 10_000 } });
  await store.write(async (tx) => tx.history.forget(LATER));
  await expect(pages.next()).rejects.toMatchObject(REFUSED);
});

test('the end of what is told never goes back, whoever is gone', async () => {
  const store = await storeWithList();
  await comeAndGo(store, 1, NOW);
  const cursor = await store.read(presentCursor);
  await store.write(async (tx) => {
    await deleteContacts(tx, [1], { now: NOW, by: null });
    await tx.history.forget(LATER);
    await tx.members.pruneCauses();
  });
  expect(await readAll(store, cursor)).toEqual([]);
  await comeAndGo(store, 2, LATER);
  expect(await readAll(store, cursor)).toEqual([2, 2]);
});
