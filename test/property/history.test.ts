import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store, WriteTx } from '../../src/store/index.ts';
import { addCrowd, addSegment, DAY, NOW } from '../store/conformance/fixture.ts';
import { sqliteFixture } from '../store/sqlite-fixture.ts';
import '../helpers/seed.ts';

/*
 * What a store tells of the past is what a plain log of the same commands gives when it is gone
 * through again. `ROLLCALL_LAW_RUNS` says how many are tried.
 */

type Step =
  | { readonly kind: 'add' | 'remove'; readonly contacts: readonly number[]; readonly via: string }
  | { readonly kind: 'clear' | 'deleteSegment' | 'restoreSegment' }
  | { readonly kind: 'deleteContacts'; readonly contacts: readonly number[] }
  | { readonly kind: 'wait'; readonly hours: number };

interface Entry {
  readonly at: number;
  readonly contact: number;
  readonly change: 'joined' | 'left';
  readonly via: string;
}

const CROWD = 6;
const contacts = fc.uniqueArray(fc.integer({ min: 1, max: CROWD }), { minLength: 1, maxLength: 4 });
const via = fc.constantFrom('manual', 'import', 'campaign:welcome');
const changing = fc.record({
  kind: fc.constantFrom('add' as const, 'remove' as const),
  contacts,
  via,
});
const waiting = (least: number) =>
  fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: least, max: 40 }) });

/** The clock only goes forward, and the segment comes and goes as well. */
const forward = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: changing },
    { weight: 4, arbitrary: waiting(0) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteContacts' as const), contacts }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'clear' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'deleteSegment' }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'restoreSegment' }) },
  ),
  { minLength: 4, maxLength: 24 },
);

/** It goes back too. */
const astray = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: changing },
    { weight: 4, arbitrary: waiting(-40) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deleteContacts' as const), contacts }) },
  ),
  { minLength: 4, maxLength: 24 },
);

/** What was done, as a log and as who is where. */
class World {
  readonly store: Store;
  readonly segment: number;
  readonly log: Entry[] = [];
  readonly members = new Set<number>();
  readonly living = new Set(Array.from({ length: CROWD }, (_, index) => index + 1));
  isDeleted = false;
  now = NOW;

  constructor(store: Store, segment: number) {
    this.store = store;
    this.segment = segment;
  }

  async take(step: Step): Promise<void> {
    if (step.kind === 'wait') this.now += step.hours * 3_600_000;
    else await this.store.write(async (tx) => this.#do(tx, step));
  }

  async #do(tx: WriteTx, step: Exclude<Step, { kind: 'wait' }>): Promise<void> {
    const { now, segment } = this;
    const doing = { now, by: 'ada' };
    switch (step.kind) {
      case 'add':
        if (this.isDeleted) return;
        await tx.members.add(segment, step.contacts, { ...doing, via: step.via, runId: null });
        this.#join(
          step.contacts.filter((id) => this.living.has(id)),
          step.via,
        );
        return;
      case 'remove':
        if (this.isDeleted) return;
        await tx.members.remove(segment, step.contacts, { ...doing, via: step.via, runId: null });
        this.#leave(step.contacts, step.via);
        return;
      case 'clear':
        if (this.isDeleted) return;
        await tx.members.remove(segment, 'all', { ...doing, via: 'manual', runId: null });
        this.#leave([...this.members], 'manual');
        return;
      case 'deleteContacts':
        await tx.contacts.delete(step.contacts, doing);
        for (const id of step.contacts) this.living.delete(id);
        this.#before.forEach((id) => !this.living.has(id) && this.#before.delete(id));
        this.#leave(step.contacts, 'deleted');
        return;
      case 'deleteSegment':
        if (this.isDeleted) return;
        await tx.segments.delete(segment, doing);
        this.isDeleted = true;
        this.#before = new Set(this.members);
        this.#leave([...this.members], 'segment-deleted');
        return;
      case 'restoreSegment':
        if (!this.isDeleted) return;
        await tx.segments.restore(segment, 'hot', doing);
        this.isDeleted = false;
        this.#join([...this.#before], 'segment-restored');
        return;
    }
  }

  /** Who was a member when the segment was deleted, and still is a contact. */
  #before = new Set<number>();

  #join(ids: readonly number[], channel: string): void {
    for (const contact of ids)
      if (!this.members.has(contact)) {
        this.members.add(contact);
        this.log.push({ at: this.now, contact, change: 'joined', via: channel });
      }
  }

  #leave(ids: readonly number[], channel: string): void {
    for (const contact of ids)
      if (this.members.delete(contact))
        this.log.push({ at: this.now, contact, change: 'left', via: channel });
  }

  /** By intervals, so that it is defined where the clock went back: see `intervals.ts`. */
  asOf(at: number): number[] {
    const since = new Map<number, number>();
    const there = new Set<number>();
    for (const { contact, change, at: when } of this.log)
      if (change === 'joined') since.set(contact, when);
      else {
        if ((since.get(contact) ?? 0) <= at && at < when) there.add(contact);
        since.delete(contact);
      }
    for (const [contact, when] of since) if (when <= at) there.add(contact);
    return [...there].sort((one, other) => one - other);
  }

  async listed(query: { asOf?: number; leftSince?: number }): Promise<number[]> {
    const ids: number[] = [];
    for (;;) {
      const page = await this.store.read(async (tx) =>
        tx.members.list(this.segment, { ...query, after: ids.at(-1), limit: 2 }),
      );
      ids.push(...page.map(({ contactId }) => contactId));
      if (page.length < 2) return ids;
    }
  }
}

