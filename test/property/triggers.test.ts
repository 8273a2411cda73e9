import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addEvent } from '../../src/contact/events.ts';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { orderTriggers } from '../../src/segment/triggers/circles.ts';
import { changeData } from '../../src/segment/triggers/data-change.ts';
import { readTrigger } from '../../src/segment/triggers/definition.ts';
import { getTrigger } from '../../src/segment/triggers/lookup.ts';
import {
  createTrigger,
  editTrigger,
  type TriggerOptions,
} from '../../src/segment/triggers/save.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { Store, WriteTx } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { HOUR, withStore } from '../segment/model/world.ts';

/*
 * Whom triggers move after any sequence of events, points, decisions, SQL and updates, held against
 * a model that knows the rules of docs/triggers.md and nothing of logs and marks.
 */

const START = Date.parse('2026-03-01T10:00:00Z');
const PEOPLE = [1, 2, 3];
const STATIC = ['a', 'b', 'c'] as const;
const SEGMENTS = [...STATIC, 'rich', 'reader'] as const;
type Alias = (typeof SEGMENTS)[number];
type Who = 'hand' | 'trigger';

const RICH = 50;

interface Watch {
  readonly kind: 'event' | 'points' | 'joins' | 'leaves';
  /** A type of events, or the alias of a segment. */
  readonly of: string;
  readonly points: number;
}

interface Actions {
  readonly add: readonly Alias[];
  readonly remove: readonly Alias[];
}

type Given = Watch & Actions & { readonly existing: boolean };

interface ModelTrigger extends Watch, Actions {
  published: boolean;
  /** Events up to this id, and moves up to this number, do not concern it. */
  mark: number;
  moves: number;
  fired: Set<number>;
  above: Set<number>;
}

class Model {
  readonly people = new Set(PEOPLE);
  readonly points = new Map(PEOPLE.map((id) => [id, 0]));
  readonly events = new Map<number, { readonly contact: number; readonly type: string }>();
  lastEvent = 0;
  readonly members = new Map<Alias, Set<number>>(SEGMENTS.map((alias) => [alias, new Set()]));
  readonly out = new Map<Alias, Map<number, Who>>(SEGMENTS.map((alias) => [alias, new Map()]));
  /** Into the dynamic segment that triggers add to. */
  readonly pinned = new Set<number>();
  readonly moves: { segment: Alias; contact: number; change: string }[] = [];
  readonly triggers = new Map<string, ModelTrigger>();

  begin(trigger: Given, published: boolean): ModelTrigger {
    const { existing, ...rest } = trigger;
    const above = existing || trigger.kind !== 'points' ? [] : this.withPoints(trigger.points);
    return {
      ...rest,
      published,
      mark: existing ? 0 : Math.max(0, ...this.events.keys()),
      moves: existing ? 0 : this.moves.length,
      fired: new Set(),
      above: new Set(above),
    };
  }

  withPoints(points: number): number[] {
    return [...this.people].filter((id) => (this.points.get(id) ?? 0) >= points);
  }

  join(segment: Alias, contact: number, who: Who): void {
    const out = map(this.out, segment);
    if (who === 'trigger' && out.get(contact) === 'hand') return;
    out.delete(contact);
    if (segment === 'rich') this.pinned.add(contact);
    this.put(segment, contact);
  }

  leave(segment: Alias, contact: number, who: Who): void {
    const out = map(this.out, segment);
    if (out.get(contact) !== 'hand') out.set(contact, who);
    if (segment === 'rich') this.pinned.delete(contact);
    this.take(segment, contact);
  }

  put(segment: Alias, contact: number): void {
    if (map(this.members, segment).has(contact)) return;
    map(this.members, segment).add(contact);
    this.moves.push({ segment, contact, change: 'joins' });
  }

  take(segment: Alias, contact: number): void {
    if (map(this.members, segment).delete(contact))
      this.moves.push({ segment, contact, change: 'leaves' });
  }

  delete(contact: number): void {
    this.people.delete(contact);
    this.points.delete(contact);
    this.pinned.delete(contact);
    for (const alias of SEGMENTS) {
      map(this.members, alias).delete(contact);
      map(this.out, alias).delete(contact);
    }
    for (const [id, event] of [...this.events]) if (event.contact === contact) this.forgetEvent(id);
    for (const { above } of this.triggers.values()) above.delete(contact);
  }

  forgetEvent(id: number): void {
    this.events.delete(id);
    for (const { fired } of this.triggers.values()) fired.delete(id);
  }

