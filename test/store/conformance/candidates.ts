import { describe, expect } from 'vitest';
import type {
  CandidateBuild,
  CandidateQuery,
  Candidates,
  DifferencesWriter,
  FieldPlace,
  NewEvent,
  Reads,
  Slice,
  Store,
  WriteTx,
} from '../../../src/store/index.ts';
import {
  ALL,
  addContacts,
  addSegment,
  causedBy,
  countCandidates,
  DAY,
  EVERYBODY,
  expectTrueCounters,
  type MakeStore,
  memberIds,
  NOBODY,
  NOW,
  pointsAtLeast,
  PROFILE,
  reading,
  rebuildCandidates,
  storeTest,
  setPins,
} from './fixture.ts';

const PLENTY = 1_000;

interface World {
  readonly store: Store;
  readonly segment: number;
  readonly other: number;
  /** Contacts 1 to 6; 1 and 2 work for the one company, 3 for the other. */
  readonly ids: readonly number[];
  readonly companies: readonly number[];
}

/** A store in which nothing has changed yet since a run began. */
async function quietWorld(store: Store): Promise<World> {
  return store.write(async (tx) => {
    const companies = [
      await tx.companies.insert({ name: 'Acme' }, NOW),
      await tx.companies.insert({ name: 'Zeta' }, NOW + DAY),
    ];
    const ids = await addContacts(
      tx,
      ...[0, 0, 1, null, null, null].map((at) =>
        at === null ? {} : { company_id: companies[at]! },
      ),
    );
    await tx.contacts.tag(ids.slice(0, 2), ['vip'], NOW);
    const [segment, other] = [await addSegment(tx, 'watched'), await addSegment(tx, 'other')];
    await tx.changes.open();
    return { store, segment, other, ids, companies };
  });
}

async function queryOf(
  tx: WriteTx,
  { segment }: World,
  more: Partial<CandidateQuery> = {},
): Promise<CandidateQuery> {
  return {
    segmentId: segment,
    since: await tx.changes.watermark(),
    reads: [],
    segments: [],
    slices: [],
    ...more,
  };
}

/**
 * Who the candidates are that exist: those who join a segment of their own when its filter holds
 * for everybody.
 */
async function candidates(tx: WriteTx, query: CandidateQuery): Promise<number[]> {
  const probe = await addSegment(tx, `probe-${Math.random()}`);
  const differences = await tx.differences();
  const found = await differences.find(query, PLENTY);
  const { joined } = await rebuildCandidates(
    differences,
    found,
    { segmentId: probe, match: EVERYBODY },
    { ...causedBy('filter'), unread: [probe] },
  );
  expect(found.found).toBeGreaterThanOrEqual(joined);
  return memberIds(tx, probe);
}

/**
 * The candidates by their place among `ids`, from 1, after `work`; the query's watermark is from
 * before it.
 */
async function after(
  world: World,
  work: (tx: WriteTx) => Promise<unknown>,
  more: Partial<CandidateQuery>,
): Promise<string> {
  return world.store.write(async (tx) => {
    const query = await queryOf(tx, world, more);
    await work(tx);
    return (await candidates(tx, query)).map((id) => world.ids.indexOf(id) + 1).join(' ');
  });
}

const visit = (contactId: number, occurredAt = NOW, type = 'web.visit'): NewEvent => ({
  contactId,
  type,
  subject: null,
  value: null,
  occurredAt,
  properties: null,
  externalId: null,
});
const created = (object: 'contact' | 'company'): FieldPlace => ({
  kind: 'field',
  object,
  column: 'created_at',
});
const pin = {
  kind: 'in',
  via: 'manual',
  by: null,
  reason: null,
  until: null,
  createdAt: NOW,
} as const;

