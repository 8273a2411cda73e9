import { describe, expect } from 'vitest';
import { addCrowd, addSegment, causedBy, expectTrueCounters, type MakeStore, storeTest } from './fixture.ts';

export function changesConformance(makeStore: MakeStore): void {
  describe('changes', () => {
    storeTest(makeStore, 'are logged under an epoch that only grows', async (store) => {
      const epochs: number[] = [];
      for (let round = 0; round < 3; round += 1) epochs.push(await store.write(async (tx) => tx.changes.advance()));
      expect(epochs[1]).toBeGreaterThan(epochs[0]!);
      expect(epochs[2]).toBeGreaterThan(epochs[1]!);
      await store.write(async (tx) => tx.changes.prune(epochs[1]!));
      expect(await store.write(async (tx) => tx.changes.advance())).toBeGreaterThan(epochs[2]!);
    });

    storeTest(makeStore, 'pruned leave contacts and members as they are', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 5);
        const segment = await addSegment(tx, 'all');
        await tx.members.add(segment, ids, causedBy('manual'));
        await tx.contacts.delete([ids[0]!]);
        await tx.changes.prune(await tx.changes.advance());
        expect(await tx.members.count(segment)).toBe(4);
        expect(await tx.members.sweepDeleted()).toBe(0);
        await expectTrueCounters(tx);
      });
    });
  });
}