  /** All published triggers once, in this order. */
  fire(order: readonly string[]): void {
    for (const name of order) {
      const trigger = map(this.triggers, name);
      if (!trigger.published) continue;
      for (const contact of this.concerned(trigger)) {
        if (!this.people.has(contact)) continue;
        for (const alias of trigger.add) this.join(alias, contact, 'trigger');
        for (const alias of trigger.remove) this.leave(alias, contact, 'trigger');
      }
    }
  }

  concerned(trigger: ModelTrigger): Set<number> {
    switch (trigger.kind) {
      case 'event': {
        const events = [...this.events].filter(
          ([id, { type }]) => id > trigger.mark && type === trigger.of && !trigger.fired.has(id),
        );
        for (const [id] of events) trigger.fired.add(id);
        return new Set(events.map(([, { contact }]) => contact));
      }
      case 'points': {
        const has = this.withPoints(trigger.points);
        const reached = has.filter((id) => !trigger.above.has(id));
        trigger.above = new Set(has);
        return new Set(reached);
      }
      default: {
        const moves = this.moves.slice(trigger.moves);
        trigger.moves = this.moves.length;
        return new Set(
          moves
            .filter(({ segment, change }) => segment === trigger.of && change === trigger.kind)
            .map(({ contact }) => contact),
        );
      }
    }
  }

  build(): void {
    const rich = [...this.withPoints(RICH), ...this.pinned];
    const isIn = { rich, reader: [...map(this.members, 'a')] };
    for (const alias of ['rich', 'reader'] as const)
      for (const contact of this.people) {
        const belongs = isIn[alias].includes(contact) && !map(this.out, alias).has(contact);
        if (belongs) this.put(alias, contact);
        else this.take(alias, contact);
      }
  }

  update(order: readonly string[]): void {
    for (let before = -1; before !== this.moves.length;) {
      this.build();
      before = this.moves.length;
      this.fire(order);
    }
  }
}

function map<K, V>(of: ReadonlyMap<K, V>, key: K): V {
  const found = of.get(key);
  if (found === undefined) throw new Error(`there is no ${String(key)}`);
  return found;
}

type Step =
  | { readonly kind: 'event'; readonly contact: number; readonly type: string; readonly how: How }
  | {
      readonly kind: 'points';
      readonly contact: number;
      readonly points: number;
      readonly how: How;
    }
  | {
      readonly kind: 'decide';
      readonly contact: number;
      readonly alias: Alias;
      readonly in: boolean;
    }
  | { readonly kind: 'create' | 'edit'; readonly name: string; readonly given: Given }
  | { readonly kind: 'publish'; readonly name: string; readonly published: boolean }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'forget'; readonly event: number }
  | { readonly kind: 'person'; readonly contact: number }
  | { readonly kind: 'unlogged'; readonly contact: number; readonly points: number }
  | { readonly kind: 'update' };

type How = 'command' | 'sql';

const contact = fc.constantFrom(...PEOPLE);
const how = fc.constantFrom<How>('command', 'sql');
const name = fc.constantFrom('t1', 't2', 't3', 't4');
const points = fc.constantFrom(0, 40, 60, 100);
const actions = fc.record({
  add: fc.subarray<Alias>([...STATIC, 'rich'], { maxLength: 2 }),
  remove: fc.subarray<Alias>([...STATIC, 'rich'], { maxLength: 1 }),
});
const watch: fc.Arbitrary<Watch> = fc.oneof(
  fc.record({
    kind: fc.constant('event' as const),
    of: fc.constantFrom('page.hit', 'purchase'),
    points: fc.constant(0),
  }),
  fc.record({
    kind: fc.constant('points' as const),
    of: fc.constant(''),
    points: fc.constantFrom(RICH, 100),
  }),
  fc.record({
    kind: fc.constantFrom('joins' as const, 'leaves' as const),
    of: fc.constantFrom(...SEGMENTS),
    points: fc.constant(0),
  }),
);
const given: fc.Arbitrary<Given> = fc
  .tuple(watch, actions, fc.boolean())
  .map(([one, does, existing]) => ({ ...one, ...does, existing }))
  .filter(
    ({ add, remove }) => add.length + remove.length > 0 && !add.some((one) => remove.includes(one)),
  );

const kind = <K extends string>(word: K) => fc.constant(word);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: kind('event'),
      contact,
      type: fc.constantFrom('page.hit', 'purchase'),
      how,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('points'), contact, points, how }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('decide'),
      contact,
      alias: fc.constantFrom(...STATIC, 'rich' as const),
      in: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: kind('create'), name, given }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('edit'), name, given }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('publish'), name, published: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('drop'), name }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('forget'), event: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('person'), contact }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('unlogged'), contact, points }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('update') }) },
);

