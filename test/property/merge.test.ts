import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachSuppression, suppressContacts } from '../../src/contact/consent.ts';
import { tagContacts } from '../../src/contact/tags.ts';
import { START, readFeed } from '../../src/segment/feed.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { mergeContacts } from '../../src/segment/merge.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import type { Move, Store } from '../../src/store/index.ts';
import { expectTrueCounters } from '../store/conformance/fixture.ts';
import { by, create, HOUR, NOW, segment, storeWith, update } from '../segment/segment-world.ts';

/*
 * What merging leaves after any history, held against a plain model: who is a member now and was at
 * any moment, whose decisions stand, what is known of the one who stays. Who follows joins and
 * leaves never reads a line again otherwise, and ends with the members.
 */

const RUNS = Number(process.env['ROLLCALL_LAW_RUNS'] ?? 8);
const SEGMENTS = ['list', 'hot', 'readers'] as const;
type Alias = (typeof SEGMENTS)[number];
/** The first four have addresses, and no cities but the fourth; the others have nothing. */
const PEOPLE = [1, 2, 3, 4, 5, 6];

interface Pin {
  readonly kind: 'in' | 'out';
  readonly isAction: boolean;
  readonly until: number;
}

interface Person {
  email: string | null;
  city: string | null;
  points: number;
  tags: Set<string>;
  events: number;
  said: Set<string>;
  /** From and until; who is in has no end. */
  readonly times: Record<Alias, [number, number][]>;
  readonly pins: Map<Alias, Pin>;
}

const OPEN = Number.POSITIVE_INFINITY;

class Model {
  readonly people = new Map<number, Person>();
  readonly wishes = new Map<string, Set<string>>();

  get(id: number): Person {
    const person = this.people.get(id);
    if (person === undefined) throw new Error(`the model has no contact ${id}`);
    return person;
  }

  isIn(id: number, alias: Alias, asOf?: number): boolean {
    return this.get(id).times[alias].some(([from, until]) =>
      asOf === undefined ? until === OPEN : from <= asOf && asOf < until,
    );
  }

  move(id: number, alias: Alias, isIn: boolean, now: number): void {
    const { times } = this.get(id);
    if (isIn === this.isIn(id, alias)) return;
    if (isIn) times[alias].push([now, OPEN]);
    else times[alias] = times[alias].map(([from, until]) => [from, until === OPEN ? now : until]);
  }

  standing(id: number, alias: Alias, now: number): Pin | undefined {
    const pin = this.get(id).pins.get(alias);
    return pin === undefined || pin.until <= now ? undefined : pin;
  }

  suppress(id: number, reason: string): void {
    const { email, said } = this.get(id);
    said.add(reason);
    if (email !== null) this.wishes.set(email, (this.wishes.get(email) ?? new Set()).add(reason));
  }

  /** One that stands gives way to a hand, and gets another end from its like. */
  remove(id: number, alias: Alias, pin: Pin, now: number): void {
    const before = this.standing(id, alias, now);
    const gives = before?.kind !== 'out' || (before.isAction && !pin.isAction);
    const ends = before?.isAction === pin.isAction && pin.until !== OPEN;
    if (gives || ends) this.get(id).pins.set(alias, pin);
  }

  update(now: number): void {
    for (const [id, { pins }] of this.people)
      for (const alias of SEGMENTS)
        if (this.standing(id, alias, now) === undefined) pins.delete(alias);
    for (const id of this.people.keys()) this.decide(id, 'hot', this.get(id).tags.has('x'), now);
    for (const id of this.people.keys())
      this.decide(id, 'readers', this.isIn(id, 'list') || this.isIn(id, 'hot'), now);
  }

  decide(id: number, alias: Alias, matches: boolean, now: number): void {
    const pin = this.get(id).pins.get(alias);
    this.move(id, alias, pin === undefined ? matches : pin.kind === 'in', now);
  }

