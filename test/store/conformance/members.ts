import { describe, expect } from 'vitest';
import type { PinRow } from '../../../src/store/index.ts';
import {
  addContacts,
  addCrowd,
  addSegment,
  applied,
  causedBy,
  DAY,
  EVERYBODY,
  expectTrueCounters,
  type MakeStore,
  memberIds,
  NOBODY,
  NOW,
  pointsAtLeast,
  preview,
  PROFILE,
  rebuild,
  storeTest,
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
        expect(await tx.members.list(segment, {})).toEqual([
          {
            contactId: ids[0],
            email: 'c0@example.org',
            since: NOW,
            via: 'manual',
            pin: null,
            pinUntil: null,
          },
          {
            contactId: ids[1],
            email: 'c1@example.org',
            since: NOW + DAY,
            via: 'import',
            pin: null,
            pinUntil: null,
          },
          {
            contactId: ids[2],
            email: null,
            since: NOW + DAY,
            via: 'import',
            pin: null,
            pinUntil: null,
          },
          {
            contactId: ids[3],
            email: 'c3@example.org',
            since: NOW,
            via: 'manual',
            pin: null,
            pinUntil: null,
          },
        ]);
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

    storeTest(
      makeStore,
      'are rebuilt to be those who match or are pinned in, without those pinned out',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segment = await addSegment(tx, 'hot');
          await addSegment(tx, 'other');
          await tx.pins.set(segment, [ids[0]!, ids[1]!], pin);
          await tx.pins.set(segment, [ids[8]!, ids[9]!], { ...pin, kind: 'out' });
          const match = pointsAtLeast(6);
          expect(await preview(tx, segment, match)).toEqual({
            joining: [ids[0], ids[1], ids[6], ids[7]],
            leaving: [],
          });
          expect(await tx.members.count(segment)).toBe(0);
          expect(await rebuild(tx, segment, match, causedBy('filter', NOW, 1))).toEqual({
            joined: 4,
            left: 0,
          });
          expect(await rebuild(tx, segment, match, causedBy('filter', NOW, 2))).toEqual({
            joined: 0,
            left: 0,
          });
          expect(
            (await tx.members.list(segment, {})).map(({ contactId, via, pin: pinned }) => [
              contactId,
              via,
              pinned,
            ]),
          ).toEqual([
            [ids[0], 'form:signup', 'in'],
            [ids[1], 'form:signup', 'in'],
            [ids[6], 'filter', null],
            [ids[7], 'filter', null],
          ]);
          expect(await preview(tx, segment, pointsAtLeast(7))).toEqual({
            joining: [],
            leaving: [ids[6]],
          });
          expect(await rebuild(tx, segment, NOBODY, causedBy('filter', NOW + DAY, 3))).toEqual({
            joined: 0,
            left: 2,
          });
          expect(await rebuild(tx, segment, EVERYBODY, causedBy('filter', NOW + DAY, 4))).toEqual({
            joined: 6,
            left: 0,
          });
          expect(
            (await tx.segments.list()).map(({ members, anonymous }) => [members, anonymous]),
          ).toEqual([
            [8, 2],
            [0, 0],
          ]);
          await expectTrueCounters(tx);
        });
      },
    );

    storeTest(
      makeStore,
      'are laid out alike, however many are looked at at once',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segment = await addSegment(tx, 'hot');
          await tx.members.add(segment, [ids[0]!, ids[1]!, ids[9]!], causedBy('manual'));
          await tx.pins.set(segment, [ids[0]!], pin);
          await tx.contacts.delete([ids[4]!]);
          await tx.members.findCandidates(
            { segmentId: segment, since: 0, reads: [PROFILE], segments: [], slices: [] },
            100,
          );
          const whole = { joining: 3, leaving: 1, renaming: 2 };
          for (const scope of ['all', 'candidates'] as const) {
            for (const batch of [undefined, 1, 2, 3, 9, 100]) {
              await tx.members.clearLaidOut();
              if (scope === 'all')
                expect({
                  batch,
                  ...(await tx.members.layOut(segment, pointsAtLeast(6), { batch })),
                }).toEqual({ batch, ...whole });
              else
                await tx.members.layOutCandidates(
                  [{ segmentId: segment, reads: PROFILE, match: pointsAtLeast(6) }],
                  { batch },
                );
              expect([...(await tx.members.countLaidOut())]).toEqual([[segment, whole]]);
              const parts = [
                await tx.members.laidOut(segment, 'joining', {}),
                await tx.members.laidOut(segment, 'leaving', {}),
                await tx.members.laidOut(segment, 'renaming', {}),
              ];
              expect(parts).toEqual([ids.slice(6, 9), [ids[1]], [ids[0], ids[9]]]);
            }
          }
          expect([
            await tx.members.laidOut(segment, 'joining', { limit: 2 }),
            await tx.members.laidOut(segment, 'joining', { after: ids[7], limit: 2 }),
          ]).toEqual([ids.slice(6, 8), [ids[8]]]);
        });
      },
    );

    storeTest(
      makeStore,
      'of many segments at once are decided apart, and changed together',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segments: number[] = [];
          for (let index = 0; index < 130; index += 1)
            segments.push(await addSegment(tx, `s${index}`));
          const expected = (index: number): number[] =>
            ids
              .slice(index % 10)
              .filter((id) => index !== 7 || id !== ids[9])
              .concat(index === 8 ? [ids[0]!] : [])
              .sort((a, b) => a - b);
          await tx.pins.set(segments[7]!, [ids[9]!], { ...pin, kind: 'out' });
          await tx.pins.set(segments[8]!, [ids[0]!], pin);
          await tx.members.add(segments[1]!, [ids[0]!], causedBy('filter'));
          await tx.members.findCandidates(
            { segmentId: segments[0]!, since: 0, reads: [PROFILE], segments: [], slices: [] },
            100,
          );
          await tx.members.clearLaidOut();
          await tx.members.layOutCandidates(
            segments.map((segmentId, index) => ({
              segmentId,
              reads: PROFILE,
              match: pointsAtLeast(index % 10),
            })),
          );
          await tx.members.dropLaidOut(segments[2]!);
          await tx.members.cutLaidOut(segments[3]!, 2);
          const done = await tx.members.applyLaidOut(causedBy('filter', NOW + DAY));
          expect([
            done.get(segments[1]!),
            done.get(segments[2]!),
            done.get(segments[3]!),
            done.get(segments[4]!),
          ]).toEqual([
            { joined: 9, left: 1 },
            undefined,
            { joined: 2, left: 0 },
            { joined: 6, left: 0 },
          ]);
          for (const [index, segment] of segments.entries()) {
            expect([index, await memberIds(tx, segment)]).toEqual([
              index,
              index === 2 ? [] : index === 3 ? ids.slice(3, 5) : expected(index),
            ]);
          }
          await expectTrueCounters(tx);
        });
      },
    );

    storeTest(makeStore, 'are changed in part, those who leave first', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 10);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, ids.slice(0, 3), causedBy('manual'));
        const done: unknown[] = [];
        for (const limit of [2, 2, 2, 100]) {
          await tx.members.layOut(segment, pointsAtLeast(6));
          await tx.members.cutLaidOut(segment, limit);
          done.push(await applied(tx, segment, causedBy('filter')));
        }
        expect(done).toEqual([
          { joined: 0, left: 2 },
          { joined: 1, left: 1 },
          { joined: 2, left: 0 },
          { joined: 1, left: 0 },
        ]);
        expect(await memberIds(tx, segment)).toEqual(ids.slice(6));
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

    storeTest(makeStore, 'change their via without a new interval', async (store) => {
      await store.write(async (tx) => {
        const ids = await addCrowd(tx, 3);
        const segment = await addSegment(tx, 'hot');
        await tx.members.add(segment, ids, causedBy('filter'));
        await tx.members.setVia(segment, [ids[1]!, 999], 'form');
        const vias = async (): Promise<unknown[]> =>
          (await tx.members.list(segment, {})).map(({ via, since }) => [via, since]);
        expect(await vias()).toEqual([
          ['filter', NOW],
          ['form', NOW],
          ['filter', NOW],
        ]);
        await tx.members.setVia(segment, 'all', 'conversion');
        expect(await vias()).toEqual([
          ['conversion', NOW],
          ['conversion', NOW],
          ['conversion', NOW],
        ]);
      });
    });

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
          await tx.pins.set(alpha, [ada!], { ...pin, kind: 'out' });
          await tx.pins.set(mike, [ada!], pin);
          await tx.members.add(mike, [ada!], causedBy('manual'));
          expect(await tx.members.segmentsOf(ada!)).toEqual([
            {
              segmentId: alpha,
              alias: 'alpha',
              name: 'ALPHA',
              since: null,
              via: null,
              pin: 'out',
              pinUntil: null,
            },
            {
              segmentId: mike,
              alias: 'mike',
              name: 'MIKE',
              since: NOW,
              via: 'form:signup',
              pin: 'in',
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