async function withWorld(steps: readonly Step[], work: (world: World) => Promise<void>) {
  const { store, cleanup } = await sqliteFixture();
  try {
    const segment = await store.write(async (tx) => {
      await addCrowd(tx, CROWD);
      return addSegment(tx, 'hot', { kind: 'static' });
    });
    const world = new World(store, segment);
    for (const step of steps) await world.take(step);
    if (world.isDeleted) await world.take({ kind: 'restoreSegment' });
    await work(world);
  } finally {
    await cleanup();
  }
}

/** Instants at, shortly before and after all that happened. */
function instantsOf({ log, now }: World): number[] {
  const all = log.flatMap(({ at }) => [at - 1, at, at + 1]);
  return [...new Set([NOW - DAY, ...all, now + 1])].sort((one, other) => one - other);
}

async function expectPast(world: World, from = Number.MIN_SAFE_INTEGER): Promise<void> {
  const { store, segment } = world;
  const instants = instantsOf(world).filter((at) => at >= from);
  for (const asOf of instants) {
    expect(await world.listed({ asOf })).toEqual(world.asOf(asOf));
    expect(await store.read(async (tx) => tx.members.count(segment, { asOf }))).toBe(
      world.asOf(asOf).length,
    );
  }
  const bounds = instants.map((at) => at + 1);
  expect(await store.read(async (tx) => tx.history.sizes(segment, bounds))).toEqual(
    instants.map((at) => world.asOf(at).length),
  );
}

async function expectMoves(world: World): Promise<void> {
  const { store, segment, log, now } = world;
  const bounds = [
    NOW - 100 * DAY,
    NOW,
    NOW + 30_000_000,
    NOW + DAY,
    NOW + 2 * DAY,
    now + 100 * DAY,
  ].sort((one, other) => one - other);
  const told = await store.read(async (tx) => tx.history.moves(segment, bounds));
  const flat = told.flatMap(({ period, via: channel, joined, left }) => [
    [period, channel, 'joined', joined],
    [period, channel, 'left', left],
  ]);
  const counts = new Map<string, number>();
  for (const { at, via: channel, change } of log) {
    const period = bounds.findLastIndex((bound) => bound <= at);
    const key = JSON.stringify([period, channel, change]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  expect(
    flat
      .filter(([, , , many]) => many !== 0)
      .map((row) => JSON.stringify(row))
      .sort(),
  ).toEqual(
    [...counts].map(([key, many]) => JSON.stringify([...(JSON.parse(key) as []), many])).sort(),
  );
}

const LONG = { timeout: 300_000 };
const RUNS = { numRuns: Number(process.env['ROLLCALL_LAW_RUNS'] ?? 20) };

test('as of any instant, sizes and moves are what a log replays', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(forward, async (steps) => {
      await withWorld(steps, async (world) => {
        await expectPast(world);
        await expectMoves(world);
      });
    }),
    RUNS,
  );
});

test('so they are where the clock goes back', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(astray, async (steps) => {
      await withWorld(steps, async (world) => {
        await expectPast(world);
        await expectMoves(world);
      });
    }),
    RUNS,
  );
});

test('who left since then and is not back is listed by the last time', LONG, async () => {
  await fc.assert(
    fc.asyncProperty(forward, async (steps) => {
      await withWorld(steps, async (world) => {
        const { log, members } = world;
        for (const leftSince of instantsOf(world)) {
          const left = log.filter(
            ({ change, at, contact }) =>
              change === 'left' && at >= leftSince && !members.has(contact),
          );
          expect(await world.listed({ leftSince })).toEqual(
            [...new Set(left.map(({ contact }) => contact))].sort((one, other) => one - other),
          );
        }
      });
    }),
    RUNS,
  );
});

test(
  'a contact is told all its moves, as they were committed, whatever the clock',
  LONG,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(forward, astray), async (steps) => {
        await withWorld(steps, async ({ store, log, living }) => {
          for (const id of living) {
            const moves = await store.read(async (tx) => tx.history.movesOf(id));
            expect(moves.map(({ change, cause }) => [cause.at, cause.via, change])).toEqual(
              log
                .filter(({ contact }) => contact === id)
                .map(({ at, via: channel, change }) => [at, channel, change]),
            );
          }
        });
      }),
      RUNS,
    );
  },
);

test('what is forgotten changes nothing of what is kept', LONG, async () => {
  const part = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(forward, part, async (steps, parts) => {
      await withWorld(steps, async (world) => {
        const { store, segment, now } = world;
        for (const share of [...parts].sort((one, other) => one - other)) {
          const before = NOW + Math.round(((now - NOW) * share) / 100);
          await store.write(async (tx) => {
            await tx.history.forget(before);
            await tx.members.pruneCauses();
            expect(await tx.members.recountCauses([segment])).toEqual(new Map());
          });
          expect(await store.read(async (tx) => tx.history.keptFrom())).toBe(
            before > NOW - 1 ? before : 0,
          );
          await expectPast(world, before);
        }
      });
    }),
    RUNS,
  );
});