  merge(winner: number, losers: readonly number[], now: number): void {
    const all = [winner, ...losers].map((id) => this.get(id));
    const one = this.get(winner);
    const addresses = all.flatMap(({ email }) => email ?? []);
    for (const alias of SEGMENTS) this.mergeIn(alias, winner, losers, now);
    one.email = all.find(({ email }) => email !== null)?.email ?? null;
    one.city = all.find(({ city }) => city !== null)?.city ?? null;
    one.tags = new Set(all.flatMap(({ tags }) => [...tags]));
    one.events = all.reduce((sum, { events }) => sum + events, 0);
    one.said = new Set(all.flatMap(({ said }) => [...said]));
    for (const address of addresses)
      if (one.said.size > 0) this.wishes.set(address, new Set(one.said));
    for (const id of losers) this.people.delete(id);
  }

  mergeIn(alias: Alias, winner: number, losers: readonly number[], now: number): void {
    const one = this.get(winner);
    const wasIn = [winner, ...losers].some((id) => this.isIn(id, alias));
    const [pin] = [winner, ...losers]
      .flatMap((id) => this.standing(id, alias, now) ?? [])
      .sort(
        (a, b) =>
          Number(b.kind === 'out') - Number(a.kind === 'out') ||
          Number(a.isAction) - Number(b.isAction) ||
          (a.until === b.until ? 0 : b.until - a.until),
      );
    for (const id of losers) {
      this.move(id, alias, false, now);
      one.times[alias].push(...this.get(id).times[alias]);
    }
    if (pin !== undefined) one.pins.set(alias, pin);
    if (pin !== undefined) this.move(winner, alias, pin.kind === 'in', now);
    else if (alias === 'list') this.move(winner, alias, wasIn, now);
  }
}

