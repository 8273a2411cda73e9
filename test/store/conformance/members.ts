import { describe, expect } from 'vitest';
import type { PinRow } from '../../../src/store/index.ts';
import {
  addContacts,
  addCrowd,
  addSegment,
  causedBy,
  DAY,
  expectTrueCounters,
  type MakeStore,
  memberIds,
  NOW,
  storeTest,
  setPins,
} from './fixture.ts';

const pin: Omit<PinRow, 'contactId'> = {
  kind: 'in',
  via: 'form:signup',
  by: 'ada',
  reason: null,
  until: null,
  createdAt: NOW,
};

export function membersConformance(makeStore: MakeStore): void {
  describe('members', () => {
    storeTest(makeStore, 'are added and removed once, each with its cause', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 5);
        const segment = await addSegment(tx, 'hot', { kind: 'static' });
        expect(
          await tx.members.add(segment, [ids[3]!, ids[0]!, ids[3]!, 999], causedBy('manual')),
        ).toBe(2);
        expect(await tx.members.add(segment, ids.slice(0, 3), causedBy('import', NOW + DAY))).toBe(
          2,
        );
        const listed = await tx.members.list(segment, {});
        expect(
          listed.map(({ contactId, email, since, via }) => [contactId, email, since, via]),
        ).toEqual([
          [ids[0], 'c0@example.org', NOW, 'manual'],
          [ids[1], 'c1@example.org', NOW + DAY, 'import'],
          [ids[2], null, NOW + DAY, 'import'],
          [ids[3], 'c3@example.org', NOW, 'manual'],
        ]);
        const beside = { pin: null, pinVia: null, pinUntil: null, leftAt: null, left: null };
        for (const row of listed) expect(row).toMatchObject(beside);
        expect((await tx.segments.list())[0]).toMatchObject({ members: 4, anonymous: 1 });
        expect(
          await tx.members.remove(
            segment,
            [ids[2]!, ids[4]!, ids[2]!, 999],
            causedBy('manual', NOW + DAY),
          ),
        ).toBe(1);
        expect((await tx.segments.list())[0]).toMatchObject({ members: 3, anonymous: 0 });
        expect([
          await tx.members.has(segment, ids[0]!),
          await tx.members.has(segment, ids[2]!),
          await tx.members.has(999, ids[0]!),
        ]).toEqual([true, false, false]);
        expect([
          await tx.members.among(segment, [999, ids[3]!, ids[2]!, ids[0]!]),
          await tx.members.among(999, ids),
        ]).toEqual([[ids[0], ids[3]], []]);
        expect([
          await tx.members.add(segment, [], causedBy('manual')),
          await tx.members.remove(segment, [], causedBy('manual')),
        ]).toEqual([0, 0]);
        await expectTrueCounters(tx);
      });
    });

    storeTest(makeStore, 'are counted anew', async (store) => {
      await store.write(async (tx) => {
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, await addCrowd(tx, 5), causedBy('manual'));
        expect([await tx.members.recount(segment), await tx.members.recount(999)]).toEqual([
          { members: 5, anonymous: 1 },
          { members: 0, anonymous: 0 },
        ]);
        await expectTrueCounters(tx);
      });
    });

    storeTest(makeStore, 'are listed page by page, and by when they joined', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 6);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, ids.slice(0, 3), causedBy('manual'));
        await tx.members.add(segment, ids.slice(3), causedBy('manual', NOW + DAY));
        const listed = async (query: Parameters<typeof tx.members.list>[1]): Promise<number[]> =>
          (await tx.members.list(segment, query)).map((row) => ids.indexOf(row.contactId));
        expect(await listed({ limit: 2 })).toEqual([0, 1]);
        expect(await listed({ after: ids[1], limit: 2 })).toEqual([2, 3]);
        expect(await listed({ joinedSince: NOW + 1 })).toEqual([3, 4, 5]);
        expect(await listed({ joinedSince: NOW + DAY, after: ids[3], limit: 1 })).toEqual([4]);
        expect(await listed({ asOf: NOW, after: ids[0], limit: 1 })).toEqual([1]);
        expect([
          await tx.members.count(segment, { joinedSince: NOW + 1 }),
          await tx.members.count(segment, { asOf: NOW }),
        ]).toEqual([3, 3]);
      });
    });

    storeTest(
      makeStore,
      'of any instant are known, each interval with its beginning',
      async (store) => {
        await store.write(async (tx) => {
          const [ada, bob] = await addCrowd(tx, 2);
          const segment = await addSegment(tx, 'hot');
          await tx.members.add(segment, [ada!, bob!], causedBy('manual', NOW));
          await tx.members.remove(segment, [ada!], causedBy('manual', NOW + 2 * DAY));
          await tx.members.add(segment, [ada!], causedBy('import', NOW + 4 * DAY));
          const asOf = async (at: number): Promise<number[]> => memberIds(tx, segment, at);
          expect(await asOf(NOW - 1)).toEqual([]);
          expect(await asOf(NOW)).toEqual([ada, bob]);
          expect(await asOf(NOW + 2 * DAY - 1)).toEqual([ada, bob]);
          expect(await asOf(NOW + 2 * DAY)).toEqual([bob]);
          expect(await asOf(NOW + 4 * DAY)).toEqual([ada, bob]);
          expect(await tx.members.list(segment, { asOf: NOW + DAY })).toMatchObject([
            { contactId: ada, since: NOW, via: 'manual', pin: null },
            { contactId: bob, since: NOW },
          ]);
          expect(
            await tx.members.list(segment, { asOf: NOW + 5 * DAY, joinedSince: NOW + DAY }),
          ).toMatchObject([{ contactId: ada, since: NOW + 4 * DAY, via: 'import' }]);
        });
      },
    );

    storeTest(
      makeStore,
      'who left before they joined, by a clock gone back, were never there; nobody is there twice',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 2);
          const [ada, bob] = ids;
          const segment = await addSegment(tx, 'hot');
          await tx.members.add(segment, ids, causedBy('manual', NOW));
          await tx.members.remove(segment, [ada!], causedBy('manual', NOW - DAY));
          await tx.members.remove(segment, [bob!], causedBy('manual', NOW + 4 * DAY));
          // inside the interval that has just ended
          await tx.members.add(segment, [bob!], causedBy('import', NOW + 2 * DAY));
          expect(await memberIds(tx, segment, NOW - 1)).toEqual([]);
          expect(await memberIds(tx, segment, NOW)).toEqual([bob]);
          expect(await tx.members.list(segment, { asOf: NOW + 3 * DAY })).toMatchObject([
            { contactId: bob, since: NOW + 2 * DAY, via: 'import' },
          ]);
          expect(await tx.members.count(segment, { asOf: NOW + 3 * DAY })).toBe(1);
          await tx.members.add(segment, [ada!], causedBy('manual', NOW + 3 * DAY));
          await tx.members.remove(segment, [ada!], causedBy('manual', NOW + 6 * DAY));
          // before the interval that has just ended
          await tx.members.add(segment, [ada!], causedBy('import', NOW + DAY));
          expect((await tx.members.list(segment, { asOf: NOW + 4 * DAY }))[0]).toMatchObject({
            contactId: ada,
            since: NOW + 3 * DAY,
            via: 'manual',
          });
        });
      },
    );

    storeTest(
      makeStore,
      'keep the cause by which they joined, whatever is pinned',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 3);
          const segment = await addSegment(tx, 'hot');
          await tx.members.add(segment, ids, causedBy('filter'));
          await setPins(tx, segment, [ids[1]!], { ...pin, via: 'form', createdAt: NOW + DAY });
          await tx.pins.pinMembers(segment, causedBy('conversion', NOW + DAY));
          await tx.pins.end(NOW + 9 * DAY);
          await tx.pins.clear(segment, 'all');
          expect(
            (await tx.members.list(segment, {})).map(({ via, since }) => [via, since]),
          ).toEqual(ids.map(() => ['filter', NOW]));
        });
      },
    );

    storeTest(
      makeStore,
      'and those pinned out are known from their contact, by alias',
      async (store) => {
        await store.write(async (tx) => {
          const [ada] = await addContacts(tx, {}, {});
          const [zulu, alpha, mike] = [
            await addSegment(tx, 'zulu'),
            await addSegment(tx, 'alpha'),
            await addSegment(tx, 'mike'),
          ];
          await addSegment(tx, 'none');
          await tx.members.add(zulu, [ada!], causedBy('filter'));
          await setPins(tx, alpha, [ada!], { ...pin, kind: 'out', by: 'bob', reason: 'asked' });
          await setPins(tx, mike, [ada!], pin);
          await tx.members.add(mike, [ada!], causedBy('manual'));
          expect(await tx.members.segmentsOf(ada!)).toMatchObject([
            {
              segmentId: alpha,
              alias: 'alpha',
              name: 'ALPHA',
              isMember: false,
              since: null,
              via: null,
              joined: null,
              pin: 'out',
              pinVia: 'form:signup',
              pinBy: 'bob',
              pinReason: 'asked',
              pinUntil: null,
            },
            {
              segmentId: mike,
              alias: 'mike',
              name: 'MIKE',
              since: NOW,
              isMember: true,
              via: 'manual',
              joined: { at: NOW, via: 'manual', by: null, reason: null, runId: null, version: 1 },
              pin: 'in',
              pinVia: 'form:signup',
              pinUntil: null,
            },
            {
              segmentId: zulu,
              alias: 'zulu',
              name: 'ZULU',
              since: NOW,
              via: 'filter',
              pin: null,
              pinUntil: null,
            },
          ]);
          expect(await tx.members.segmentsOf(ada! + 1)).toEqual([]);
          expect(await tx.members.segmentsOf(999)).toEqual([]);
        });
      },
    );
  });
}
