import { describe, expect, test } from 'vitest';
import {
  addToSegment,
  type MemberChange,
  removeFromSegment,
  unpinFromSegment,
} from '../../src/segment/members.ts';
import type { Store, WriteTx } from '../../src/store/index.ts';
import {
  by,
  create,
  HOUR,
  members,
  NOW,
  segment,
  setPoints,
  storeWith,
  update,
} from './segment-world.ts';

/** The four states that a contact can have in a dynamic segment; contact 1 is brought into each. */
const STATES = ['not a member', 'member by filter', 'pinned in', 'pinned out'] as const;
type State = (typeof STATES)[number];

type Change = (tx: WriteTx, store: Store) => Promise<MemberChange>;

const ADD: Change = async (tx) =>
  addToSegment(tx, await row(tx), [1], by(NOW + HOUR, 'campaign:welcome'));
const REMOVE: Change = async (tx) =>
  removeFromSegment(tx, await row(tx), [1], by(NOW + HOUR, 'campaign:goodbye'));
const UNPIN: Change = async (tx) => unpinFromSegment(tx, await row(tx), [1]);

async function row(tx: WriteTx) {
  const [found] = await tx.segments.list();
  if (found === undefined) throw new Error('no segment');
  return found;
}

/** A store whose only contact is in `state` in the public segment `hot` (points >= 50). */
async function inState(state: State, matches: boolean): Promise<Store> {
  const store = await storeWith([state === 'member by filter' || matches ? 80 : 10]);
  await create(store, 'hot', { where: 'points >= 50', public: true });
  if (state === 'pinned in')
    await store.write(async (tx) => addToSegment(tx, await row(tx), [1], by(NOW)));
  if (state === 'pinned out')
    await store.write(async (tx) => removeFromSegment(tx, await row(tx), [1], by(NOW, 'form')));
  if (state !== 'not a member' || !matches) await update(store, NOW);
  return store;
}

/** `since via pin`, or `-` and the pin alone. */
async function stateOf(store: Store): Promise<string> {
  const [member] = await members(store, 'hot');
  const [pin] = await store.read(async (tx) => tx.pins.list(1, {}));
  return member === undefined
    ? `- ${pin?.kind ?? 'no pin'}`
    : `${member.since === NOW ? 'then' : 'now'} ${member.via} ${pin?.kind ?? 'no pin'}`;
}

describe.each([
  {
    name: 'segments:add',
    change: ADD,
    cells: [
      'now campaign:welcome in',
      'then filter in',
      'then manual in',
      'now campaign:welcome in',
    ],
  },
  { name: 'segments:remove', change: REMOVE, cells: ['- out', '- out', '- out', '- out'] },
  {
    name: 'segments:unpin',
    change: UNPIN,
    cells: ['- no pin', 'then filter no pin', 'then manual no pin', '- no pin'],
  },
])('$name', ({ change, cells }) => {
  test.each(STATES.map((state, index) => ({ state, cell: cells[index] })))(
    '$state → $cell',
    async ({ state, cell }) => {
      const store = await inState(state, false);
      await store.write(async (tx) => change(tx, store));
      expect(await stateOf(store)).toBe(cell);
    },
  );

  test.each(STATES)('again on one who was %s changes nothing', async (state) => {
    const store = await inState(state, false);
    await store.write(async (tx) => change(tx, store));
    const before = await stateOf(store);
    expect(await store.write(async (tx) => change(tx, store))).toEqual({
      joined: 0,
      left: 0,
      pinned: 0,
      endMoved: 0,
      unpinned: 0,
      heldOut: 0,
      unchanged: 1,
    });
    expect(await stateOf(store)).toBe(before);
  });
});

describe('update', () => {
  test.each([
    { state: 'not a member', matches: true, cell: 'now filter no pin' },
    { state: 'member by filter', matches: true, cell: 'then filter no pin' },
    { state: 'pinned in', matches: true, cell: 'then manual in' },
    { state: 'pinned out', matches: true, cell: '- out' },
    { state: 'not a member', matches: false, cell: '- no pin' },
    { state: 'member by filter', matches: false, cell: '- no pin' },
    { state: 'pinned in', matches: false, cell: 'then manual in' },
    { state: 'pinned out', matches: false, cell: '- out' },
  ] as const)('$state, filter matches: $matches → $cell', async ({ state, matches, cell }) => {
    const store = await inState(state, matches);
    await setPoints(store, 1, matches ? 90 : 10);
    await update(store, NOW + HOUR);
    expect(await stateOf(store)).toBe(cell);
  });
});

test('after unpin the filter decides again, at the next update', async () => {
  const store = await inState('pinned in', false);
  await store.write(async (tx) => UNPIN(tx, store));
  expect(await stateOf(store)).toBe('then manual no pin');
  await update(store, NOW + HOUR);
  expect(await stateOf(store)).toBe('- no pin');
});