export function candidatesConformance(makeStore: MakeStore): void {
  describe('candidates are nominated', () => {
    storeTest(makeStore, 'by nothing while nothing changes', async (store) => {
      const world = await quietWorld(store);
      expect(
        await after(world, async () => undefined, { reads: [ALL], segments: [world.other] }),
      ).toBe('');
    });

    storeTest(makeStore, 'by being new or deleted, whatever is read', async (store) => {
      const world = await quietWorld(store);
      const { segment, ids } = world;
      await store.write(async (tx) => {
        await tx.members.add(segment, ids, { ...causedBy('manual'), unread: [segment] });
        const query = await queryOf(tx, world);
        const [fresh] = await addContacts(tx, {});
        await tx.contacts.delete([ids[5]!], { now: NOW, by: null });
        const differences = await tx.differences();
        const found = await differences.find(query, PLENTY);
        expect(found.found).toBe(2);
        const build = { segmentId: segment, match: EVERYBODY };
        expect(await rebuildCandidates(differences, found, build, causedBy('filter'))).toEqual({
          joined: 1,
          left: 0,
        });
        expect(await memberIds(tx, segment)).toEqual([...ids.slice(0, 5), fresh]);
        await expectTrueCounters(tx);
      });
    });

    storeTest(
      makeStore,
      'by a change of each kind that is read, and of no other',
      async (store) => {
        const world = await quietWorld(store);
        const { ids, companies } = world;
        const everyKind = async (tx: WriteTx): Promise<void> => {
          await tx.contacts.update([ids[3]!], { points: 7 }, NOW);
          await tx.contacts.tag([ids[4]!], ['beta'], NOW);
          await tx.events.insert([visit(ids[5]!, NOW, 'email.sent')], NOW);
          await tx.companies.update([companies[0]!], { city: 'Lyon' }, NOW);
        };
        const since = await store.read(async (tx) => tx.changes.watermark());
        expect(await after(world, everyKind, { reads: [] })).toBe('');
        const some = {
          points: { profile: [18] },
          city: { profile: [11] },
          tags: { tags: true },
          consent: { consent: true },
          mails: { eventTypes: ['email.sent'] },
          visits: { eventTypes: ['web.visit'] },
          company: { company: true },
        };
        const found: Record<string, string> = {};
        for (const [name, one] of Object.entries(some))
          found[name] = await after(world, async () => undefined, { reads: [reading(one)], since });
        expect(found).toEqual({
          points: '4',
          city: '',
          tags: '5',
          consent: '',
          mails: '6',
          visits: '',
          company: '1 2',
        });
        expect(
          await after(world, async () => undefined, {
            reads: Object.values(some).map(reading),
            since,
          }),
        ).toBe('1 2 4 5 6');
      },
    );

    storeTest(
      makeStore,
      'for those of several that read what changed, each with those in slices besides',
      async (store) => {
        const world = await quietWorld(store);
        const { ids } = world;
        await store.write(async (tx) => {
          const [points, city, both, visits] = [
            reading({ profile: [18] }),
            reading({ profile: [11] }),
            reading({ profile: [11, 18] }),
            reading({ eventTypes: ['web.visit'] }),
          ];
          const query = await queryOf(tx, world, { reads: [points, city, both, visits] });
          await tx.contacts.update([ids[0]!], { points: 3 }, NOW);
          await tx.contacts.update([ids[1]!], { city: 'Lyon' }, NOW);
          await tx.contacts.update([ids[1]!], { points: 4 }, NOW);
          await tx.contacts.update([ids[2]!], { title: 'Dr' }, NOW);
          const [fresh] = await addContacts(tx, { points: 1 });
          const differences = await tx.differences();
          const found = await differences.find(query, PLENTY);
          expect(found.found).toBe(3);
          const all: Slice = { kind: 'instants', place: created('contact'), low: NOW, high: NOW };
          const counts: number[][] = [];
          for (const one of [points, city, both, visits])
            counts.push([
              await found.count(one),
              (await found.inSlices([{ slices: [all], reads: one }], PLENTY)).found,
            ]);
          expect(counts).toEqual([
            [3, 4],
            [2, 5],
            [3, 4],
            [1, 6],
          ]);
          expect(await joiningBy(tx, { differences, found }, [points, city, both, visits])).toEqual(
            [[ids[0], ids[1], fresh], [ids[1], fresh], [ids[0], ids[1], fresh], [fresh]],
          );
        });
      },
    );

    storeTest(
      makeStore,
      'by a company for all who work there now, by a link that moved for who moved',
      async (store) => {
        const world = await quietWorld(store);
        const { ids, companies } = world;
        expect(
          await after(world, async (tx) => tx.companies.delete([companies[1]!]), {
            reads: [reading({ company: true })],
          }),
        ).toBe('3');
        await store.write(async (tx) => tx.changes.open());
        expect(
          await after(
            world,
            async (tx) => tx.contacts.update([ids[3]!], { company_id: companies[0]! }, NOW),
            { reads: [reading({ company: true })] },
          ),
        ).toBe('4');
        await store.write(async (tx) => tx.changes.open());
        expect(
          await after(
            world,
            async (tx) => tx.companies.update([companies[0]!], { city: 'Rome' }, NOW),
            { reads: [reading({ company: true })] },
          ),
        ).toBe('1 2 4');
      },
    );

    storeTest(
      makeStore,
      'by their pins in the segment itself, put there, replaced and taken away',
      async (store) => {
        const world = await quietWorld(store);
        const { segment, other, ids } = world;
        const setTwo = async (tx: WriteTx): Promise<void> => {
          await setPins(tx, segment, [ids[0]!], pin);
          await setPins(tx, other, [ids[1]!], pin);
        };
        expect(await after(world, setTwo, {})).toBe('1');
        await store.write(async (tx) => tx.changes.open());
        expect(
          await after(
            world,
            async (tx) => setPins(tx, segment, [ids[0]!], { ...pin, until: NOW + DAY }),
            {},
          ),
        ).toBe('1');
        await store.write(async (tx) => tx.changes.open());
        expect(await after(world, async (tx) => tx.pins.clear(segment, 'all'), {})).toBe('1');
      },
    );

    storeTest(makeStore, 'by joining and leaving the segments that are read', async (store) => {
      const world = await quietWorld(store);
      const { segment, other, ids } = world;
      const members = async (tx: WriteTx): Promise<void> => {
        await tx.members.add(other, ids.slice(0, 3), causedBy('manual'));
        await tx.members.remove(other, [ids[0]!], causedBy('manual'));
      };
      const since = await store.read(async (tx) => tx.changes.watermark());
      expect(await after(world, members, { segments: [other] })).toBe('1 2 3');
      expect(await after(world, async () => undefined, { since, segments: [segment] })).toBe('');
      expect(await after(world, async () => undefined, { since, segments: [segment, other] })).toBe(
        '1 2 3',
      );
      // a watermark after them has seen them
      expect(await after(world, async () => undefined, { segments: [other] })).toBe('');
    });

    storeTest(makeStore, 'by a date in a slice, both ends included', async (store) => {
      const world = await quietWorld(store);
      const { ids } = world;
      await store.write(async (tx) => {
        await tx.fields.add(
          {
            object: 'contact',
            alias: 'renewal',
            label: 'Renewal',
            type: 'date',
            options: [],
            unique: false,
            indexed: false,
          },
          NOW,
        );
        await tx.fields.add(
          {
            object: 'company',
            alias: 'founded',
            label: 'Founded',
            type: 'date',
            options: [],
            unique: false,
            indexed: false,
          },
          NOW,
        );
        for (const [index, renewal] of [
          '2026-03-01',
          '2026-03-02',
          '2026-03-03',
          '2024-02-29',
          '2025-02-28',
        ].entries())
          await tx.contacts.update([ids[index]!], { renewal }, NOW);
        for (const [index, founded] of ['1999-03-02', '2001-04-02'].entries())
          await tx.companies.update([world.companies[index]!], { founded }, NOW);
        await tx.changes.open();
      });
      const renewal: FieldPlace = { kind: 'field', object: 'contact', column: 'renewal' };
      const birthday: FieldPlace = { ...renewal, kind: 'anniversary' };
      const founded: FieldPlace = { kind: 'field', object: 'company', column: 'founded' };
      const slices: [Slice, string][] = [
        [{ kind: 'days', place: renewal, low: '2026-03-01', high: '2026-03-02' }, '1 2'],
        [{ kind: 'days', place: renewal, low: '2026-03-02', high: '2026-03-02' }, '2'],
        [{ kind: 'days', place: renewal, low: '2026-03-04', high: '2027-01-01' }, ''],
        [{ kind: 'monthDays', place: birthday, low: '02-28', high: '03-01' }, '1 4 5'],
        [{ kind: 'monthDays', place: birthday, low: '03-03', high: '12-31' }, '3'],
        [{ kind: 'days', place: founded, low: '2001-04-02', high: '2001-04-03' }, '3'],
        [
          {
            kind: 'monthDays',
            place: { ...founded, kind: 'anniversary' },
            low: '03-01',
            high: '03-02',
          },
          '1 2',
        ],
        [{ kind: 'instants', place: created('contact'), low: NOW, high: NOW }, '1 2 3 4 5 6'],
        [{ kind: 'instants', place: created('contact'), low: NOW + 1, high: NOW + DAY }, ''],
        [{ kind: 'instants', place: created('company'), low: NOW + 1, high: NOW + DAY }, '3'],
      ];
      for (const [slice, expected] of slices)
        expect([slice, await after(world, async () => undefined, { slices: [slice] })]).toEqual([
          slice,
          expected,
        ]);
      expect(
        await after(world, async () => undefined, {
          slices: slices.slice(0, 2).map(([slice]) => slice),
        }),
      ).toBe('1 2');
    });

    storeTest(
      makeStore,
      'by an event of the type in a slice, whatever the case of its letters',
      async (store) => {
        const world = await quietWorld(store);
        const { ids } = world;
        await store.write(async (tx) => {
          await tx.events.insert(
            [
              visit(ids[0]!, NOW - 1),
              visit(ids[1]!),
              visit(ids[2]!, NOW + DAY, 'WEB.Visit'),
              visit(ids[3]!, NOW + DAY + 1),
              visit(ids[4]!, NOW, 'order'),
              visit(ids[5]!, NOW, 'CAFÉ'),
            ],
            NOW,
          );
          await tx.changes.open();
        });
        const slice = (eventType: string, low: number, high: number): Slice => ({
          kind: 'instants',
          place: { kind: 'events', eventType },
          low,
          high,
        });
        expect(
          await after(world, async () => undefined, {
            slices: [slice('web.visit', NOW, NOW + DAY)],
          }),
        ).toBe('2 3');
        expect(
          await after(world, async () => undefined, { slices: [slice('café', NOW, NOW + DAY)] }),
        ).toBe('6');
      },
    );

    storeTest(makeStore, 'by a membership that began in a slice', async (store) => {
      const world = await quietWorld(store);
      const { segment, other, ids } = world;
      await store.write(async (tx) => {
        for (const [index, id] of ids.entries())
          await tx.members.add(other, [id], causedBy('manual', NOW + index * DAY));
        await tx.members.add(segment, [ids[5]!], causedBy('manual', NOW + DAY));
        await tx.changes.open();
      });
      await store.prepare([{ kind: 'memberships', segment: other }]);
      const slice: Slice = {
        kind: 'instants',
        place: { kind: 'memberships', segment: other },
        low: NOW + DAY,
        high: NOW + 3 * DAY,
      };
      expect(await after(world, async () => undefined, { slices: [slice] })).toBe('2 3 4');
    });

    storeTest(makeStore, 'once, however many things nominate them', async (store) => {
      const world = await quietWorld(store);
      const { segment, other, ids, companies } = world;
      await store.write(async (tx) => {
        const query = await queryOf(tx, world, {
          reads: [ALL],
          segments: [other],
          slices: [
            { kind: 'instants', place: created('contact'), low: NOW, high: NOW },
            { kind: 'instants', place: created('contact'), low: NOW - DAY, high: NOW },
          ],
        });
        await tx.contacts.update([ids[0]!], { points: 3 }, NOW);
        await tx.contacts.tag([ids[0]!], ['vip', 'beta'], NOW);
        await tx.companies.update([companies[0]!], { city: 'Lyon' }, NOW);
        await tx.events.insert([visit(ids[0]!)], NOW);
        await setPins(tx, segment, [ids[0]!], pin);
        await tx.members.add(other, [ids[0]!], causedBy('manual'));
        expect(await countCandidates(tx, query)).toBe(ids.length);
        // and a colleague
        expect(await countCandidates(tx, { ...query, slices: [] })).toBe(2);
      });
    });

    storeTest(makeStore, 'by slices alone, apart from those found before', async (store) => {
      const world = await quietWorld(store);
      const { ids } = world;
      await store.write(async (tx) => {
        const query = await queryOf(tx, world, { reads: [PROFILE] });
        await tx.contacts.update(ids.slice(0, 2), { points: 3 }, NOW);
        const differences = await tx.differences();
        const found = await differences.find(query, PLENTY);
        const all: Slice = { kind: 'instants', place: created('contact'), low: NOW, high: NOW };
        expect([
          found.found,
          (await found.inSlices([{ slices: [all], reads: PROFILE }], PLENTY)).found,
          (await found.inSlices([{ slices: [], reads: PROFILE }], PLENTY)).found,
          (await found.inSlices([{ slices: [all, all], reads: PROFILE }], 2)).found,
          (await found.inSlices([{ slices: [all, all], reads: PROFILE }], 4)).found,
        ]).toEqual([2, 4, 0, 3, 4]);
        const inSlices = await found.inSlices([{ slices: [all], reads: PROFILE }], PLENTY);
        const probe = await addSegment(tx, 'probe');
        const build = { segmentId: probe, reads: PROFILE, match: EVERYBODY };
        await differences.decide(inSlices, [{ ...build, part: 0 }]);
        expect(await differences.ids(probe, 'joining', {})).toEqual(ids.slice(2));
        await differences.decide(found, [build]);
        expect(await differences.ids(probe, 'joining', {})).toEqual(ids);
        const others = await tx.differences();
        expect(await others.ids(probe, 'joining', {})).toEqual([]);
      });
    });

    storeTest(makeStore, 'up to one more than the limit, from whatever source', async (store) => {
      const world = await quietWorld(store);
      const { ids } = world;
      const slices: Slice[] = [NOW, NOW - DAY, NOW - 2 * DAY].map((low) => ({
        kind: 'instants',
        place: created('contact'),
        low,
        high: NOW,
      }));
      await store.write(async (tx) => {
        const query = await queryOf(tx, world, { reads: [PROFILE], slices });
        await tx.contacts.update(ids.slice(0, 2), { points: 3 }, NOW);
        const found: number[] = [];
        for (const limit of [0, 1, 2, 3, 5, 6, 7])
          found.push(await countCandidates(tx, query, limit));
        expect(found).toEqual([1, 2, 3, 4, 6, 6, 6]);
      });
    });
  });

  describe('a rebuild of candidates', () => {
    storeTest(
      makeStore,
      'leaves everybody else as they are, follows pins, and keeps counters and history',
      async (store) => {
        const world = await quietWorld(store);
        const { segment, ids } = world;
        await store.write(async (tx) => {
          await tx.members.add(segment, ids.slice(0, 4), {
            ...causedBy('filter'),
            unread: [segment],
          });
          const query = await queryOf(tx, world, { reads: [PROFILE] });
          await tx.contacts.update([ids[0]!, ids[4]!], { points: 9 }, NOW); // one stays, one joins
          // one leaves, one is pinned in
          await tx.contacts.update([ids[1]!, ids[2]!], { points: 1 }, NOW);
          await setPins(tx, segment, [ids[2]!, ids[5]!], pin);
          await setPins(tx, segment, [ids[4]!], { ...pin, kind: 'out' });
          await tx.contacts.delete([ids[3]!], { now: NOW, by: null });
          const differences = await tx.differences();
          const found = await differences.find(query, PLENTY);
          expect(found.found).toBe(6);
          expect(
            await rebuildCandidates(
              differences,
              found,
              { segmentId: segment, match: pointsAtLeast(5) },
              causedBy('filter', NOW + DAY, 4),
            ),
          ).toEqual({ joined: 1, left: 1 });
          expect(
            (await tx.members.list(segment, {})).map(({ contactId, since, via }) => [
              ids.indexOf(contactId) + 1,
              since,
              via,
            ]),
          ).toEqual([
            [1, NOW, 'filter'],
            [3, NOW, 'filter'],
            [6, NOW + DAY, 'manual'],
          ]);
          expect(await memberIds(tx, segment, NOW)).toEqual([ids[0], ids[1], ids[2]]);
          await expectTrueCounters(tx);
        });
      },
    );

    storeTest(makeStore, 'touches nobody when there are none', async (store) => {
      const world = await quietWorld(store);
      await store.write(async (tx) => {
        await tx.members.add(world.segment, world.ids, causedBy('manual'));
        const differences = await tx.differences();
        const found = await differences.find(await queryOf(tx, world), PLENTY);
        expect(found.found).toBe(0);
        const build = { segmentId: world.segment, match: NOBODY };
        expect(await rebuildCandidates(differences, found, build, causedBy('filter'))).toEqual({
          joined: 0,
          left: 0,
        });
        expect(await tx.members.count(world.segment)).toBe(6);
      });
    });
  });
}

/** Who joins segments that take in everybody, by what each reads. */
async function joiningBy(
  tx: WriteTx,
  { differences, found }: { readonly differences: DifferencesWriter; readonly found: Candidates },
  reads: readonly Reads[],
): Promise<number[][]> {
  const builds: CandidateBuild[] = [];
  for (const [index, each] of reads.entries()) {
    const segmentId = await addSegment(tx, `reader-${index}`);
    builds.push({ segmentId, reads: each, match: EVERYBODY });
  }
  await differences.decide(found, builds);
  return Promise.all(
    builds.map(async ({ segmentId }) => differences.ids(segmentId, 'joining', {})),
  );
}