const which = fc.nat(5);
const step = fc.oneof(
  fc.record({ kind: fc.constantFrom('tag', 'event', 'suppress'), which, other: fc.nat(1) }),
  fc.record({
    kind: fc.constantFrom('add', 'remove', 'add', 'remove'),
    which,
    other: fc.nat(5), // the segment, the channel, and whether it ends
  }),
  fc.record({ kind: fc.constantFrom('update', 'wait'), which, other: which }),
  fc.record({ kind: fc.constant('merge'), which, other: which }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Scene {
  readonly store: Store;
  readonly model: Model;
  readonly now: number;
  readonly id: number;
  readonly other: number;
  readonly ids: readonly number[];
}

const STEPS: Record<string, (scene: Scene) => Promise<unknown>> = {
  async tag({ store, model, now, id, other }) {
    const tag = other === 0 ? 'x' : 'y';
    await store.write(async (tx) => tagContacts(tx, [id], [tag], now));
    model.get(id).tags.add(tag);
  },
  async event({ store, model, now, id }) {
    const event = { contactId: id, type: 'buy', occurredAt: now };
    const rest = { subject: null, value: null, properties: null, externalId: null };
    await store.write(async (tx) => tx.events.insert([{ ...event, ...rest }], now));
    model.get(id).events += 1;
  },
  async suppress({ store, model, now, id, other }) {
    const reason = other === 0 ? 'manual' : 'unsubscribed';
    await store.write(async (tx) => suppressContacts(tx, [id], ['email'], reason, now));
    model.suppress(id, reason);
  },
  async add({ store, model, now, id, other }) {
    const alias = other % 2 === 0 ? 'list' : 'hot';
    await store.write(async (tx) => addToSegment(tx, await getSegment(tx, alias), [id], by(now)));
    const isOver = model.standing(id, alias, now)?.kind !== 'in';
    if (alias === 'list') model.get(id).pins.delete(alias);
    else if (isOver) model.get(id).pins.set(alias, { kind: 'in', isAction: false, until: OPEN });
    if (alias === 'list' || isOver) model.move(id, alias, true, now);
  },
  async remove({ store, model, now, id, other }) {
    const alias = other % 2 === 0 ? 'list' : 'hot';
    const isAction = other === 2;
    const until = other === 4 ? now + 2 * HOUR : undefined;
    const decision = { ...by(now, isAction ? 'api:x' : 'manual'), until };
    await store.write(async (tx) =>
      removeFromSegment(tx, await getSegment(tx, alias), [id], decision),
    );
    model.remove(id, alias, { kind: 'out', isAction, until: until ?? OPEN }, now);
    model.move(id, alias, false, now);
  },
  async update({ store, model, now }) {
    await update(store, now);
    model.update(now);
  },
  wait: async () => Promise.resolve(),
  async merge({ store, model, now, id, other, ids }) {
    const losers = [...new Set([ids[other % ids.length]!, ids.at(-1)!])].filter(
      (one) => one !== id,
    );
    if (losers.length === 0) return;
    await mergeContacts(store, { winner: id, losers }, { now, by: 'tester', isDry: other === 5 });
    if (other !== 5) model.merge(id, losers, now);
  },
};

async function movesIn(store: Store): Promise<Omit<Move, 'email' | 'segment'>[]> {
  const moves: Omit<Move, 'email' | 'segment'>[] = [];
  for await (const page of readFeed(store, { segments: [], since: START }))
    moves.push(...page.moves.map(({ email: _, segment: __, ...move }) => move));
  return moves;
}

async function peopleIn(store: Store, now: number) {
  return store.read(async (tx) => {
    const rows = await tx.contacts.list({}, ['email', 'city', 'points', 'tags']);
    return Promise.all(
      rows.map(async ({ id, ...values }) => ({
        ...{ id, ...values },
        events: (await tx.events.list({ contactId: id })).length,
        said: (await tx.contacts.suppressions([id])).map(({ reason }) => reason),
        pins: (
          await Promise.all(SEGMENTS.map(async (alias) => pinOf(store, alias, id, now)))
        ).flat(),
      })),
    );

    async function pinOf(_: Store, alias: Alias, id: number, at: number): Promise<string[]> {
      const found = (await tx.segments.list()).find((one) => one.alias === alias);
      const pins = await tx.pins.of(found?.id ?? 0, [id]);
      return pins
        .filter(({ until }) => until === null || until > at)
        .map(({ kind, via, until }) => pinText(alias, kind, via === 'api:x', until ?? OPEN));
    }
  });
}

function pinText(alias: Alias, kind: string, isAction: boolean, until: number): string {
  return `${alias} ${kind} ${isAction ? 'action' : 'hand'} ${until}`;
}

function peopleOf(model: Model, now: number) {
  return [...model.people]
    .sort(([a], [b]) => a - b)
    .map(([id, { email, city, points, tags, events, said }]) => ({
      ...{ id, email, city, points, events },
      tags: tags.size === 0 ? null : [...tags].sort().join('|'),
      said: [...said].sort(),
      pins: SEGMENTS.flatMap((alias) => {
        const pin = model.standing(id, alias, now);
        return pin === undefined ? [] : [pinText(alias, pin.kind, pin.isAction, pin.until)];
      }),
    }));
}

async function membersAsOf(store: Store, asOf: number | undefined): Promise<string[]> {
  const all: string[] = [];
  for (const alias of SEGMENTS) {
    const { id } = await segment(store, alias);
    const rows = await store.read(async (tx) => tx.members.list(id, { asOf }));
    all.push(...rows.map(({ contactId }) => `${alias} ${contactId}`));
  }
  return all.sort();
}

function modelAsOf(model: Model, asOf: number | undefined): string[] {
  return [...model.people.keys()]
    .flatMap((id) =>
      SEGMENTS.filter((alias) => model.isIn(id, alias, asOf)).map((alias) => `${alias} ${id}`),
    )
    .sort();
}

async function wishesIn(store: Store): Promise<string[]> {
  const wishes: string[] = [];
  for await (const { value, reason } of eachSuppression(store)) wishes.push(`${value} ${reason}`);
  return wishes.sort();
}

async function makeScene(): Promise<{ store: Store; model: Model }> {
  const store = await storeWith([1, 2, 3, 4]);
  const model = new Model();
  await store.write(async (tx) => {
    for (const id of [5, 6]) await tx.contacts.insert({ points: id }, NOW);
    await tx.contacts.update([4], { city: 'Lyon' }, NOW);
  });
  for (const id of PEOPLE)
    model.people.set(id, {
      email: id <= 4 ? `c${id}@example.org` : null,
      city: id === 4 ? 'Lyon' : null,
      ...{ points: id, tags: new Set<string>(), events: 0, said: new Set<string>() },
      ...{ times: { list: [], hot: [], readers: [] }, pins: new Map<Alias, Pin>() },
    });
  await create(store, 'list');
  await create(store, 'hot', { where: 'tagged "x"' });
  await create(store, 'readers', { where: 'in segment list or in segment hot' });
  await update(store, NOW);
  return { store, model };
}

test('law: who is merged is one person, now and at any moment before, and no line is told twice', async () => {
  const steps = fc.array(step, { minLength: 25, maxLength: 40, size: 'max' });
  await fc.assert(fc.asyncProperty(steps, live), { numRuns: RUNS, endOnFailure: true });
}, 600_000);

async function live(steps: readonly Step[]): Promise<void> {
  const { store, model } = await makeScene();
  const moments: number[] = [];
  let told: Awaited<ReturnType<typeof movesIn>> = [];
  for (const [index, { kind, which: at, other }] of steps.entries()) {
    const now = (moments.at(-1) ?? NOW) + (kind === 'wait' ? HOUR : 1000);
    const ids = [...model.people.keys()];
    await STEPS[kind]!({ store, model, now, id: ids[at % ids.length]!, other, ids });
    moments.push(now);
    const said = JSON.stringify(steps.slice(0, index + 1));
    await expectPresent(store, model, now, said);
    const moves = await movesIn(store);
    expect(moves.slice(0, told.length), said).toEqual(told);
    told = moves;
  }
  await expectPast(store, model, moments);
  await expectTruth(store, moments.at(-1) ?? NOW);
}

async function expectPresent(store: Store, model: Model, now: number, said: string): Promise<void> {
  expect(await peopleIn(store, now), said).toEqual(peopleOf(model, now));
  expect(await membersAsOf(store, undefined), said).toEqual(modelAsOf(model, undefined));
}

async function expectPast(store: Store, model: Model, moments: readonly number[]): Promise<void> {
  for (const moment of moments)
    expect(await membersAsOf(store, moment)).toEqual(modelAsOf(model, moment));
  expect(await wishesIn(store)).toEqual(wishesOf(model));
}

function wishesOf({ wishes }: Model): string[] {
  return [...wishes]
    .flatMap(([address, said]) => [...said].map((one) => `${address} ${one}`))
    .sort();
}

/** The feed gives the members, all counters hold, and a full build finds nothing to change. */
async function expectTruth(store: Store, now: number): Promise<void> {
  const members = new Set<string>();
  const aliases = new Map(
    (await store.read(async (tx) => tx.segments.list())).map(({ id, alias }) => [id, alias]),
  );
  for (const { segmentId, contactId, change } of await movesIn(store)) {
    const one = `${aliases.get(segmentId)} ${contactId}`;
    expect(members.has(one)).toBe(change === 'left');
    if (change === 'joined') members.add(one);
    else members.delete(one);
  }
  expect([...members].sort()).toEqual(await membersAsOf(store, undefined));
  await store.read(expectTrueCounters);
  const report = await verifySegments(store, { segments: [], now });
  expect(report.segments.filter(({ missing, extra }) => missing.length + extra.length > 0)).toEqual(
    [],
  );
}
