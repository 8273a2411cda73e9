import { sql } from 'drizzle-orm';
import { describe, expect } from 'vitest';
import type { Selected, WriteTx } from '../../../src/store/index.ts';
import {
  addContacts,
  addSegment,
  causedBy,
  expectTrueCounters,
  type MakeStore,
  storeTest,
} from './fixture.ts';

/** Contacts of 1 to 6 points; those of 4 and more are anonymous. */
async function addSix(tx: WriteTx): Promise<number[]> {
  return addContacts(
    tx,
    ...[1, 2, 3, 4, 5, 6].map((points) => ({
      points,
      ...(points < 4 ? { email: `c${points}@example.org`, identified_at: 1 } : {}),
    })),
  );
}

const atLeast = (points: number) => sql`c.points >= ${points}`;

async function memberIds(tx: WriteTx, segment: number): Promise<number[]> {
  return (await tx.members.list(segment, {})).map(({ contactId }) => contactId);
}

/** Contacts that a query finds do what the same contacts do by their ids. */
export function selectionsConformance(makeStore: MakeStore): void {
  describe('selected contacts', () => {
    storeTest(makeStore, 'are whom the query finds, page by page', async (store) => {
      await store.write(async (tx) => {
        const ids = await addSix(tx);
        const segment = await addSegment(tx, 'some');
        await tx.members.add(segment, ids.slice(0, 4), causedBy('manual'));
        const found = async (query: Parameters<typeof tx.contacts.select>[0]) => {
          const { count, last } = await tx.contacts.select(query);
          return [count, last];
        };
        expect(await found({})).toEqual([6, ids[5]]);
        expect(await found({ where: atLeast(3) })).toEqual([4, ids[5]]);
        expect(await found({ where: atLeast(3), limit: 2 })).toEqual([2, ids[3]]);
        expect(await found({ where: atLeast(3), after: ids[3], limit: 2 })).toEqual([2, ids[5]]);
        expect(await found({ where: atLeast(3), segmentId: segment })).toEqual([2, ids[3]]);
        expect(await found({ where: atLeast(9) })).toEqual([0, undefined]);
      });
    });

    storeTest(makeStore, 'join, are pinned and leave as by their ids', async (store) => {
      await store.write(async (tx) => {
        const ids = await addSix(tx);
        const segment = await addSegment(tx, 'all');
        await tx.members.add(segment, [ids[2]!], causedBy('manual'));
        const some = await tx.contacts.select({ where: atLeast(3) });
        expect(await tx.members.add(segment, some, causedBy('manual'))).toBe(3);
        await tx.pins.set(segment, some, { kind: 'in', until: null }, causedBy('manual'));
        expect((await tx.pins.of(segment, some)).map(({ contactId }) => contactId)).toEqual(
          ids.slice(2),
        );
        const others = await some.without([ids[2]!, ids[0]!]);
        expect([others.count, (await tx.pins.of(segment, others)).length]).toEqual([3, 3]);
        expect(await tx.members.remove(segment, others, causedBy('manual'))).toBe(3);
        expect(await memberIds(tx, segment)).toEqual([ids[2]]);
        await expectTrueCounters(tx);
      });
    });

    storeTest(makeStore, 'that are nobody do nothing', async (store) => {
      await store.write(async (tx) => {
        await addSix(tx);
        const segment = await addSegment(tx, 'all');
        const nobody = await tx.contacts.select({ where: atLeast(9) });
        expect(await tx.members.add(segment, nobody, causedBy('manual'))).toBe(0);
        expect(await tx.members.remove(segment, nobody, causedBy('manual'))).toBe(0);
        await tx.pins.set(segment, nobody, { kind: 'out', until: null }, causedBy('manual'));
        expect(await tx.pins.count(segment)).toMatchObject({ in: 0, out: 0 });
      });
    });

    storeTest(makeStore, 'are refused once others were selected', async (store) => {
      const refused = async (work: (tx: WriteTx, first: Selected) => Promise<unknown>) =>
        store.write(async (tx) => {
          const segment = await addSegment(tx, `s${(await tx.segments.list()).length}`);
          const first = await tx.contacts.select({});
          await work(tx, first);
          await tx.members.add(segment, first, causedBy('manual'));
        });
      const overtaken = { message: expect.stringContaining('overtaken by a later') as string };
      await store.write(addSix);
      await expect(refused(async (_, first) => first.without([1]))).rejects.toMatchObject(
        overtaken,
      );
      await expect(refused(async (tx) => tx.contacts.select({}))).rejects.toMatchObject(overtaken);
      await expect(
        refused(async (tx) => tx.members.add(await addSegment(tx, 'x'), [1], causedBy('manual'))),
      ).resolves.toBeUndefined();
    });
  });
}
