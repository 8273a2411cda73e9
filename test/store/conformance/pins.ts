import { describe, expect } from 'vitest';
import type { PinRow } from '../../../src/store/index.ts';
import {
  countCandidates,
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  type MakeStore,
  NOW,
  storeTest,
  setPins,
} from './fixture.ts';

const pin: Omit<PinRow, 'contactId'> = {
  kind: 'in',
  via: 'manual',
  by: 'ada',
  reason: 'asked',
  until: NOW + DAY,
  createdAt: NOW,
};

export function pinsConformance(makeStore: MakeStore): void {
  describe('pins', () => {
    storeTest(
      makeStore,
      'are set, replaced, counted and listed by contact, page by page',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 4);
          const segment = await addSegment(tx, 'hot');
          await setPins(tx, segment, [ids[2]!, ids[0]!, ids[2]!], pin);
          const out: Omit<PinRow, 'contactId'> = {
            kind: 'out',
            via: 'api',
            by: null,
            reason: null,
            until: null,
            createdAt: NOW + 1,
          };
          await setPins(tx, segment, [ids[0]!, ids[3]!], out);
          await setPins(tx, segment, [], out);
          expect(await tx.pins.list(segment, {})).toEqual([
            { contactId: ids[0], ...out },
            { contactId: ids[2], ...pin },
            { contactId: ids[3], ...out },
          ]);
          expect(
            (await tx.pins.list(segment, { after: ids[0], limit: 1 })).map((row) => row.contactId),
          ).toEqual([ids[2]]);
          expect(await tx.pins.count(segment)).toEqual({ in: 1, out: 2, ending: 1 });
          expect(await tx.pins.count(999)).toEqual({ in: 0, out: 0, ending: 0 });
          expect(await tx.pins.of(segment, [ids[3]!, ids[1]!, ids[0]!, 999])).toEqual([
            { contactId: ids[0], ...out },
            { contactId: ids[3], ...out },
          ]);
          expect(await tx.pins.of(999, ids)).toEqual([]);
        });
      },
    );

    storeTest(makeStore, 'name only contacts that exist', async (store) => {
      await store.write(async (tx) => {
        const segment = await addSegment(tx, 'hot');
        await setPins(tx, segment, [999], pin);
        expect(await tx.pins.count(segment)).toEqual({ in: 0, out: 0, ending: 0 });
      });
    });

    storeTest(makeStore, 'change no member by themselves', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 2);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, [ids[0]!], causedBy('filter'));
        await setPins(tx, segment, [ids[0]!], { ...pin, kind: 'out' });
        await setPins(tx, segment, [ids[1]!], pin);
        expect(await tx.members.list(segment, {})).toMatchObject([
          { contactId: ids[0], via: 'filter', pin: 'out' },
        ]);
      });
    });

    storeTest(makeStore, 'of all present members are set where there is none', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 4);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, ids.slice(0, 3), causedBy('filter'));
        await setPins(tx, segment, [ids[1]!], { ...pin, kind: 'out', reason: 'stays' });
        expect(
          await tx.pins.pinMembers(segment, {
            ...causedBy('conversion'),
            by: 'ada',
            reason: 'asked',
          }),
        ).toBe(2);
        expect(
          (await tx.pins.list(segment, {})).map(({ contactId, kind, via, reason }) => [
            contactId,
            kind,
            via,
            reason,
          ]),
        ).toEqual([
          [ids[0], 'in', 'conversion', 'asked'],
          [ids[1], 'out', 'manual', 'stays'],
          [ids[2], 'in', 'conversion', 'asked'],
        ]);
      });
    });

    storeTest(
      makeStore,
      'are taken away by contact, by kind, by both, or all of them',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 4);
          const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
          for (const segment of [hot, cold]) {
            await setPins(tx, segment, ids.slice(0, 2), pin);
            await setPins(tx, segment, ids.slice(2), { ...pin, kind: 'out' });
          }
          const left = async (segment: number): Promise<number[]> =>
            (await tx.pins.list(segment, {})).map(({ contactId }) => contactId);
          expect([await tx.pins.clear(hot, ids.slice(1, 3), 'in'), await left(hot)]).toEqual([
            1,
            [ids[0], ids[2], ids[3]],
          ]);
          expect([await tx.pins.clear(hot, 'all', 'out'), await left(hot)]).toEqual([2, [ids[0]]]);
          expect([
            await tx.pins.clear(hot, []),
            await tx.pins.clear(hot, 'all'),
            await left(hot),
          ]).toEqual([0, 1, []]);
          expect(await left(cold)).toEqual(ids);
        });
      },
    );

    storeTest(makeStore, 'move their end, and keep all else', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 3);
        const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
        for (const segment of [hot, cold]) await setPins(tx, segment, ids, pin);
        await tx.pins.moveEnd(hot, [ids[0]!, 999], NOW + 5);
        await tx.pins.moveEnd(hot, [ids[1]!], null);
        await tx.pins.moveEnd(hot, [], null);
        expect(await tx.pins.list(hot, {})).toEqual([
          { contactId: ids[0], ...pin, until: NOW + 5 },
          { contactId: ids[1], ...pin, until: null },
          { contactId: ids[2], ...pin },
        ]);
        expect((await tx.pins.list(cold, {})).map(({ until }) => until)).toEqual([
          pin.until,
          pin.until,
          pin.until,
        ]);
      });
    });

    storeTest(
      makeStore,
      'end at their instant, not before, in every segment; members stay, with the cause they had',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 5);
          const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
          await tx.members.add(hot, ids.slice(0, 3), causedBy('manual'));
          await setPins(tx, hot, [ids[0]!, ids[1]!], pin);
          await setPins(tx, hot, [ids[2]!], { ...pin, until: null });
          await setPins(tx, hot, [ids[3]!], { ...pin, kind: 'out' });
          await setPins(tx, cold, [ids[4]!], { ...pin, until: NOW + DAY + 1 });
          expect(await tx.pins.end(NOW + DAY - 1)).toEqual([]);
          expect(await tx.pins.end(NOW + DAY)).toEqual([{ segmentId: hot, pins: 3 }]);
          expect(
            (await tx.members.list(hot, {})).map(({ contactId, via, pin: kind, pinUntil }) => [
              contactId,
              via,
              kind,
              pinUntil,
            ]),
          ).toEqual([
            [ids[0], 'manual', null, null],
            [ids[1], 'manual', null, null],
            [ids[2], 'manual', 'in', null],
          ]);
          expect(await tx.pins.end(NOW + 2 * DAY)).toEqual([{ segmentId: cold, pins: 1 }]);
          expect(await tx.pins.end(NOW + 2 * DAY)).toEqual([]);
        });
      },
    );

    storeTest(makeStore, 'that end are logged as changes of their contacts', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 2);
        const segment = await addSegment(tx, 'hot');
        await setPins(tx, segment, [ids[1]!], pin);
      });
      await store.write(async (tx) => {
        await tx.changes.open();
        const since = await tx.changes.watermark();
        await tx.pins.end(NOW + DAY);
        expect(
          await countCandidates(
            tx,
            { segmentId: 1, since, reads: [], segments: [], slices: [] },
            9,
          ),
        ).toBe(1);
      });
    });

    storeTest(
      makeStore,
      'are cleared for some or for all, in their segment only',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 4);
          const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
          for (const segment of [hot, cold]) await setPins(tx, segment, ids, pin);
          expect(await tx.pins.clear(hot, [ids[0]!, ids[0]!, 999])).toBe(1);
          expect(await tx.pins.clear(hot, [])).toBe(0);
          expect(await tx.pins.clear(hot, 'all')).toBe(3);
          expect([await tx.pins.count(hot), await tx.pins.count(cold)]).toEqual([
            { in: 0, out: 0, ending: 0 },
            { in: 4, out: 0, ending: 4 },
          ]);
        });
      },
    );
  });
}
