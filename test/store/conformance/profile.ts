import { describe, expect } from 'vitest';
import type { Measured, PinRow } from '../../../src/store/index.ts';
import {
  addCrowd,
  addSegment,
  type MakeStore,
  NOBODY,
  NOW,
  pointsAtLeast,
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

function expectMeasured(measured: Measured, matching: number): void {
  expect(measured.matching).toBe(matching);
  expect(measured.ms).toBeGreaterThanOrEqual(0);
  expect(Number.isFinite(measured.ms)).toBe(true);
  expect(measured.plan.join('')).toMatch(/\S/);
  expect(measured.access.map(({ table }) => table)).toContain('contacts');
}

/** Measuring conditions. How long something takes is the bench's question. */
export function profileConformance(makeStore: MakeStore): void {
  describe('a profiler', () => {
    storeTest(makeStore, 'finds whom a condition holds for, and says how', async (store) => {
      await store.write(async (tx) => {
        await addCrowd(tx, 10);
      });
      await store.read(async (tx) => {
        const profiler = await tx.profiler();
        for (const times of [1, 3]) {
          const measured = await profiler.measure(pointsAtLeast(6.5), times);
          expectMeasured(measured, 3);
          expect(measured.statement).toContain('6.5');
          expectMeasured(await profiler.measureList(pointsAtLeast(4), times), 6);
        }
        // a database may see that there is nothing to read
        expect((await profiler.measure(NOBODY, 1)).matching).toBe(0);
      });
    });

    storeTest(makeStore, 'measures a build with the pins of its segment', async (store) => {
      const [hot, other] = await store.write(async (tx) => {
        const ids = await addCrowd(tx, 10);
        const segments = [await addSegment(tx, 'hot'), await addSegment(tx, 'other')];
        await setPins(tx, segments[0]!, ids.slice(0, 2), pin);
        await setPins(tx, segments[0]!, ids.slice(7, 8), { ...pin, kind: 'out' });
        return segments;
      });
      await store.read(async (tx) => {
        const profiler = await tx.profiler();
        expectMeasured(await profiler.measureBuild(hot!, pointsAtLeast(6), 2), 4 + 2 - 1);
        expectMeasured(await profiler.measureBuild(other!, pointsAtLeast(6), 2), 4);
      });
    });

    storeTest(makeStore, 'tries an index and leaves none behind', async (store) => {
      await store.write(async (tx) => {
        await addCrowd(tx, 10);
      });
      const match = pointsAtLeast(6);
      await store.read(async (tx) => {
        const profiler = await tx.profiler();
        const before = await profiler.measureList(match, 1);
        for (let trial = 0; trial < 2; trial += 1) {
          const ms = await profiler.tryIndex({ column: 'points', test: match, match }, 1);
          expect(ms === undefined || ms >= 0).toBe(true);
        }
        const { matching, plan } = await profiler.measureList(match, 1);
        expect({ matching, plan }).toEqual({ matching: before.matching, plan: before.plan });
        expect(await (await tx.health()).fields()).toEqual([]);
      });
    });
  });
}