function optionsOf({
  kind: when,
  of,
  points: reach,
  existing,
  add,
  remove,
}: Given): TriggerOptions {
  return {
    ...{ existing, add, remove },
    ...(when === 'event' ? { when: of } : {}),
    ...(when === 'points' ? { whenPointsReach: reach } : {}),
    ...(when === 'joins' ? { whenJoins: of } : {}),
    ...(when === 'leaves' ? { whenLeaves: of } : {}),
  };
}

/** The names of all triggers in the order in which they are asked. */
async function orderIn(store: Store): Promise<string[]> {
  return store.read(async (tx) => {
    const triggers = (await tx.triggers.list()).map(readTrigger);
    return orderTriggers(triggers, await tx.segments.list()).ordered.map((one) => one.name);
  });
}

class Round {
  readonly #store: Store;
  readonly #model = new Model();
  #now = START;

  constructor(store: Store) {
    this.#store = store;
  }

  async take(one: Step): Promise<void> {
    this.#now += HOUR;
    switch (one.kind) {
      case 'event':
        return this.#event(one);
      case 'points':
        return this.#points(one);
      case 'decide':
        return this.#decide(one);
      case 'create':
        return this.#create(one);
      case 'edit':
        return this.#edit(one);
      case 'publish':
        return this.#publish(one);
      case 'drop':
        return this.#drop(one);
      case 'forget':
        return this.#forget(one);
      case 'person':
        return this.#person(one);
      case 'unlogged':
        return this.#unlogged(one);
      case 'update':
        return this.#update();
    }
  }

