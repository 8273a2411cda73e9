import { beforeEach, describe, expect, test } from 'vitest';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { choose, type Chosen, type Offer, offersTo } from '../../src/segment/preferences.ts';
import type { Store } from '../../src/store/index.ts';
import { by, create, HOUR, NOW, storeWith, update } from './segment-world.ts';

/** One contact, whom the filter of `fans` matches. */
let store: Store;
beforeEach(async () => {
  store = await storeWith([80]);
  await create(store, 'news', { preferenceCenter: true, publicName: 'Weekly news' });
  await create(store, 'tips', { preferenceCenter: true });
  await create(store, 'fans', { preferenceCenter: true, where: 'points >= 50' });
  await create(store, 'plain', { public: true });
  await create(store, 'draft', { preferenceCenter: true, published: false });
  await create(store, 'sealed', {
    ...{ preferenceCenter: true, where: 'points >= 50', manual: 'forbid' },
  });
  await update(store, NOW);
});

const offers = async (now = NOW): Promise<Offer[]> =>
  store.read(async (tx) => offersTo(tx, 1, now));
const chosenNow = async (now = NOW): Promise<string[]> =>
  (await offers(now)).filter(({ isChosen }) => isChosen).map(({ alias }) => alias);
const pick = async (...wanted: string[]): Promise<Chosen> =>
  store.write(async (tx) => choose(tx, 1, wanted, { now: NOW, by: 'web' }));
const pins = async (): Promise<string[]> =>
  store.read(async (tx) =>
    (await tx.members.segmentsOf(1))
      .filter(({ pin }) => pin !== null)
      .map(({ alias, pin, pinVia }) => `${alias} ${pin} ${pinVia}`),
  );

test('a name under which several are offered is refused, an alias or id is meant first', async () => {
  await create(store, 'daily', { preferenceCenter: true, publicName: 'WEEKLY news' });
  await expect(pick('weekly news')).rejects.toMatchObject({
    ...{ code: 'AMBIGUOUS_SEGMENT', exit: 2 },
    hint: 'give one of their aliases: news, daily',
  });
  await create(store, 'third', { preferenceCenter: true, publicName: 'tips' });
  expect(await pick('tips', 'fans')).toEqual({ joined: ['tips'], left: [] });
});

test('a name that is spelt just so is meant before what differs in capitals', async () => {
  await create(store, 'daily', { preferenceCenter: true, publicName: 'NEWS' });
  expect(await pick('NEWS', 'fans')).toEqual({ joined: ['daily'], left: [] });
  expect(await pick('news', 'fans')).toEqual({ joined: ['news'], left: ['daily'] });
  await create(store, 'weekly', { preferenceCenter: true, publicName: 'weekly NEWS' });
  expect(await pick('weekly NEWS', 'fans')).toEqual({ joined: ['weekly'], left: ['news'] });
  await create(store, 'hidden', { preferenceCenter: true, publicName: 'Plain' });
  expect(await pick('plain', 'fans')).toEqual({ joined: ['hidden'], left: ['weekly'] });
});

test('what is published and offered is told under its public name, and nothing else', async () => {
  expect((await offers()).map(({ alias, name, isChosen }) => [alias, name, isChosen])).toEqual([
    ['news', 'Weekly news', false],
    ['tips', 'tips', false],
    ['fans', 'fans', true],
  ]);
});

describe('a choice', () => {
  test('joins what is named, leaves the rest, and decides nothing about what stays', async () => {
    expect(await pick('news', 'fans')).toEqual({ joined: ['news'], left: [] });
    expect(await pins()).toEqual([]);
    expect(await pick('tips', 'fans')).toEqual({ joined: ['tips'], left: ['news'] });
    expect(await pins()).toEqual(['news out preference-center']);
    expect(await pick('2', 'FANS')).toEqual({ joined: [], left: [] });
    expect(await pick()).toEqual({ joined: [], left: ['tips', 'fans'] });
    expect(await pins()).toEqual([
      'fans out preference-center',
      'news out preference-center',
      'tips out preference-center',
    ]);
    expect(await chosenNow()).toEqual([]);
    await update(store, NOW + HOUR);
    expect(await pick('fans')).toEqual({ joined: ['fans'], left: [] });
    expect(await chosenNow()).toEqual(['fans']);
  });

  test('leaves alone what is not offered', async () => {
    await store.write(async (tx) =>
      addToSegment(tx, await getSegment(tx, 'plain'), [1], by(NOW, 'manual')),
    );
    await pick();
    const rows = await store.read(async (tx) => tx.members.segmentsOf(1));
    expect(rows.filter(({ isMember }) => isMember).map(({ alias }) => alias)).toEqual([
      'plain',
      'sealed',
    ]);
  });

  test('holds against a campaign, and takes back what somebody removed by hand', async () => {
    await store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, 'news'), [1], by(NOW)),
    );
    expect(await pick('news', 'fans')).toEqual({ joined: ['news'], left: [] });
    await pick('fans');
    const again = store.write(async (tx) =>
      addToSegment(tx, await getSegment(tx, 'news'), [1], by(NOW, 'api:x')),
    );
    expect(await again).toMatchObject({ joined: 0, heldOut: 1 });
  });

  test.each([
    ['an unknown one', 'neww', 'UNKNOWN_SEGMENT', 2, 'did you mean news?'],
    ['one close to what is not offered', 'plai', 'UNKNOWN_SEGMENT', 2, 'segments:list'],
    ['one that is not offered', 'plain', 'NOT_IN_PREFERENCE_CENTER', 1, 'preference-center'],
    ['one that is not published', 'draft', 'UNPUBLISHED', 1, '--published'],
    ['one that its filter alone decides', 'sealed', 'MANUAL_FORBIDDEN', 1, '--manual allow'],
  ])('is refused whole with %s', async (_, alias, code, exit, hint) => {
    await expect(pick('news', alias)).rejects.toMatchObject({
      ...{ code, exit, hint: expect.stringContaining(hint) },
    });
    expect(await chosenNow()).toEqual(['fans']);
  });
});

test('a removal that is over is no choice, though no update has taken it away', async () => {
  await store.write(async (tx) =>
    removeFromSegment(tx, await getSegment(tx, 'fans'), [1], { ...by(NOW), until: NOW + HOUR }),
  );
  expect(await chosenNow()).toEqual([]);
  await update(store, NOW + HOUR);
  expect(await chosenNow(NOW + HOUR)).toEqual(['fans']);
});
