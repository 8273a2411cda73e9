import { setPins } from '../store/conformance/fixture.ts';
import { describe, expect, test } from 'vitest';
import { getSegment } from '../../src/segment/lookup.ts';
import {
  addToSegment,
  clearSegment,
  type Decision,
  type MemberChange,
  removeFromSegment,
  unpinFromSegment,
} from '../../src/segment/members.ts';
import type { PinRow, Store } from '../../src/store/index.ts';
import {
  by,
  create,
  HOUR,
  memberIds,
  members,
  NOW,
  segment,
  setPoints,
  storeWith,
  update,
} from './segment-world.ts';

const LATER = NOW + HOUR;
/** The change that touched nobody, with what it did. */
const did = (more: Partial<MemberChange>): MemberChange => ({
  joined: 0,
  left: 0,
  pinned: 0,
  endMoved: 0,
  unpinned: 0,
  heldOut: 0,
  unchanged: 0,
  ...more,
});

const KINDS = { static: {}, dynamic: { where: 'points >= 50' } } as const;
type Kind = keyof typeof KINDS;

/** Contacts 1 and 2, who match the filter, in the segment `seg`, which everybody may touch. */
async function worldOf(kind: Kind): Promise<Store> {
  const store = await storeWith([80, 90]);
  await create(store, 'seg', { ...KINDS[kind], public: true, preferenceCenter: true });
  if (kind === 'static') await add(store, [1, 2], 'manual');
  await update(store, NOW);
  return store;
}

async function act(
  store: Store,
  change: typeof removeFromSegment,
  ids: readonly number[],
  via: string,
  more: Partial<Decision> = {},
): Promise<MemberChange> {
  return store.write(async (tx) =>
    change(tx, await getSegment(tx, 'seg'), ids, { ...by(NOW, via), ...more }),
  );
}
const add = async (store: Store, ids: readonly number[], via: string, more?: Partial<Decision>) =>
  act(store, addToSegment, ids, via, more);
const remove = async (
  store: Store,
  ids: readonly number[],
  via: string,
  more?: Partial<Decision>,
) => act(store, removeFromSegment, ids, via, more);

async function pins(store: Store): Promise<string[]> {
  const text = ({ contactId, kind, via, until }: PinRow): string =>
    `${contactId} ${kind} ${via}${until === null ? '' : ` +${(until - NOW) / HOUR}`}`;
  return (await store.read(async (tx) => tx.pins.list(1, {}))).map(text);
}

const HANDS = ['manual', 'preference-center:web'];
const ACTIONS = ['campaign:c', 'form', 'points:100', 'api:x'];
const BULK = ['import'];

/** Who comes back after whose removal. */
const RETURNS: readonly (readonly [
  removed: readonly string[],
  added: readonly string[],
  isBack: boolean,
])[] = [
  [HANDS, HANDS, true],
  [HANDS, ACTIONS, false],
  [HANDS, BULK, false],
  [ACTIONS, HANDS, true],
  [ACTIONS, ACTIONS, true],
  [ACTIONS, BULK, false],
];
const CASES = RETURNS.flatMap(([removed, added, isBack]) =>
  removed.flatMap((removal) => added.map((addition) => ({ removal, addition, isBack }))),
);

