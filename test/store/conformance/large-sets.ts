import { describe, expect } from 'vitest';
import type { StagedRow, WriteTx } from '../../../src/store/index.ts';
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
  setPins,
} from './fixture.ts';

const MANY = 100_000;
const ROWS: readonly StagedRow[] = Array.from({ length: MANY }, (_, index) => ({
  line: index + 2,
  key: addressOf(index),
  values: [addressOf(index), index],
}));
const SHAPE = {
  kind: 'contacts',
  key: 'email',
  columns: ['email', 'points'],
  uniques: [],
  duplicates: 'last',
} as const;

function addressOf(index: number): string {
  return `c${index}@example.org`;
}

/**
 * One store of a hundred thousand contacts, and every method that takes a set of ids given all of
 * them.
 */
export function largeSetsConformance(makeStore: MakeStore): void {
  describe('a hundred thousand', () => {
    storeTest(makeStore, 'ids pass through every set', async (store) => {
      expect(counts(await importRows(store, SHAPE, ROWS))).toEqual({ inserted: MANY });
      expect(counts(await importRows(store, SHAPE, ROWS))).toEqual({ unchanged: MANY });
      await store.write(async (tx) => {
        const ids = await idsOfAll(tx);
        const fixed = await addSegment(tx, 'fixed', { kind: 'static' });
        await throughMembers(tx, fixed, ids);
        await throughPins(tx, await addSegment(tx, 'moving'), ids);
        await throughContacts(tx, ids);
        await expectTrueCounters(tx);
        expect(await tx.contacts.delete(ids, { now: NOW, by: null })).toBe(MANY);
        // those who left a day later are known to have been there, though they are gone
        expect(await tx.members.count(fixed, { asOf: NOW })).toBe(MANY - 1);
        await expectTrueCounters(tx);
      });
    });
  });
}

async function idsOfAll(tx: WriteTx): Promise<number[]> {
  const addresses = ROWS.map((_, index) => addressOf(index));
  const ids = (await tx.contacts.match('email', addresses)).filter((id) => id !== null);
  expect(ids).toHaveLength(MANY);
  expect(await tx.contacts.count({ ids })).toBe(MANY);
  return ids;
}

/** All become members, and all but one leave. */
async function throughMembers(tx: WriteTx, segment: number, ids: readonly number[]): Promise<void> {
  expect(await tx.members.add(segment, ids, causedBy('manual'))).toBe(MANY);
  const left = await tx.members.remove(segment, ids.slice(1), causedBy('manual', NOW + DAY));
  expect(left).toBe(MANY - 1);
  expect(await tx.members.count(segment, { asOf: NOW })).toBe(MANY);
}

/** All match, are pinned out, and are let go again. */
async function throughPins(tx: WriteTx, segment: number, ids: readonly number[]): Promise<void> {
  expect(await rebuild(tx, segment, EVERYBODY, causedBy('filter'))).toEqual({
    joined: MANY,
    left: 0,
  });
  await setPins(tx, segment, ids, {
    kind: 'out',
    via: 'manual',
    by: null,
    reason: null,
    until: null,
    createdAt: NOW,
  });
  expect(await tx.pins.of(segment, ids)).toHaveLength(MANY);
  expect(await rebuild(tx, segment, EVERYBODY, causedBy('filter'))).toEqual({
    joined: 0,
    left: MANY,
  });
  expect(await tx.pins.clear(segment, ids)).toBe(MANY);
}

async function throughContacts(tx: WriteTx, ids: readonly number[]): Promise<void> {
  expect(await tx.contacts.tag(ids, ['vip'], NOW)).toBe(MANY);
  expect(await tx.contacts.untag(ids, ['vip'])).toBe(MANY);
  expect(await tx.contacts.identify(ids, NOW)).toBe(0);
  expect(await tx.contacts.suppressions(ids)).toEqual([]);
  expect(await tx.contacts.update(ids, { city: 'Paris' }, NOW)).toBe(MANY);
}