test('one who left has an interval in the history, with the cause of both ends', async () => {
  const store = await inState('member by filter', false);
  await store.write(async (tx) => REMOVE(tx, store));
  const asOf = async (instant: number) =>
    store.read(async (tx) =>
      (await tx.members.list(1, { asOf: instant })).map(
        (member) => `${member.contactId} ${member.via}`,
      ),
    );
  expect(await asOf(NOW - 1)).toEqual([]);
  expect(await asOf(NOW)).toEqual(['1 filter']);
  expect(await asOf(NOW + HOUR - 1)).toEqual(['1 filter']);
  expect(await asOf(NOW + HOUR)).toEqual([]);
});

test('a static segment holds exactly those who were put there', async () => {
  const store = await storeWith([1, 2, 3]);
  await create(store, 'list');
  const change = async (work: Change): Promise<MemberChange> =>
    store.write(async (tx) => work(tx, store));
  expect(await change(async (tx) => addToSegment(tx, await row(tx), [3, 1, 3], by(NOW)))).toEqual({
    joined: 2,
    left: 0,
    pinned: 0,
    endMoved: 0,
    unpinned: 0,
    heldOut: 0,
    unchanged: 0,
  });
  expect(
    await change(async (tx) => addToSegment(tx, await row(tx), [1, 2], by(NOW + HOUR))),
  ).toMatchObject({ joined: 1, unchanged: 1 });
  expect(
    await change(async (tx) => removeFromSegment(tx, await row(tx), [3], by(NOW + HOUR))),
  ).toMatchObject({ left: 1, pinned: 1 });
  expect(
    (await members(store, 'list')).map(({ contactId, since, via, pin }) => ({
      contactId,
      since,
      via,
      pin,
    })),
  ).toEqual([
    { contactId: 1, since: NOW, via: 'manual', pin: null },
    { contactId: 2, since: NOW + HOUR, via: 'manual', pin: null },
  ]);
  expect(await segment(store, 'list')).toMatchObject({ members: 2, anonymous: 0 });
});

describe('who may touch a segment', () => {
  const DYNAMIC = { where: 'points >= 50' } as const;
  test.each([
    {
      options: { ...DYNAMIC, manual: 'forbid' },
      via: 'manual',
      joining: 'MANUAL_FORBIDDEN',
      leaving: 'MANUAL_FORBIDDEN',
    },
    { options: DYNAMIC, via: 'campaign:welcome', joining: 'NOT_PUBLIC', leaving: 'NOT_PUBLIC' },
    { options: {}, via: 'form', joining: 'NOT_PUBLIC', leaving: 'NOT_PUBLIC' },
    {
      options: { public: true },
      via: 'preference-center',
      joining: 'NOT_IN_PREFERENCE_CENTER',
      leaving: 'NOT_IN_PREFERENCE_CENTER',
    },
    {
      options: { preferenceCenter: true, published: false },
      via: 'preference-center',
      joining: 'UNPUBLISHED',
      leaving: undefined,
    },
    { options: { published: false }, via: 'import', joining: 'UNPUBLISHED', leaving: undefined },
    { options: { published: false }, via: 'api', joining: 'UNPUBLISHED', leaving: undefined },
    {
      options: { ...DYNAMIC, public: true, published: false },
      via: 'campaign:x',
      joining: 'UNPUBLISHED',
      leaving: undefined,
    },
    {
      options: { public: true, published: false },
      via: 'form',
      joining: 'UNPUBLISHED',
      leaving: undefined,
    },
    {
      options: { public: true, published: false },
      via: 'points',
      joining: 'UNPUBLISHED',
      leaving: undefined,
    },
    { options: { published: false }, via: 'manual', joining: undefined, leaving: undefined },
    {
      options: { ...DYNAMIC, published: false },
      via: 'manual',
      joining: undefined,
      leaving: undefined,
    },
    { options: { public: true }, via: 'points:100', joining: undefined, leaving: undefined },
    {
      options: { preferenceCenter: true },
      via: 'preference-center',
      joining: undefined,
      leaving: undefined,
    },
    { options: DYNAMIC, via: 'api', joining: undefined, leaving: undefined },
  ] as const)(
    '$options through $via: $joining, $leaving',
    async ({ options, via, joining, leaving }) => {
      const store = await storeWith([1]);
      await create(store, 'seg', options);
      for (const [change, code] of [
        [addToSegment, joining],
        [removeFromSegment, leaving],
      ] as const) {
        const work = store.write(async (tx) => change(tx, await row(tx), [1], by(NOW, via)));
        if (code === undefined)
          await expect(work).resolves.toMatchObject({ unchanged: 0, heldOut: 0 });
        else await expect(work).rejects.toMatchObject({ code, exit: 1 });
      }
      await expect(
        store.write(async (tx) => unpinFromSegment(tx, await row(tx), [1])),
      ).resolves.toMatchObject({ unpinned: leaving === undefined ? 1 : 0 });
    },
  );
});
