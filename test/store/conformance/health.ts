import { describe, expect } from 'vitest';
import type {
  CheckContext,
  HealthReader,
  NewField,
  OwnChecks,
  PinRow,
  Store,
  WriteTx,
} from '../../../src/store/index.ts';
import {
  addContacts,
  addCrowd,
  addSegment,
  causedBy,
  type MakeStore,
  NOW,
  pointsAtLeast,
  rebuild,
  storeTest,
  setPins,
} from './fixture.ts';

const pin: Omit<PinRow, 'contactId'> = {
  kind: 'in',
  via: 'manual',
  by: null,
  reason: null,
  until: null,
  createdAt: NOW,
};

function fieldOf(type: NewField['type'], options: NewField['options'] = []): NewField {
  return {
    object: 'contact',
    alias: `own_${type}`,
    label: type,
    type,
    options,
    unique: false,
    indexed: type === 'date',
  };
}

async function asked<T>(store: Store, ask: (health: HealthReader) => Promise<T>): Promise<T> {
  return store.read(async (tx) => ask(await tx.health()));
}

function groupsOf({ structure, recording, surroundings }: OwnChecks): OwnChecks['structure'] {
  return [...structure, ...recording, ...surroundings];
}

/** What the store says of itself. That it finds what others broke is for each adapter to show. */
export function healthConformance(makeStore: MakeStore): void {
  describe('health', () => {
    storeTest(makeStore, 'of what the port wrote is sound', async (store) => {
      await store.write(async (tx) => {
        await tx.fields.add(fieldOf('date'), NOW);
        const company = await tx.companies.insert({ name: 'Acme' }, NOW);
        const ids = await addContacts(tx, { own_date: '2024-02-29', company_id: company }, {});
        await tx.contacts.tag(ids, ['vip'], NOW);
        const segment = await addSegment(tx, 'hot');
        await rebuild(tx, segment, pointsAtLeast(0), causedBy('filter'));
        await tx.contacts.delete(ids.slice(0, 1), { now: NOW, by: null });
      });
      await asked(store, async (health) => {
        expect(await health.fields()).toEqual([]);
        expect((await health.links()).filter(({ count }) => count > 0)).toEqual([]);
        expect(await health.pins()).toEqual([]);
        expect(await health.values(false)).toEqual([]);
        expect(await health.values(true)).toEqual([]);
      });
    });

    storeTest(makeStore, 'counts the memberships of each segment', async (store) => {
      const [hot, all] = await store.write(async (tx) => {
        await addCrowd(tx, 7); // 2 and 5 are anonymous
        const segments = [await addSegment(tx, 'hot'), await addSegment(tx, 'all')];
        await addSegment(tx, 'nobody');
        await rebuild(tx, segments[0]!, pointsAtLeast(4), causedBy('filter'));
        await rebuild(tx, segments[1]!, pointsAtLeast(0), causedBy('filter'));
        return segments;
      });
      const none = { gone: 0, goneLogged: 0, isLost: false };
      expect(await asked(store, async (health) => health.memberships())).toEqual([
        { segmentId: hot, members: 3, anonymous: 1, ...none },
        { segmentId: all, members: 7, anonymous: 2, ...none },
      ]);
    });

    storeTest(makeStore, 'finds whom a static segment does not follow', async (store) => {
      const [segment, ids] = await store.write(async (tx) => {
        const crowd = await addCrowd(tx, 3);
        const fixed = await addSegment(tx, 'fixed', { kind: 'static', filter: null });
        await setPins(tx, fixed, crowd.slice(0, 2), pin);
        return [fixed, crowd];
      });
      const found = await asked(store, async (health) => health.pins());
      expect(found).toMatchObject([
        { segmentId: segment, segmentKind: 'static', kind: 'in', count: 2 },
      ]);
      expect(found[0]?.examples.map((example) => example['contact_id'])).toEqual(ids.slice(0, 2));
    });

    const odd = [
      ['date', '2023-02-30', 'noDay'],
      ['boolean', 2, 'noBoolean'],
      ['multiselect', 'a', 'noList'],
      ['select', 'none of them', 'noOption'],
    ] as const;
    const takenOf = async (tx: WriteTx, id: number): Promise<(typeof odd)[number][]> => {
      const taken: (typeof odd)[number][] = [];
      for (const one of odd)
        await tx
          .nested(async (inner) => inner.contacts.update([id], { [`own_${one[0]}`]: one[1] }, NOW))
          .then(
            () => taken.push(one),
            () => undefined,
          );
      return taken;
    };
    storeTest(
      makeStore,
      'keeps out values that no command writes, or finds them',
      async (store) => {
        const [ids, taken] = await store.write(async (tx) => {
          for (const [type] of odd)
            await tx.fields.add(fieldOf(type, /select/.test(type) ? ['a', 'b'] : []), NOW);
          const added = await addContacts(tx, {}, {});
          return [added, await takenOf(tx, added[1]!)];
        });
        const found = await asked(store, async (health) => health.values(false));
        expect(found).toHaveLength(taken.length);
        expect(taken.map(([type]) => type)).toEqual(
          expect.arrayContaining(['multiselect', 'select']),
        );
        for (const [type, value, problem] of taken)
          expect(found).toContainEqual(
            expect.objectContaining({
              table: 'contacts',
              column: `own_${type}`,
              problem,
              count: 1,
              examples: [{ id: ids[1], [`own_${type}`]: value }],
            }),
          );
      },
    );

    storeTest(
      makeStore,
      'asks what is its own, and finds nothing wrong',
      async (store, { troubled = [] }) => {
        const context: CheckContext = { segments: [], deep: true, command: (words) => words };
        await asked(store, async (health) => {
          const checks = groupsOf(await health.ownChecks(false));
          expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
          for (const { title, find } of checks.filter(({ id }) => !troubled.includes(id))) {
            const faults = (await find(context)).filter(({ severity }) => severity !== 'note');
            expect({ title, faults }).toEqual({ title: expect.stringMatching(/\S/), faults: [] });
          }
        });
      },
    );

    storeTest(makeStore, 'knows whether a run is at work', async (store, { another }) => {
      const isAtWork = async (): Promise<boolean> =>
        asked(store, async (health) => (await health.ownChecks(true)).isRunAtWork);
      expect(await isAtWork()).toBe(false);
      const other = await another();
      const lock = await other.lockRuns(0);
      expect(await isAtWork()).toBe(true);
      await lock?.release();
      await other.close();
      expect(await isAtWork()).toBe(false);
    });

    storeTest(makeStore, 'takes no mistake of ours for damage', async (store) => {
      expect(await asked(store, async (health) => health.damageIn(new Error('ours')))).toBe(
        undefined,
      );
    });
  });
}
