import { describe, expect } from 'vitest';
import type {
  CandidateBuild,
  Candidates,
  DifferencesWriter,
  Nominated,
  PinRow,
  Slice,
  WriteTx,
} from '../../../src/store/index.ts';
import {
  addCrowd,
  addSegment,
  ALL,
  applied,
  causedBy,
  DAY,
  EVERYBODY,
  FROM_START,
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

const sinceEver = (segmentId: number) => ({
  segmentId,
  since: FROM_START,
  reads: [PROFILE],
  segments: [],
  slices: [],
});

export function differencesConformance(makeStore: MakeStore): void {
  describe('differences', () => {
    storeTest(
      makeStore,
      'make members of those who match or are pinned in, without those pinned out',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segment = await addSegment(tx, 'hot');
          await addSegment(tx, 'other');
          await setPins(tx, segment, [ids[0]!, ids[1]!], pin);
          await setPins(tx, segment, [ids[8]!, ids[9]!], { ...pin, kind: 'out' });
          const match = pointsAtLeast(6);
          expect(await preview(tx, segment, match)).toEqual({
            joining: [ids[0], ids[1], ids[6], ids[7]],
            leaving: [],
          });
          expect(await tx.members.count(segment)).toBe(0);
          expect([
            await rebuild(tx, segment, match, causedBy('filter', NOW, 1)),
            await rebuild(tx, segment, match, causedBy('filter', NOW, 2)),
          ]).toEqual([
            { joined: 4, left: 0 },
            { joined: 0, left: 0 },
          ]);
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
      'are proposed alike, however many contacts are looked at at once',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segment = await addSegment(tx, 'hot');
          await tx.members.add(segment, [ids[0]!, ids[1]!, ids[9]!], causedBy('manual'));
          await setPins(tx, segment, [ids[0]!], pin);
          await tx.contacts.delete([ids[4]!], { now: NOW, by: null });
          const match = pointsAtLeast(6);
          for (const scope of ['all', 'candidates'] as const) {
            for (const batch of [undefined, 1, 2, 3, 9, 100]) {
              const differences = await tx.differences();
              if (scope === 'all') await differences.all(segment, { kind: 'match', match, batch });
              else
                await differences.decide(
                  await differences.find(sinceEver(segment), 100),
                  [{ segmentId: segment, reads: PROFILE, match }],
                  { batch },
                );
              expect({ scope, batch, ...(await differences.of(segment)) }).toEqual({
                scope,
                batch,
                joining: 3,
                leaving: 1,
              });
              const parts = [
                await differences.ids(segment, 'joining', {}),
                await differences.ids(segment, 'leaving', {}),
              ];
              expect(parts).toEqual([ids.slice(6, 9), [ids[1]]]);
              expect([
                await differences.ids(segment, 'joining', { limit: 2 }),
                await differences.ids(segment, 'joining', { after: ids[7], limit: 2 }),
              ]).toEqual([ids.slice(6, 8), [ids[8]]]);
            }
          }
        });
      },
    );

    storeTest(
      makeStore,
      'of many segments at once are decided apart, and changed together',
      async (store) => {
        await store.write(async (tx) => {
          const ids = await addCrowd(tx, 10);
          const segments = await addSegments(tx, 130);
          await setPins(tx, segments[7]!, [ids[9]!], { ...pin, kind: 'out' });
          await setPins(tx, segments[8]!, [ids[0]!], pin);
          await tx.members.add(segments[1]!, [ids[0]!], causedBy('filter'));
          const differences = await tx.differences();
          await differences.decide(
            await differences.find(sinceEver(segments[0]!), 100),
            segments.map((segmentId, index) => ({
              segmentId,
              reads: PROFILE,
              match: pointsAtLeast(index % 10),
            })),
          );
          await differences.drop(segments[2]!);
          await differences.limit(segments[3]!, 2);
          expect([
            await differences.of(segments[1]!),
            await differences.of(segments[2]!),
            await differences.of(segments[3]!),
          ]).toEqual([
            { joining: 9, leaving: 1 },
            { joining: 0, leaving: 0 },
            { joining: 2, leaving: 0 },
          ]);
          const done = await differences.apply(causedBy('filter', NOW + DAY));
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
              membersOfNth(index, ids),
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
          const differences = await tx.differences();
          await differences.all(segment, { kind: 'match', match: pointsAtLeast(6) });
          await differences.limit(segment, limit);
          done.push(await applied(differences, segment, causedBy('filter')));
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

    storeTest(makeStore, 'of one segment take the place of those of others', async (store) => {
      await store.write(async (tx) => {
        const { differences, ids, hot, cold, told } = await hotAndCold(tx);
        expect(await told()).toEqual([NO_CHANGE, NO_CHANGE, [], []]);
        await differences.all(hot, { kind: 'match', match: EVERYBODY });
        expect(await told()).toEqual([{ ...NO_CHANGE, joining: 4 }, NO_CHANGE, ids, []]);
        await differences.all(cold, { kind: 'match', match: NOBODY });
        const leaving = [NO_CHANGE, { ...NO_CHANGE, leaving: 2 }, [], ids.slice(0, 2)];
        expect(await told()).toEqual(leaving);
        await differences.drop(hot);
        expect(await told()).toEqual(leaving);
      });
    });

    storeTest(makeStore, 'are gone once they are applied', async (store) => {
      await store.write(async (tx) => {
        const { differences, hot, cold, told } = await hotAndCold(tx);
        await differences.all(cold, { kind: 'match', match: NOBODY });
        expect([...(await differences.apply(causedBy('filter')))]).toEqual([
          [cold, { joined: 0, left: 2 }],
        ]);
        expect(await told()).toEqual([NO_CHANGE, NO_CHANGE, [], []]);
        expect([...(await differences.apply(causedBy('filter')))]).toEqual([]);
        await differences.gone(hot);
        expect(await told()).toEqual([NO_CHANGE, NO_CHANGE, [], []]);
      });
    });

    describe.each(OVERTAKING)('are overtaken', ({ by, overtake, refused }) => {
      storeTest(makeStore, `by ${by}, in ${refused.length} of their uses`, async (store) => {
        await store.write(async (tx) => addCrowd(tx, 2));
        const throwing: string[] = [];
        for (const [index, [name, use]] of Object.entries(USES).entries())
          await store.write(async (tx) => {
            const segment = await addSegment(tx, `s${index}`);
            const differences = await tx.differences();
            const candidates = await differences.find(sinceEver(segment), 100);
            const inSlices = await candidates.inSlices([{ slices: [EVER], reads: ALL }], 100);
            const held = { segment, differences, candidates, inSlices };
            await overtake(tx, held);
            await use(held).catch((error: unknown) => {
              expect(String(error)).toMatch(/overtaken by a later/);
              throwing.push(name);
            });
          });
        expect(throwing).toEqual(refused);
      });
    });
  });
}

async function addSegments(tx: WriteTx, count: number): Promise<number[]> {
  const segments: number[] = [];
  for (let index = 0; index < count; index += 1) segments.push(await addSegment(tx, `s${index}`));
  return segments;
}

/** Of many segments, after 2 was dropped, 3 limited, and 7 and 8 had pins. */
function membersOfNth(index: number, ids: readonly number[]): number[] {
  const matching = ids.slice(index % 10);
  switch (index) {
    case 2:
      return [];
    case 3:
      return ids.slice(3, 5);
    case 7:
      return matching.filter((id) => id !== ids[9]);
    case 8:
      return [ids[0]!, ...matching];
    default:
      return matching;
  }
}

const NO_CHANGE = { joining: 0, leaving: 0 };

/** Two segments, one with two members; `told` says what is proposed for either. */
async function hotAndCold(tx: WriteTx) {
  const ids = await addCrowd(tx, 4);
  const [hot, cold] = [await addSegment(tx, 'hot'), await addSegment(tx, 'cold')];
  await tx.members.add(cold, ids.slice(0, 2), causedBy('manual'));
  const differences = await tx.differences();
  const told = async (): Promise<unknown> => [
    await differences.of(hot),
    await differences.of(cold),
    await differences.ids(hot, 'joining', {}),
    await differences.ids(cold, 'leaving', {}),
  ];
  return { differences, ids, hot, cold, told };
}

const EVER: Slice = {
  kind: 'instants',
  place: { kind: 'field', object: 'contact', column: 'created_at' },
  low: NOW,
  high: NOW,
};

/** Values that something may overtake. */
interface Held {
  readonly segment: number;
  readonly differences: DifferencesWriter;
  readonly candidates: Candidates;
  readonly inSlices: Nominated;
}

const buildOf = (segmentId: number): CandidateBuild => ({
  segmentId,
  reads: ALL,
  match: EVERYBODY,
});

const OF_SLICES = {
  'decide in slices': async ({ segment, differences, inSlices }) =>
    differences.decide(inSlices, [{ ...buildOf(segment), part: 0 }]),
} satisfies Uses;

const OF_CANDIDATES = {
  ...OF_SLICES,
  'decide candidates': async ({ segment, differences, candidates }) =>
    differences.decide(candidates, [buildOf(segment)]),
  'count candidates': async ({ candidates }) => candidates.count(ALL),
  'look in slices': async ({ candidates }) =>
    candidates.inSlices([{ slices: [EVER], reads: ALL }], 10),
} satisfies Uses;

/** All that can be done with what is held. */
const USES: Uses = {
  ...OF_CANDIDATES,
  look: async ({ segment, differences }) => differences.find(sinceEver(segment), 10),
  'propose all': async ({ segment, differences }) =>
    differences.all(segment, { kind: 'match', match: EVERYBODY }),
  'propose gone': async ({ segment, differences }) => differences.gone(segment),
  count: async ({ segment, differences }) => differences.of(segment),
  list: async ({ segment, differences }) => differences.ids(segment, 'joining', {}),
  limit: async ({ segment, differences }) => differences.limit(segment, 1),
  drop: async ({ segment, differences }) => differences.drop(segment),
  apply: async ({ differences }) => differences.apply(causedBy('filter')),
};

type Uses = Record<string, (held: Held) => Promise<unknown>>;

/** What can be done before, and which uses are refused then. */
const OVERTAKING: readonly {
  readonly by: string;
  readonly overtake: (tx: WriteTx, held: Held) => Promise<unknown>;
  readonly refused: readonly string[];
}[] = [
  { by: 'nothing', overtake: async () => undefined, refused: [] },
  {
    by: 'another look in slices',
    overtake: async (_, { candidates }) => candidates.inSlices([{ slices: [], reads: ALL }], 10),
    refused: Object.keys(OF_SLICES),
  },
  {
    by: 'a look for other candidates',
    overtake: async (_, { segment, differences }) => differences.find(sinceEver(segment), 0),
    refused: Object.keys(OF_CANDIDATES),
  },
  {
    by: 'other differences',
    overtake: async (tx) => tx.differences(),
    refused: Object.keys(USES),
  },
  {
    by: 'members that are added',
    overtake: async (tx, { segment }) => tx.members.add(segment, [], causedBy('manual')),
    refused: Object.keys(USES),
  },
  {
    by: 'members that are removed',
    overtake: async (tx, { segment }) => tx.members.remove(segment, 'all', causedBy('manual')),
    refused: Object.keys(USES),
  },
];
