import { expect, test } from 'vitest';
import { convertSegment, type Keep } from '../../src/segment/conversion.ts';
import { setFilter } from '../../src/segment/filters.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import type { SegmentKind, Store } from '../../src/store/index.ts';
import {
  by,
  create,
  HOUR,
  memberIds,
  members,
  NOW,
  segment,
  storeWith,
  update,
} from './segment-world.ts';

const LATER = NOW + HOUR;

async function convert(store: Store, to: SegmentKind, keep: Keep = 'drop') {
  return store.write(async (tx) =>
    convertSegment(tx, await getSegment(tx, 'seg'), to, keep, { now: LATER, by: 'tester' }),
  );
}

async function pins(store: Store) {
  return store.read(async (tx) => tx.pins.list(1, {}));
}

test('dynamic to static: members stay, removed stays removed, the filter sleeps', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'seg', { where: 'points >= 50' });
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'seg'), [2], by(NOW)));
  await store.write(async (tx) =>
    removeFromSegment(tx, await getSegment(tx, 'seg'), [3], { ...by(NOW), until: LATER }),
  );
  await update(store, NOW);

  expect(await convert(store, 'static')).toEqual({
    converted: true,
    members: 2,
    matching: null,
    leaving: null,
    pinned: 0,
    dissolved: 1,
    pinnedOut: 1,
  });
  expect(
    (await members(store, 'seg')).map(({ contactId, since, via, pin }) => [
      contactId,
      since,
      via,
      pin,
    ]),
  ).toEqual([
    [1, NOW, 'filter', null],
    [2, NOW, 'manual', null],
  ]);
  expect(await pins(store)).toMatchObject([
    { contactId: 3, kind: 'out', via: 'manual', reason: 'because', until: LATER },
  ]);
  expect(await segment(store, 'seg')).toMatchObject({ kind: 'static', filter: expect.any(String) });
  const late = await update(store, LATER);
  expect(late.due.ended).toEqual([{ segmentId: 1, alias: 'seg', kind: 'static', pins: 1 }]);
  expect([await memberIds(store, 'seg'), await pins(store)]).toEqual(['1 2', []]);
});

test('a planned conversion keeps removals, and says how many', async () => {
  const store = await storeWith([80, 90]);
  await create(store, 'seg', { where: 'points >= 50' });
  await store.write(async (tx) => removeFromSegment(tx, await getSegment(tx, 'seg'), [2], by(NOW)));
  await store.write(async (tx) =>
    tx.segments.plan(1, { kind: 'on', day: '2026-01-01', plannedAt: NOW }),
  );
  expect((await update(store, LATER)).due.converted).toMatchObject([
    { alias: 'seg', pinnedOut: 1 },
  ]);
  expect(await pins(store)).toMatchObject([{ contactId: 2, kind: 'out' }]);
});

test('static to dynamic with --keep drop: who does not match leaves at the next update, not before', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'seg');
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'seg'), [1, 2], by(NOW)));
  await store.write(async (tx) =>
    setFilter(tx, await getSegment(tx, 'seg'), 'points >= 50', by(NOW)),
  );

  expect(await convert(store, 'dynamic')).toEqual({
    converted: true,
    members: 2,
    matching: 1,
    leaving: 1,
    pinned: 0,
    dissolved: 0,
    pinnedOut: 0,
  });
  expect(await memberIds(store, 'seg')).toBe('1 2');
  await update(store, LATER);
  expect(
    (await members(store, 'seg')).map(({ contactId, since, via }) => [contactId, since, via]),
  ).toEqual([
    [1, NOW, 'manual'],
    [3, LATER, 'filter'],
  ]);
});

test('static to dynamic with --keep pin: all present members are pinned in', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'seg');
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'seg'), [1, 2], by(NOW)));
  await store.write(async (tx) =>
    setFilter(tx, await getSegment(tx, 'seg'), 'points >= 50', by(NOW)),
  );

  expect(await convert(store, 'dynamic', 'pin')).toEqual({
    converted: true,
    members: 2,
    matching: 1,
    leaving: 0,
    pinned: 2,
    dissolved: 0,
    pinnedOut: 0,
  });
  await update(store, LATER);
  expect(
    (await members(store, 'seg')).map(({ contactId, since, via, pin, pinVia }) => [
      contactId,
      since,
      via,
      pin,
      pinVia,
    ]),
  ).toEqual([
    [1, NOW, 'manual', 'in', 'conversion'],
    [2, NOW, 'manual', 'in', 'conversion'],
    [3, LATER, 'filter', null, null],
  ]);
});

test.each(['drop', 'pin'] as const)(
  'static to dynamic with --keep %s: removed stays removed, whatever the filter says',
  async (keep) => {
    const store = await storeWith([80, 10, 90]);
    await create(store, 'seg');
    await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'seg'), [1, 3], by(NOW)));
    await store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, 'seg'), [3], by(NOW)),
    );
    await store.write(async (tx) =>
      setFilter(tx, await getSegment(tx, 'seg'), 'points >= 50', by(NOW)),
    );
    expect(await convert(store, 'dynamic', keep)).toMatchObject({ members: 1, pinnedOut: 1 });
    await update(store, LATER);
    expect([
      await memberIds(store, 'seg'),
      (await pins(store)).map(({ contactId, kind }) => `${contactId} ${kind}`),
    ]).toEqual(['1', keep === 'pin' ? ['1 in', '3 out'] : ['3 out']]);
  },
);

test('there and back again keeps the members', async () => {
  const store = await storeWith([80, 10, 90]);
  await create(store, 'seg', { where: 'points >= 50' });
  await update(store, NOW);
  await convert(store, 'static');
  await convert(store, 'dynamic');
  expect(await update(store, LATER)).toMatchObject({ changed: 0, joined: 0, left: 0 });
  expect(await memberIds(store, 'seg')).toBe('1 3');
});

test('a conversion that holds already changes nothing', async () => {
  const store = await storeWith([80]);
  await create(store, 'seg', { where: 'points >= 50' });
  expect(await convert(store, 'dynamic')).toMatchObject({ converted: false });
});

test('to dynamic without a filter is refused', async () => {
  const store = await storeWith([80]);
  await create(store, 'seg');
  await expect(convert(store, 'dynamic')).rejects.toMatchObject({ code: 'NO_FILTER', exit: 1 });
  expect(await segment(store, 'seg')).toMatchObject({ kind: 'static' });
});
