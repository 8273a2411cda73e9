import { describe, expect } from 'vitest';
import type { Slice, StagedRow, Store, Watermark } from '../../../src/store/index.ts';
import {
  countCandidates,
  ALL,
  addContacts,
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  expectTrueCounters,
  getField,
  importRows,
  type MakeStore,
  NOW,
  reading,
  segmentNamed,
  stampOf,
  storeTest,
} from './fixture.ts';

/** Begins a run, as far as the log goes; gives the watermark that its builds may keep. */
async function beginRun(store: Store): Promise<Watermark> {
  return store.write(async (tx) => {
    await tx.changes.open();
    return tx.changes.watermark();
  });
}

async function newSince(store: Store, segmentId: number, since: Watermark): Promise<number> {
  return store.write(async (tx) =>
    countCandidates(tx, { segmentId, since, reads: [ALL], segments: [], slices: [] }, 1_000),
  );
}

export function changesConformance(makeStore: MakeStore): void {
  describe('changes', () => {
    storeTest(
      makeStore,
      'are found from the watermark on that was taken before them, and not from one after',
      async (store) => {
        const segment = await store.write(async (tx) => addSegment(tx, 'all'));
        const before = await beginRun(store);
        await store.write(async (tx) => addContacts(tx, {}, {}));
        const after = await beginRun(store);
        expect([
          await newSince(store, segment, before),
          await newSince(store, segment, after),
        ]).toEqual([2, 0]);
        await store.write(async (tx) => addContacts(tx, {})); // while that run is under way
        expect([
          await newSince(store, segment, before),
          await newSince(store, segment, after),
          await newSince(store, segment, await beginRun(store)),
        ]).toEqual([3, 1, 0]);
      },
    );

    storeTest(makeStore, 'are counted by what is read', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 5);
        await tx.companies.insert({ name: 'Acme' }, NOW);
        await tx.contacts.tag([ids[0]!], ['vip'], NOW);
        await tx.changes.open();
        const since = await tx.changes.watermark();
        await tx.contacts.update(ids.slice(0, 3), { city: 'Lyon' }, NOW);
        await tx.contacts.update([ids[0]!], { title: 'Dr' }, NOW);
        await tx.contacts.untag(ids.slice(0, 1), ['vip']);
        await tx.companies.update([1], { city: 'Rome' }, NOW);
        await addContacts(tx, {});
        const reads = [
          reading({}),
          reading({ profile: [11] }),
          reading({ profile: [5, 11] }),
          reading({ profile: [18] }),
          reading({ tags: true }),
          reading({ company: true }),
        ];
        // the new contact is one for all
        expect(await tx.changes.countRead(since, reads)).toEqual([1, 4, 4, 1, 2, 2]);
        expect(await tx.changes.countRead(await tx.changes.watermark(), [])).toEqual([]);
      });
    });

    storeTest(makeStore, 'that never came leave the watermark where it is', async (store) => {
      await store.write(async (tx) => addContacts(tx, {}));
      const seen = await beginRun(store);
      expect([await beginRun(store), await store.write(async (tx) => tx.changes.open())]).toEqual([
        seen,
        false,
      ]);
    });

    storeTest(
      makeStore,
      'that some segment has not seen outlive pruning, for that segment and all others',
      async (store) => {
        const [early, late] = await store.write(
          async (tx) => [await addSegment(tx, 'early'), await addSegment(tx, 'late')] as const,
        );
        const first = await beginRun(store);
        await store.write(async (tx) =>
          tx.segments.stampBuilt([await stampOf(tx, early)], { now: NOW, runId: 1 }),
        );
        await store.write(async (tx) => addContacts(tx, {}));
        const second = await beginRun(store);
        await store.write(async (tx) => {
          await tx.segments.stampBuilt([await stampOf(tx, late)], { now: NOW, runId: 2 });
          await tx.changes.prune();
          expect([
            (await tx.changes.reach())(first, ALL),
            (await tx.changes.reach())(second, ALL),
          ]).toEqual([true, true]);
        });
        expect(await newSince(store, early, first)).toBe(1);
        await store.write(async (tx) => {
          await tx.segments.stampBuilt([await stampOf(tx, early)], { now: NOW, runId: 3 });
          await tx.changes.prune();
          expect([
            (await tx.changes.reach())(first, ALL),
            (await tx.changes.reach())(second, ALL),
          ]).toEqual([false, true]);
        });
      },
    );

    storeTest(
      makeStore,
      'are not kept for segments that no update looks after; those know it when they come back',
      async (store) => {
        const [kept, aside] = await store.write(
          async (tx) => [await addSegment(tx, 'kept'), await addSegment(tx, 'aside')] as const,
        );
        await beginRun(store);
        const { seen } = await store.write(async (tx) => {
          const stamp = await stampOf(tx, aside);
          await tx.segments.stampBuilt([await stampOf(tx, kept), stamp], { now: NOW, runId: 1 });
          return stamp;
        });
        await store.write(async (tx) => {
          await tx.segments.update(aside, segmentNamed('aside', { published: false }), {
            now: NOW,
            by: null,
          });
          await addContacts(tx, {});
        });
        await beginRun(store);
        await store.write(async (tx) => {
          await tx.segments.stampBuilt([await stampOf(tx, kept)], { now: NOW, runId: 2 });
          await tx.changes.prune();
          await tx.segments.update(aside, segmentNamed('aside'), { now: NOW, by: null });
          expect((await tx.segments.list()).find((segment) => segment.id === aside)?.seen).toBe(
            seen,
          );
          expect((await tx.changes.reach())(seen, ALL)).toBe(false);
        });
      },
    );

    storeTest(
      makeStore,
      'of a bulk load are not kept one by one: no watermark from before it reaches back',
      async (store) => {
        const before = await beginRun(store);
        const rows: StagedRow[] = [1, 2, 3].map((number) => ({
          line: number,
          key: `c${number}@example.org`,
          values: [`c${number}@example.org`],
        }));
        await importRows(
          store,
          { kind: 'contacts', key: 'email', columns: ['email'], uniques: [], duplicates: 'last' },
          rows,
        );
        const after = await beginRun(store);
        await store.read(async (tx) =>
          expect([
            (await tx.changes.reach())(before, reading({})),
            (await tx.changes.reach())(after, ALL),
          ]).toEqual([false, true]),
        );
      },
    );

    storeTest(makeStore, 'pruned leave contacts and members as they are', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 5);
        const segment = await addSegment(tx, 'all');
        await tx.members.add(segment, ids, causedBy('manual'));
        await tx.contacts.delete([ids[0]!], { now: NOW, by: null });
        await tx.changes.open();
        await tx.changes.prune();
        expect(await tx.members.count(segment)).toBe(4);
        expect(await tx.members.sweepDeleted({ now: NOW, by: null })).toBe(0);
        await expectTrueCounters(tx);
      });
    });

    storeTest(
      makeStore,
      'may be prepared for again and again; a field can be deleted and made anew all the same',
      async (store) => {
        const field = {
          object: 'contact',
          alias: 'renewal',
          label: 'Renewal',
          type: 'date',
          options: [],
          unique: false,
          indexed: true,
        } as const;
        const places: Slice['place'][] = [
          { kind: 'field', object: 'contact', column: 'renewal' },
          { kind: 'anniversary', object: 'contact', column: 'renewal' },
          { kind: 'field', object: 'company', column: 'created_at' },
          { kind: 'events', eventType: 'order' },
          { kind: 'memberships', segment: 1 },
        ];
        for (const type of ['date', 'text', 'date'] as const) {
          await store.write(async (tx) => tx.fields.add({ ...field, type }, NOW));
          for (const round of [1, 2])
            expect([round, await store.write(async (tx) => tx.changes.open())]).toEqual([
              round,
              false,
            ]);
          await store.prepare(places);
          await store.prepare([...places, ...places]);
          await store.write(async (tx) => {
            await addContacts(tx, { renewal: '2026-03-01' });
          });
          expect(await store.write(async (tx) => tx.changes.open())).toBe(false);
          await store.write(async (tx) => tx.fields.delete(await getField(tx, 'renewal')));
        }
        expect(
          await store.write(async (tx) =>
            countCandidates(
              tx,
              {
                segmentId: 1,
                since: await tx.changes.watermark(),
                reads: [],
                segments: [],
                slices: [
                  {
                    kind: 'instants',
                    place: { kind: 'field', object: 'contact', column: 'created_at' },
                    low: NOW,
                    high: NOW + DAY,
                  },
                ],
              },
              9,
            ),
          ),
        ).toBe(3);
      },
    );
  });
}
