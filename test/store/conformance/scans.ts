import { describe, expect } from 'vitest';
import type { Column } from '../../../src/sql/columns.ts';
import type { Condition } from '../../../src/sql/condition.ts';
import type { Difference, Scan, ScanBy, Scans, Store, WriteTx } from '../../../src/store/index.ts';
import { BitSet } from '../../../src/support/bit-set.ts';
import {
  addContacts,
  addCrowd,
  addSegment,
  ALL,
  applied,
  causedBy,
  type MakeStore,
  memberIds,
  NOW,
  pointsAtLeast,
  rebuild,
  storeTest,
  setPins,
} from './fixture.ts';

const RUN = { runId: 1, contacts: 10, segments: 2 };
const PLENTY = 1_000;

/** Makes the members what a scan found, and whoever changed since what they are now. */
async function rebuildFrom(
  tx: WriteTx,
  scan: Scan,
  segmentId: number,
  match: Condition,
): Promise<Difference> {
  const since = { segmentId, since: scan.seen, reads: [ALL], segments: [], slices: [] };
  const differences = await tx.differences();
  const changed = await differences.find(since, PLENTY);
  expect(changed.found).toBeLessThan(PLENTY);
  await differences.all(segmentId, { kind: 'scan', scan, changed, probe: match });
  return applied(differences, segmentId, causedBy('filter'));
}

/** Filters of these scans are numbers of points, that have to be reached. */
export const scanPoints: ScanBy = async (desk, { jobs }) => {
  const { batches } = await desk.read({
    contacts: jobs.map(({ filter }) => pointsAtLeast(filter as number)),
    companies: [],
    tags: false,
    events: [],
    suppressions: false,
    members: [],
  });
  for await (const batch of batches) await desk.keep(batch, batch.contacts.map(setOf));
};

function setOf(column: Column): BitSet {
  const set = new BitSet(column.length);
  for (const [position, value] of column.entries()) if (value === 1) set.add(position);
  return set;
}

/** Does nothing where the store scans in its transactions alone. */
async function withScans(store: Store, work: (scans: Scans) => Promise<void>): Promise<void> {
  const scans = await store.scans(RUN);
  if (scans === undefined) return;
  try {
    await work(scans);
  } finally {
    await scans.close();
  }
}

async function crowd(
  store: Store,
): Promise<{ readonly ids: number[]; readonly segments: number[] }> {
  return store.write(async (tx) => {
    const ids = await addCrowd(tx, 10);
    const segments = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
    await tx.changes.open();
    return { ids, segments };
  });
}

/** Scanning beside the transactions of a run. */
export function scansConformance(makeStore: MakeStore): void {
  describe('scans', () => {
    storeTest(makeStore, 'find whom a build in place finds, pins and all', async (store) => {
      const { ids, segments } = await crowd(store);
      const points = [6, 3];
      const conditions = points.map(pointsAtLeast);
      await store.write(async (tx) => {
        const pin = { via: 'manual', by: null, reason: null, until: null, createdAt: NOW };
        await setPins(tx, segments[0]!, ids.slice(0, 1), { ...pin, kind: 'in' });
        await setPins(tx, segments[0]!, ids.slice(9), { ...pin, kind: 'out' });
      });
      await withScans(store, async (scans) => {
        const jobs = segments.map((segmentId, at) => ({ segmentId, filter: points[at] }));
        scans.start({ jobs, ground: undefined }, scanPoints);
        for (const [at, segment] of segments.entries()) {
          const scan = await scans.take(segment);
          expect(scan?.segmentIds).toContain(segment);
          if (scan === undefined) continue;
          await store.write(async (tx) => {
            const { joined } = await rebuildFrom(tx, scan, segment, conditions[at]!);
            const members = await memberIds(tx, segment);
            expect(joined).toBe(members.length);
            expect(await rebuild(tx, segment, conditions[at]!, causedBy('filter'))).toEqual({
              joined: 0,
              left: 0,
            });
          });
          await scan.drop([segment]);
        }
        expect(await store.read(async (tx) => memberIds(tx, segments[0]!))).toEqual([
          ids[0],
          ...ids.slice(6, 9),
        ]);
      });
    });

    storeTest(makeStore, 'tell of a snapshot, after which others change', async (store) => {
      const { ids, segments } = await crowd(store);
      const [segment = 0] = segments;
      await withScans(store, async (scans) => {
        scans.start({ jobs: [{ segmentId: segment, filter: 6 }], ground: undefined }, scanPoints);
        const scan = await scans.take(segment);
        expect(scan).toBeDefined();
        if (scan === undefined) return;
        await store.write(async (tx) => {
          await tx.contacts.update([ids[9]!], { points: 0 }, NOW);
          await tx.contacts.update([ids[0]!], { points: 90 }, NOW);
          await tx.contacts.delete([ids[8]!], { now: NOW, by: null });
          const [late] = await addContacts(tx, { points: 70 });
          await rebuildFrom(tx, scan, segment, pointsAtLeast(6));
          expect(await memberIds(tx, segment)).toEqual([ids[0], ids[6], ids[7], late]);
        });
        await scan.drop([segment]);
      });
    });

    storeTest(makeStore, 'are taken only where they were started', async (store) => {
      const { segments } = await crowd(store);
      await withScans(store, async (scans) => {
        scans.start(
          { jobs: [{ segmentId: segments[0]!, filter: 6 }], ground: undefined },
          scanPoints,
        );
        expect(await scans.take(segments[1]!)).toBe(undefined);
        const scan = await scans.take(segments[0]!);
        expect(scan?.segmentIds).toEqual([segments[0]]);
        await scan?.drop([]); // for the time being
        const again = await scans.take(segments[0]!);
        expect(again?.segmentIds).toEqual([segments[0]]);
        await again?.drop(again.segmentIds);
        expect(await scans.take(segments[0]!)).toBe(undefined);
      });
    });
  });
}
