import { describe, expect, test } from 'vitest';
import { readCondition } from '../../src/contact/where.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import {
  addToSegment,
  clearSegment,
  type MemberChange,
  removeFromSegment,
  unpinFromSegment,
} from '../../src/segment/members.ts';
import { addSelected, removeSelected } from '../../src/segment/selected-members.ts';
import type { SegmentRow, Store, WriteTx } from '../../src/store/index.ts';
import { by, create, HOUR, memberIds, NOW, storeWith, update } from './segment-world.ts';

/*
 * Every way to take a contact out of a segment, and after it every way to put it in, against the rule
 * of docs/segments.md as it is said there.
 */

const HANDS = ['manual', 'preference-center:web'];
const ACTIONS = ['campaign:c', 'form', 'points:100', 'api:x', 'trigger:t'];

/** What somebody or something does with the segment `seg`; contacts are those with these ids. */
type Deed = (tx: WriteTx, segment: SegmentRow, ids: readonly number[]) => Promise<unknown>;

interface Removal {
  readonly name: string;
  readonly deed: Deed;
  /** Who has decided it; undefined where nobody has decided anything about these contacts. */
  readonly decidedBy: 'hand' | 'action' | undefined;
}

interface Addition {
  readonly name: string;
  readonly deed: Deed;
  readonly by: 'hand' | 'action' | 'many alike' | 'overriding';
}

/** The rule. A removal that nobody has decided holds against nothing. */
function comesBack({ decidedBy }: Removal, { by: whom }: Addition): boolean {
  if (decidedBy === undefined || whom === 'hand' || whom === 'overriding') return true;
  return whom === 'action' && decidedBy === 'action';
}

const LATER = NOW + HOUR;
const removing =
  (via: string): Deed =>
  async (tx, segment, ids) =>
    removeFromSegment(tx, segment, ids, by(NOW, via));

/** The filter of the contacts with these ids, each of whom has as many points. */
const filterOf = async (tx: WriteTx, ids: readonly number[]) =>
  readCondition(tx, `points in (${ids.join(', ')})`, NOW);

const DECIDED: readonly Removal[] = [
  ...HANDS.map((via) => ({ name: via, deed: removing(via), decidedBy: 'hand' as const })),
  ...ACTIONS.map((via) => ({ name: via, deed: removing(via), decidedBy: 'action' as const })),
  {
    name: 'manual, until it was over',
    deed: async (tx, segment, ids) =>
      removeFromSegment(tx, segment, ids, { ...by(NOW - HOUR), until: NOW }),
    decidedBy: undefined,
  },
  {
    name: 'manual, and unpinned',
    deed: async (tx, segment, ids) => {
      await removeFromSegment(tx, segment, ids, by(NOW));
      await unpinFromSegment(tx, segment, ids);
    },
    decidedBy: undefined,
  },
  {
    name: 'campaign, then by hand',
    deed: async (tx, segment, ids) => {
      await removeFromSegment(tx, segment, ids, by(NOW, 'campaign:c'));
      await removeFromSegment(tx, segment, ids, by(NOW));
    },
    decidedBy: 'hand',
  },
  {
    name: 'by hand, then by a campaign',
    deed: async (tx, segment, ids) => {
      await removeFromSegment(tx, segment, ids, by(NOW));
      await removeFromSegment(tx, segment, ids, by(NOW, 'campaign:c'));
    },
    decidedBy: 'hand',
  },
];

const UNDECIDED: readonly Removal[] = [
  {
    name: 'a filter',
    deed: async (tx, segment, ids) => removeSelected(tx, segment, await filterOf(tx, ids), by(NOW)),
    decidedBy: undefined,
  },
  {
    name: 'a segment',
    deed: async (tx, segment) =>
      removeSelected(tx, segment, { segmentId: (await getSegment(tx, 'all')).id }, by(NOW)),
    decidedBy: undefined,
  },
  {
    name: 'segments:clear',
    deed: async (tx, segment) => clearSegment(tx, segment, { now: NOW, by: 'tester' }),
    decidedBy: undefined,
  },
];

const named =
  (via: string): Deed =>
  async (tx, segment, ids) =>
    addToSegment(tx, segment, ids, by(LATER, via));
const filtered =
  (via: string, overrideRemovals = false): Deed =>
  async (tx, segment, ids) =>
    addSelected(tx, segment, await filterOf(tx, ids), { ...by(LATER, via), overrideRemovals });

const ADDITIONS: readonly Addition[] = [
  ...HANDS.map((via) => ({ name: `named, ${via}`, deed: named(via), by: 'hand' as const })),
  ...ACTIONS.map((via) => ({ name: `named, ${via}`, deed: named(via), by: 'action' as const })),
  { name: 'import', deed: named('import'), by: 'many alike' },
  ...[...HANDS, ...ACTIONS].map((via) => ({
    name: `by filter, ${via}`,
    deed: filtered(via),
    by: 'many alike' as const,
  })),
  { name: 'by filter, overriding', deed: filtered('manual', true), by: 'overriding' },
  {
    name: 'import, overriding',
    deed: async (tx, segment, ids) =>
      addToSegment(tx, segment, ids, { ...by(LATER, 'import'), overrideRemovals: true }),
    by: 'overriding',
  },
];

/** A contact for each way to add, of as many points as its id, all of them in the segment `all`. */
async function worldOf(kind: 'static' | 'dynamic'): Promise<Store> {
  const ids = ADDITIONS.map((_, index) => index + 1);
  const store = await storeWith(ids);
  const options = { public: true, preferenceCenter: true };
  await create(store, 'seg', kind === 'static' ? options : { ...options, where: 'points < 0' });
  await create(store, 'all');
  await store.write(async (tx) => addToSegment(tx, await getSegment(tx, 'all'), ids, by(NOW)));
  return store;
}

