import { describe, expect } from 'vitest';
import type { PinRow } from '../../../src/store/index.ts';
import { addCrowd, addSegment, causedBy, DAY, type MakeStore, NOW, storeTest } from './fixture.ts';

const pin: Omit<PinRow, 'contactId'> = { kind: 'in', via: 'manual', by: 'ada', reason: 'asked', until: NOW + DAY, createdAt: NOW };

export function pinsConformance(makeStore: MakeStore): void {
  describe('pins', () => {
    storeTest(makeStore, 'are set, replaced, counted and listed by contact, page by page', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 4);
        const segment = await addSegment(tx, 'hot');
        await tx.pins.set(segment, [ids[2]!, ids[0]!, ids[2]!], pin);
        const out: Omit<PinRow, 'contactId'> = { kind: 'out', via: 'api', by: null, reason: null, until: null, createdAt: NOW + 1 };
        await tx.pins.set(segment, [ids[0]!, ids[3]!], out);
        await tx.pins.set(segment, [], out);
        expect(await tx.pins.list(segment, {})).toEqual([{ contactId: ids[0], ...out }, { contactId: ids[2], ...pin }, { contactId: ids[3], ...out }]);
        expect((await tx.pins.list(segment, { after: ids[0], limit: 1 })).map((row) => row.contactId)).toEqual([ids[2]]);
        expect(await tx.pins.count(segment)).toEqual({ in: 1, out: 2 });
        expect(await tx.pins.count(999)).toEqual({ in: 0, out: 0 });
        expect(await tx.pins.of(segment, [ids[3]!, ids[1]!, ids[0]!, 999])).toEqual([{ contactId: ids[0], ...out }, { contactId: ids[3], ...out }]);
        expect(await tx.pins.of(999, ids)).toEqual([]);
      });
    });

    storeTest(makeStore, 'name only contacts that exist', async (store) => {
      await store.write(async (tx) => {
        const segment = await addSegment(tx, 'hot');
        await tx.pins.set(segment, [999], pin);
        expect(await tx.pins.count(segment)).toEqual({ in: 0, out: 0 });
      });
    });

    storeTest(makeStore, 'change no member by themselves', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 2);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, [ids[0]!], causedBy('filter'));
        await tx.pins.set(segment, [ids[0]!], { ...pin, kind: 'out' });
        await tx.pins.set(segment, [ids[1]!], pin);
        expect(await tx.members.list(segment, {})).toMatchObject([{ contactId: ids[0], via: 'filter', pin: 'out' }]);
      });
    });

    storeTest(makeStore, 'of all present members are set where there is none', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 4);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, ids.slice(0, 3), causedBy('filter'));
        await tx.pins.set(segment, [ids[1]!], { ...pin, kind: 'out', reason: 'stays' });
        expect(await tx.pins.pinMembers(segment, { via: 'conversion', by: 'ada', reason: 'asked', until: null, createdAt: NOW })).toBe(2);
        expect((await tx.pins.list(segment, {})).map(({ contactId, kind, via, reason }) => [contactId, kind, via, reason])).toEqual([
          [ids[0], 'in', 'conversion', 'asked'],
          [ids[1], 'out', 'manual', 'stays'],
          [ids[2], 'in', 'conversion', 'asked'],
        ]);
      });
    });

    storeTest(makeStore, 'are cleared for some or for all, in their segment only', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 4);
        const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
        for (const segment of [hot, cold]) await tx.pins.set(segment, ids, pin);
        expect(await tx.pins.clear(hot, [ids[0]!, ids[0]!, 999])).toBe(1);
        expect(await tx.pins.clear(hot, [])).toBe(0);
        expect(await tx.pins.clear(hot, 'all')).toBe(3);
        expect([await tx.pins.count(hot), await tx.pins.count(cold)]).toEqual([{ in: 0, out: 0 }, { in: 4, out: 0 }]);
      });
    });
  });
}
