import { describe, expect } from 'vitest';
import type { StagedRow } from '../../../src/store/index.ts';
import {
  addSegment,
  causedBy,
  counts,
  DAY,
  EVERYBODY,
  expectTrueCounters,
  importRows,
  type MakeStore,
  NOW,
  rebuild,
  storeTest,
} from './fixture.ts';

const MANY = 100_000;

/**
 * One store of a hundred thousand contacts, and every method that takes a set of ids given all of
 * them.
 */
export function largeSetsConformance(makeStore: MakeStore): void {
  describe('a hundred thousand', () => {
    storeTest(makeStore, 'ids pass through every set', async (store) => {
      const rows: StagedRow[] = Array.from({ length: MANY }, (_, index) => ({
        line: index + 2,
        key: `c${index}@example.org`,
        values: [`c${index}@example.org`, index],
      }));
      const shape = {
        kind: 'contacts',
        key: 'email',
        columns: ['email', 'points'],
        uniques: [],
        duplicates: 'last',
      } as const;
      expect(counts(await importRows(store, shape, rows))).toEqual({ inserted: MANY });
      expect(counts(await importRows(store, shape, rows))).toEqual({ unchanged: MANY });
      await store.write(async (tx) => {
        const found = await tx.contacts.match(
          'email',
          rows.map((row) => ('key' in row ? row.key : null)),
        );
        const ids = found.filter((id) => id !== null);
        expect(ids).toHaveLength(MANY);
        expect(await tx.contacts.count({ ids })).toBe(MANY);
        const [fixed, moving] = [
          await addSegment(tx, 'fixed', { kind: 'static' }),
          await addSegment(tx, 'moving'),
        ];
        expect(await tx.members.add(fixed, ids, causedBy('manual'))).toBe(MANY);
        expect(await rebuild(tx, moving, EVERYBODY, causedBy('filter'))).toEqual({
          joined: MANY,
          left: 0,
        });
        await tx.pins.set(moving, ids, {
          kind: 'out',
          via: 'manual',
          by: null,
          reason: null,
          until: null,
          createdAt: NOW,
        });
        expect(await tx.pins.of(moving, ids)).toHaveLength(MANY);
        expect(await rebuild(tx, moving, EVERYBODY, causedBy('filter'))).toEqual({
          joined: 0,
          left: MANY,
        });
        await tx.members.setVia(fixed, ids, 'form');
        expect(await tx.members.remove(fixed, ids.slice(1), causedBy('manual', NOW + DAY))).toBe(
          MANY - 1,
        );
        expect(await tx.members.count(fixed, { asOf: NOW })).toBe(MANY);
        expect(await tx.pins.clear(moving, ids)).toBe(MANY);
        expect(await tx.contacts.tag(ids, ['vip'], NOW)).toBe(MANY);
        expect(await tx.contacts.untag(ids, ['vip'])).toBe(MANY);
        expect(await tx.contacts.identify(ids, NOW)).toBe(0);
        expect(await tx.contacts.suppressions(ids)).toEqual([]);
        expect(await tx.contacts.update(ids, { city: 'Paris' }, NOW)).toBe(MANY);
        await expectTrueCounters(tx);
        expect(await tx.contacts.delete(ids)).toBe(MANY);
        expect(await tx.members.count(fixed, { asOf: NOW })).toBe(0);
        await expectTrueCounters(tx);
      });
    });
  });
}