  /** A command asks triggers before what it does as well. */
  async #change(
    by: How,
    work: (tx: WriteTx) => Promise<unknown>,
    inModel: () => void,
  ): Promise<void> {
    const order = await orderIn(this.#store);
    if (by === 'sql') await this.#store.write(work);
    else {
      await changeData(this.#store, { now: this.#now }, work);
      this.#model.fire(order);
    }
    inModel();
    if (by === 'command') this.#model.fire(order);
  }

  async #event(one: Extract<Step, { kind: 'event' }>): Promise<void> {
    if (!this.#model.people.has(one.contact)) return;
    const id = (this.#model.lastEvent += 1);
    const event = { type: one.type, properties: [] };
    await this.#change(
      one.how,
      async (tx) => addEvent(tx, String(one.contact), event, this.#now),
      () => this.#model.events.set(id, one),
    );
  }

  async #points(one: Extract<Step, { kind: 'points' }>): Promise<void> {
    if (!this.#model.people.has(one.contact)) return;
    await this.#change(
      one.how,
      async (tx) => tx.contacts.update([one.contact], { points: one.points }, this.#now),
      () => this.#model.points.set(one.contact, one.points),
    );
  }

  async #decide(one: Extract<Step, { kind: 'decide' }>): Promise<void> {
    if (!this.#model.people.has(one.contact)) return;
    const work = async (tx: WriteTx): Promise<void> => {
      const segment = await getSegment(tx, one.alias);
      const decision = { via: 'manual', now: this.#now, by: 'tester' };
      await (one.in ? addToSegment : removeFromSegment)(tx, segment, [one.contact], decision);
    };
    await this.#change('command', work, () => {
      if (one.in) this.#model.join(one.alias, one.contact, 'hand');
      else this.#model.leave(one.alias, one.contact, 'hand');
    });
  }

  /** What a circle refuses changes nothing. */
  async #save(
    work: (tx: WriteTx) => Promise<unknown>,
    inModel: (model: Model) => void,
  ): Promise<void> {
    const order = await orderIn(this.#store);
    try {
      await changeData(this.#store, { now: this.#now }, work);
    } catch (error) {
      if (error instanceof UserError && error.code === 'TRIGGER_CIRCLE') return;
      throw error;
    }
    this.#model.fire(order);
    inModel(this.#model);
    this.#model.fire(await orderIn(this.#store));
  }

  async #create(one: Extract<Step, { given: Given }>): Promise<void> {
    if (this.#model.triggers.has(one.name)) return;
    const options = { ...optionsOf(one.given), name: one.name };
    await this.#save(
      async (tx) => createTrigger(tx, options, { now: this.#now, by: null }),
      (model) => model.triggers.set(one.name, model.begin(one.given, true)),
    );
  }

  async #edit(one: Extract<Step, { given: Given }>): Promise<void> {
    const known = this.#model.triggers.get(one.name);
    if (known === undefined) return;
    await this.#save(
      async (tx) =>
        editTrigger(tx, await getTrigger(tx, one.name), optionsOf(one.given), this.#now),
      (model) => model.triggers.set(one.name, model.begin(one.given, known.published)),
    );
  }

  async #publish(one: Extract<Step, { kind: 'publish' }>): Promise<void> {
    const known = this.#model.triggers.get(one.name);
    if (known === undefined) return;
    const { published } = one;
    await this.#save(
      async (tx) =>
        editTrigger(tx, await getTrigger(tx, one.name), { existing: false, published }, this.#now),
      (model) => {
        if (published && !known.published)
          model.triggers.set(one.name, model.begin({ ...known, existing: false }, true));
        else known.published = published;
      },
    );
  }

  async #drop(one: Extract<Step, { kind: 'drop' }>): Promise<void> {
    if (!this.#model.triggers.has(one.name)) return;
    await this.#save(
      async (tx) => tx.triggers.delete((await getTrigger(tx, one.name)).id),
      (model) => model.triggers.delete(one.name),
    );
  }

  async #forget({ event }: Extract<Step, { kind: 'forget' }>): Promise<void> {
    this.#model.forgetEvent(event);
    this.#bySql(`delete from events where id = ${event}`);
    await Promise.resolve();
  }

  async #person(one: Extract<Step, { kind: 'person' }>): Promise<void> {
    if (!this.#model.people.has(one.contact) || this.#model.people.size === 1) return;
    await this.#change(
      'command',
      async (tx) => tx.contacts.delete([one.contact], { now: this.#now, by: null }),
      () => this.#model.delete(one.contact),
    );
  }

  /** Nothing is logged: the next run has to ask everybody. */
  async #unlogged(one: Extract<Step, { kind: 'unlogged' }>): Promise<void> {
    if (!this.#model.people.has(one.contact)) return;
    const id = (this.#model.lastEvent += 1);
    this.#model.events.set(id, { contact: one.contact, type: 'page.hit' });
    this.#model.points.set(one.contact, one.points);
    this.#bySql(`
      drop trigger capture_events_insert;
      drop trigger capture_contacts_update;
      insert into events (contact_id, type, occurred_at) values (${one.contact}, 'page.hit', 0);
      update contacts set points = ${one.points} where id = ${one.contact}`);
    await this.#update();
  }

  #bySql(statements: string): void {
    const raw = new Sqlite(this.#store.location);
    try {
      raw.exec(statements);
    } finally {
      raw.close();
    }
  }

  async #update(): Promise<void> {
    const report = await updateSegments(this.#store, { segments: [], now: this.#now });
    expect(report.triggers.filter(({ error }) => error !== null)).toEqual([]);
    this.#model.update(await orderIn(this.#store));
  }

  async check(): Promise<void> {
    const model = this.#model;
    await this.#store.read(async (tx) => {
      for (const alias of SEGMENTS) {
        const { id } = await getSegment(tx, alias);
        const members = await tx.members.list(id, {});
        expect([alias, members.map(({ contactId }) => contactId)]).toEqual([
          alias,
          [...map(model.members, alias)].sort((a, b) => a - b),
        ]);
      }
    });
    expect(this.#records()).toEqual({
      fired: [...model.triggers.values()].reduce((sum, { fired }) => sum + fired.size, 0),
      above: [...model.triggers.values()].reduce((sum, { above }) => sum + above.size, 0),
    });
  }

  #records(): unknown {
    const raw = new Sqlite(this.#store.location, { readonly: true });
    try {
      return raw
        .prepare(
          `select
            (select count(*) from trigger_fired) as fired,
            (select count(*) from trigger_above) as above`,
        )
        .get();
    } finally {
      raw.close();
    }
  }
}

async function worldOf(store: Store): Promise<void> {
  await store.write(async (tx) => {
    for (const id of PEOPLE)
      await tx.contacts.insert({ email: `c${id}@example.org`, points: 0 }, START);
    const action = { now: START, by: null };
    for (const alias of STATIC) await createSegment(tx, { name: alias }, action);
    await createSegment(tx, { name: 'rich', where: `points >= ${RICH}` }, action);
    await createSegment(tx, { name: 'reader', where: 'in segment a' }, action);
  });
  await updateSegments(store, { segments: [], now: START });
}

test('triggers do what a plain model of their rules does', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      await withStore(async (store) => {
        await worldOf(store);
        const round = new Round(store);
        for (const one of steps) {
          await round.take(one);
          await round.check();
        }
      });
    }),
    { numRuns: Number(process.env['ROLLCALL_TRIGGER_ROUNDS'] ?? 40) },
  );
});