async function doTo(store: Store, deed: Deed, ids: readonly number[]): Promise<unknown> {
  return store.write(async (tx) => deed(tx, await getSegment(tx, 'seg'), ids));
}

const KINDS = ['static', 'dynamic'] as const;
const BEFORE = ['a member', 'no member'] as const;
const CASES = KINDS.flatMap((kind) =>
  BEFORE.flatMap((before) =>
    [...DECIDED, ...(kind === 'static' ? UNDECIDED : [])].map((removal) => ({
      ...{ kind, before, removal },
      name: `${kind}, ${before}, removed through ${removal.name}`,
    })),
  ),
);

describe.each(CASES)('$name', ({ kind, before, removal }) => {
  test('who is added again is a member or held out', async () => {
    const store = await worldOf(kind);
    const ids = ADDITIONS.map((_, index) => index + 1);
    if (before === 'a member') await doTo(store, named('manual'), ids);
    await doTo(store, removal.deed, ids);
    const answers: Record<string, string> = {};
    for (const [index, addition] of ADDITIONS.entries()) {
      const { joined, heldOut } = (await doTo(store, addition.deed, [index + 1])) as MemberChange;
      answers[addition.name] = `${joined} joined, ${heldOut} held out`;
    }
    const expected = ADDITIONS.map((addition) => [
      addition.name,
      comesBack(removal, addition) ? '1 joined, 0 held out' : '0 joined, 1 held out',
    ]);
    expect(answers).toEqual(Object.fromEntries(expected));
    const backIds = ids.filter((id) => comesBack(removal, ADDITIONS[id - 1]!)).join(' ');
    expect(await memberIds(store, 'seg')).toBe(backIds);
    await update(store, LATER);
    expect(await memberIds(store, 'seg')).toBe(backIds);
  });
});

describe('whom a filter or a segment names', () => {
  test('is added with the reason and author of the decision, and counted', async () => {
    const store = await storeWith([10, 20, 30, 40]);
    await create(store, 'seg');
    const add = filtered('manual');
    await doTo(store, named('manual'), [2]);
    await store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, 'seg'), [1], by(NOW)),
    );
    expect(await doTo(store, add, [10, 20, 30])).toEqual({
      ...{ joined: 1, left: 0, pinned: 0, endMoved: 0, unpinned: 0, heldOut: 1, unchanged: 1 },
    });
    const [, third] = await store.read(async (tx) => tx.members.list(1, {}));
    expect(third).toMatchObject({
      contactId: 3,
      joined: { via: 'manual', by: 'tester', reason: 'because', at: LATER },
    });
    expect(await doTo(store, add, [99])).toMatchObject({ joined: 0, heldOut: 0, unchanged: 0 });
  });

  test('is pinned into a dynamic segment, until the end if there is one', async () => {
    const store = await storeWith([10, 20, 30]);
    await create(store, 'seg', { where: 'points < 0' });
    const add = async (until?: number): Promise<unknown> =>
      doTo(
        store,
        async (tx, segment) =>
          addSelected(tx, segment, await filterOf(tx, [10, 20]), { ...by(NOW), until }),
        [],
      );
    expect(await add()).toMatchObject({ joined: 2, pinned: 2 });
    expect(await add()).toMatchObject({ joined: 0, pinned: 0, unchanged: 2 });
    expect(await add(LATER)).toMatchObject({ joined: 0, endMoved: 2 });
    await update(store, LATER);
    expect(await store.read(async (tx) => tx.members.count(1))).toBe(0);
  });

  test('leaves with the reason and author, and a removal leaves no pin', async () => {
    const store = await storeWith([10, 20, 30]);
    await create(store, 'seg');
    await doTo(store, named('manual'), [1, 2]);
    const remove: Deed = async (tx, segment, points) =>
      removeSelected(tx, segment, await filterOf(tx, points), by(LATER + HOUR));
    expect(await doTo(store, remove, [20, 30])).toMatchObject({ left: 1, pinned: 0, unchanged: 0 });
    const [left] = await store.read(async (tx) => tx.members.list(1, { asOf: LATER, after: 1 }));
    expect(left?.left).toMatchObject({
      via: 'manual',
      by: 'tester',
      reason: 'because',
      at: LATER + HOUR,
    });
    expect(await store.read(async (tx) => tx.pins.count(1))).toMatchObject({ in: 0, out: 0 });
  });

  test.each([
    ['a dynamic segment', { where: 'points < 0' }, 'manual', 'DYNAMIC_SEGMENT'],
    ['one that the channel may not touch', {}, 'form', 'NOT_PUBLIC'],
  ] as const)('does not leave %s, though it be nobody', async (_, options, via, code) => {
    const store = await storeWith([10]);
    await create(store, 'seg', options);
    const remove: Deed = async (tx, segment) =>
      removeSelected(tx, segment, await filterOf(tx, [99]), by(NOW, via));
    await expect(doTo(store, remove, [])).rejects.toMatchObject({ code, exit: 1 });
  });

  test.each([
    ['with an end', {}, { until: LATER }, 'STATIC_SEGMENT'],
    ['through a channel that may not touch it', {}, { via: 'form' }, 'NOT_PUBLIC'],
    ['through an action if it is unpublished', { published: false }, { via: 'api' }, 'UNPUBLISHED'],
  ] as const)('does not join %s, though it be nobody', async (_, options, more, code) => {
    const store = await storeWith([10]);
    await create(store, 'seg', options);
    const add: Deed = async (tx, segment) =>
      addSelected(tx, segment, await filterOf(tx, [99]), { ...by(NOW), ...more });
    await expect(doTo(store, add, [])).rejects.toMatchObject({ code, exit: 1 });
  });
});