describe.each(['static', 'dynamic'] as const)('in a %s segment', (kind) => {
  test.each(CASES)(
    'removed via $removal, added via $addition: back is $isBack',
    async ({ removal, addition, isBack }) => {
      const store = await worldOf(kind);
      expect(await remove(store, [1], removal)).toEqual(did({ left: 1, pinned: 1 }));
      const back =
        kind === 'static' ? did({ joined: 1, unpinned: 1 }) : did({ joined: 1, pinned: 1 });
      expect(await add(store, [1, 2], addition)).toMatchObject(
        isBack
          ? { ...back, pinned: expect.anything(), unchanged: expect.anything() }
          : { joined: 0, heldOut: 1 },
      );
      expect(await memberIds(store, 'seg')).toBe(isBack ? '1 2' : '2');
      expect((await pins(store))[0]).toBe(
        isBack ? (kind === 'static' ? undefined : `1 in ${addition}`) : `1 out ${removal}`,
      );
      await update(store, LATER);
      expect(await memberIds(store, 'seg')).toBe(isBack ? '1 2' : '2');
    },
  );

  test('who was no member is kept out too', async () => {
    const store = await worldOf(kind);
    await store.write(async (tx) =>
      tx.contacts.insert({ email: 'new@example.org', points: 0 }, NOW),
    );
    expect(await remove(store, [3], 'manual')).toEqual(did({ pinned: 1 }));
    expect(await remove(store, [3], 'manual')).toEqual(did({ unchanged: 1 }));
    expect(await add(store, [3], 'import')).toEqual(did({ heldOut: 1 }));
    expect(await memberIds(store, 'seg')).toBe('1 2');
  });

  test.each([...HANDS, ...ACTIONS])(
    'an import that overrides adds those removed via %s, and forgets the removal',
    async (removal) => {
      const store = await worldOf(kind);
      await remove(store, [1], removal);
      expect(await add(store, [1], 'import', { overrideRemovals: true })).toMatchObject({
        joined: 1,
        heldOut: 0,
      });
      expect([await memberIds(store, 'seg'), await pins(store)]).toEqual([
        '1 2',
        kind === 'static' ? [] : ['1 in import'],
      ]);
    },
  );

  test('unpin gives the decision back: imports and actions may add again', async () => {
    const store = await worldOf(kind);
    await remove(store, [1], 'manual');
    const unpin = async (): Promise<MemberChange> =>
      store.write(async (tx) => unpinFromSegment(tx, await getSegment(tx, 'seg'), [1, 2]));
    expect(await unpin()).toEqual(did({ unpinned: 1, unchanged: 1 }));
    expect([await memberIds(store, 'seg'), await pins(store)]).toEqual(['2', []]);
    expect(await unpin()).toEqual(did({ unchanged: 2 }));
    expect(await add(store, [1], 'import')).toMatchObject({ joined: 1, heldOut: 0 });
  });

  test('a removal by hand takes the place of one by an action, never the other way', async () => {
    const store = await worldOf(kind);
    await remove(store, [1], 'campaign:c', { until: LATER, reason: 'bored', by: 'robot' });
    expect(await remove(store, [1], 'form')).toEqual(did({ unchanged: 1 }));
    expect(await pins(store)).toEqual(['1 out campaign:c +1']);
    expect(await remove(store, [1], 'manual', { reason: 'asked', by: 'ada' })).toEqual(
      did({ pinned: 1 }),
    );
    expect(await store.read(async (tx) => tx.pins.list(1, {}))).toEqual([
      {
        contactId: 1,
        kind: 'out',
        via: 'manual',
        by: 'ada',
        reason: 'asked',
        until: null,
        createdAt: NOW,
      },
    ]);
    for (const until of [undefined, LATER, null])
      expect(await remove(store, [1], 'campaign:c', until === undefined ? {} : { until })).toEqual(
        did({ unchanged: 1 }),
      );
    expect(await remove(store, [1], 'preference-center')).toEqual(did({ unchanged: 1 }));
    expect(await pins(store)).toEqual(['1 out manual']);
  });

  test('a removal ends: nobody joins by that, and it holds no longer whether or not an update came', async () => {
    const store = await worldOf(kind);
    await setPoints(store, 1, 0);
    await remove(store, [1, 2], 'manual', { until: LATER });
    expect(await remove(store, [2], 'manual', { until: LATER + HOUR })).toEqual(
      did({ endMoved: 1 }),
    );
    expect(await add(store, [1], 'import', { now: LATER - 1 })).toEqual(did({ heldOut: 1 }));
    const { due } = await update(store, LATER);
    expect(due.ended).toEqual([{ segmentId: 1, alias: 'seg', kind, pins: 1 }]);
    expect([await memberIds(store, 'seg'), await pins(store)]).toEqual(['', ['2 out manual +2']]);
    expect(await add(store, [2], 'import', { now: LATER + HOUR })).toMatchObject({
      joined: 1,
      heldOut: 0,
    });
    await update(store, LATER + HOUR);
    expect([await memberIds(store, 'seg'), await pins(store)]).toEqual([
      '2',
      kind === 'static' ? [] : ['2 in import'],
    ]);
  });

  test('another removal after the end of the first is a new one', async () => {
    const store = await worldOf(kind);
    await remove(store, [1], 'manual', { until: LATER });
    expect(await remove(store, [1], 'form', { now: LATER })).toEqual(did({ pinned: 1 }));
    expect(await pins(store)).toEqual(['1 out form']);
  });

  test('words that no command writes hold like a hand', async () => {
    const store = await worldOf(kind);
    await store.write(async (tx) =>
      setPins(tx, 1, [1], {
        kind: 'out',
        via: 'Elsewhere',
        by: null,
        reason: null,
        until: null,
        createdAt: NOW,
      }),
    );
    for (const via of [...ACTIONS, ...BULK])
      expect(await add(store, [1], via)).toEqual(did({ heldOut: 1 }));
    expect(await remove(store, [1], 'manual')).toEqual(did({ left: 1 }));
    expect(await memberIds(store, 'seg')).toBe('2');
  });
});

test('a dynamic segment does not take back by its filter whom it lost by an action', async () => {
  const store = await worldOf('dynamic');
  await remove(store, [1], 'campaign:c');
  await update(store, LATER);
  expect(await memberIds(store, 'seg')).toBe('2');
});

describe('clear', () => {
  test('takes all members out of a static segment, with an end in the history, and decides about nobody', async () => {
    const store = await worldOf('static');
    await store.write(async (tx) => tx.contacts.insert({ email: 'new@example.org' }, NOW));
    await remove(store, [3], 'manual');
    const clear = async (): Promise<number> =>
      store.write(async (tx) =>
        clearSegment(tx, await getSegment(tx, 'seg'), { now: LATER, by: 'tester' }),
      );
    expect([await clear(), await clear()]).toEqual([2, 0]);
    expect([
      await memberIds(store, 'seg'),
      await pins(store),
      await segment(store, 'seg'),
    ]).toMatchObject(['', ['3 out manual'], { members: 0, anonymous: 0, movedAt: LATER }]);
    expect(
      await store.read(async (tx) =>
        (await tx.members.list(1, { asOf: LATER - 1 })).map(({ contactId }) => contactId),
      ),
    ).toEqual([1, 2]);
    expect(await add(store, [1, 2, 3], 'import')).toEqual(did({ joined: 2, heldOut: 1 }));
  });

  test('is refused for a dynamic segment', async () => {
    const store = await worldOf('dynamic');
    const work = store.write(async (tx) =>
      clearSegment(tx, await getSegment(tx, 'seg'), { now: LATER, by: null }),
    );
    await expect(work).rejects.toMatchObject({
      code: 'DYNAMIC_SEGMENT',
      exit: 1,
      hint: expect.stringContaining('segments:unpin seg'),
    });
    expect(await memberIds(store, 'seg')).toBe('1 2');
  });
});

test('what a static segment has no place for is refused where members are added', async () => {
  const store = await worldOf('static');
  await expect(add(store, [1], 'manual', { until: LATER })).rejects.toMatchObject({
    code: 'STATIC_SEGMENT',
    exit: 1,
  });
  expect((await members(store, 'seg')).map(({ pin }) => pin)).toEqual([null, null]);
});
