import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCondition } from '../../src/contact/where.ts';
import { convertSegment } from '../../src/segment/conversion.ts';
import { createSegment, editSegment } from '../../src/segment/definition.ts';
import { setFilter } from '../../src/segment/filters.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import {
  addToSegment,
  clearSegment,
  type MemberChange,
  removeFromSegment,
  unpinFromSegment,
} from '../../src/segment/members.ts';
import { addSelected, removeSelected } from '../../src/segment/selected-members.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import type { SegmentRow, Store, WriteTx } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { HOUR, withStore } from '../segment/model/world.ts';

/*
 * Who is a member and who is removed after any sequence of decisions, imports, conversions and
 * updates, held against a model that knows the rules of docs/segments.md and nothing of how they
 * are kept.
 */

const START = Date.parse('2026-03-01T10:00:00Z');
const PEOPLE = [1, 2, 3, 4, 5];
const MATCHING = [1, 2];
const ALIASES = ['list', 'hot'] as const;
const HANDS = ['manual', 'preference-center'];
const ACTIONS = ['campaign:c', 'form', 'points', 'api:x'];

interface Pin {
  readonly kind: 'in' | 'out';
  readonly via: string;
  readonly until: number | null;
}

class Model {
  isDynamic: boolean;
  isPublished = true;
  readonly members = new Set<number>();
  readonly pins = new Map<number, Pin>();

  constructor(isDynamic: boolean) {
    this.isDynamic = isDynamic;
  }

  standing(contact: number, now: number): Pin | undefined {
    const pin = this.pins.get(contact);
    return pin === undefined || (pin.until !== null && pin.until <= now) ? undefined : pin;
  }

  /** What is left of it once an update has run. */
  update(now: number): void {
    for (const contact of [...this.pins.keys()])
      if (this.standing(contact, now) === undefined) this.pins.delete(contact);
    if (!this.isDynamic || !this.isPublished) return;
    for (const contact of PEOPLE) {
      const kind = this.pins.get(contact)?.kind;
      if (kind === 'in' || (kind === undefined && MATCHING.includes(contact)))
        this.members.add(contact);
      else this.members.delete(contact);
    }
  }
}

type Step =
  | {
      readonly kind: 'add' | 'remove';
      readonly at: number;
      readonly who: readonly number[];
      readonly via: string;
      readonly hours: number | null | undefined;
      readonly override: boolean;
      /** Whom a filter names, not each of them. */
      readonly isBulk: boolean;
    }
  | { readonly kind: 'unpin'; readonly at: number; readonly who: readonly number[] }
  | { readonly kind: 'clear' | 'publish'; readonly at: number }
  | { readonly kind: 'convert'; readonly at: number; readonly keep: 'drop' | 'pin' }
  | { readonly kind: 'wait'; readonly hours: number; readonly isUpdated: boolean };

const at = fc.nat(ALIASES.length - 1);
const who = fc.subarray(PEOPLE, { minLength: 1, maxLength: 3 });
const hours = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      at,
      who,
      via: fc.constantFrom(...HANDS, ...ACTIONS),
      hours,
      override: fc.constant(false),
      isBulk: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      at,
      who,
      via: fc.constantFrom(...HANDS, ...ACTIONS),
      hours,
      override: fc.constant(false),
      isBulk: fc.constant(false),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      at,
      who,
      via: fc.constantFrom(...HANDS, ...ACTIONS),
      hours,
      override: fc.boolean(),
      isBulk: fc.constant(true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      at,
      who,
      via: fc.constant('import'),
      hours: fc.constant(undefined),
      override: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
      isBulk: fc.constant(false),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unpin' as const), at, who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('publish' as const), at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('convert' as const),
      at,
      keep: fc.constantFrom('drop' as const, 'pin' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      hours: fc.integer({ min: 0, max: 2 }),
      isUpdated: fc.boolean(),
    }),
  },
);

type Answer = MemberChange | string | number;

const NOBODY: MemberChange = {
  joined: 0,
  left: 0,
  pinned: 0,
  endMoved: 0,
  unpinned: 0,
  heldOut: 0,
  unchanged: 0,
};

function inModel(model: Model, given: Exclude<Step, { kind: 'wait' }>, now: number): Answer {
  switch (given.kind) {
    case 'add':
    case 'remove':
      return decideInModel(model, given, now);
    case 'unpin':
      return tallied(
        given.who.map((contact) => [model.pins.delete(contact) ? 'unpinned' : 'unchanged']),
      );
    case 'clear': {
      if (model.isDynamic) return 'DYNAMIC_SEGMENT';
      const { size } = model.members;
      model.members.clear();
      return size;
    }
    case 'publish':
      model.isPublished = !model.isPublished;
      return 0;
    case 'convert':
      return convertInModel(model, given.keep);
  }
}

/** Of each contact what became of it, counted. */
function tallied(outcomes: readonly (readonly (keyof MemberChange)[])[]): MemberChange {
  const done: Record<keyof MemberChange, number> = { ...NOBODY };
  for (const outcome of outcomes.flat()) done[outcome] += 1;
  return done;
}

function endOf(
  { hours: given }: Extract<Step, { kind: 'add' | 'remove' }>,
  now: number,
): number | null | undefined {
  return typeof given === 'number' ? now + given * HOUR : given;
}

function decideInModel(
  model: Model,
  given: Extract<Step, { kind: 'add' | 'remove' }>,
  now: number,
): Answer {
  const { via, override, isBulk } = given;
  const until = endOf(given, now);
  if (given.kind === 'remove' && isBulk) return removeMany(model, given.who);
  if (given.kind === 'remove')
    return tallied(given.who.map((contact) => removeOne(model, contact, { via, until, now })));
  if (!model.isPublished && via !== 'manual') return 'UNPUBLISHED';
  if (!model.isDynamic && until !== undefined) return 'STATIC_SEGMENT';
  return tallied(
    given.who.map((contact) => addOne(model, contact, { via, until, override, isBulk, now })),
  );
}

function convertInModel(model: Model, keep: 'drop' | 'pin'): number {
  if (model.isDynamic)
    for (const [contact, { kind }] of [...model.pins])
      if (kind === 'in') model.pins.delete(contact);
  if (!model.isDynamic && keep === 'pin')
    for (const contact of model.members)
      model.pins.set(contact, { kind: 'in', via: 'conversion', until: null });
  model.isDynamic = !model.isDynamic;
  return [...model.pins.values()].filter(({ kind }) => kind === 'out').length;
}

interface Decided {
  readonly via: string;
  readonly until: number | null | undefined;
  readonly now: number;
}

interface Adding extends Decided {
  readonly override: boolean;
  readonly isBulk: boolean;
}

function addOne(model: Model, contact: number, adding: Adding): (keyof MemberChange)[] {
  const { via, until, now } = adding;
  const standing = model.standing(contact, now);
  if (standing?.kind === 'out' && isKeptOut(standing, adding)) return ['heldOut'];
  if (model.isDynamic && standing?.kind === 'in') return moveEnd(model, contact, standing, until);
  return joinOne(model, contact, { kind: 'in', via, until: until ?? null });
}

function moveEnd(
  model: Model,
  contact: number,
  pin: Pin,
  until: Decided['until'],
): (keyof MemberChange)[] {
  if (until === undefined || until === pin.until) return ['unchanged'];
  model.pins.set(contact, { ...pin, until });
  return ['endMoved'];
}

/** A dynamic segment keeps a pin, a static one forgets a removal. */
function joinOne(model: Model, contact: number, pin: Pin): (keyof MemberChange)[] {
  const joined: (keyof MemberChange)[] = model.members.has(contact) ? [] : ['joined'];
  model.members.add(contact);
  if (model.isDynamic) {
    model.pins.set(contact, pin);
    return [...joined, 'pinned'];
  }
  if (model.pins.delete(contact)) joined.push('unpinned');
  return joined.length === 0 ? ['unchanged'] : joined;
}

function isKeptOut(removal: Pin, { via, override, isBulk }: Adding): boolean {
  return !override && (isBulk || isHeldOut(via, removal.via));
}

/** Imports put nobody back whom anybody took out, actions nobody whom a hand took out. */
function isHeldOut(via: string, removedVia: string): boolean {
  return via === 'import' || isWeaker(via, removedVia);
}

function isWeaker(via: string, removedVia: string): boolean {
  return ACTIONS.includes(via) && HANDS.includes(removedVia);
}

/** Whom a filter names leaves a static segment, and nothing is decided about anybody. */
function removeMany(model: Model, who: readonly number[]): Answer {
  if (model.isDynamic) return 'DYNAMIC_SEGMENT';
  const left = who.filter((contact) => model.members.delete(contact)).length;
  return { ...NOBODY, left };
}

function removeOne(
  model: Model,
  contact: number,
  { via, until, now }: Decided,
): (keyof MemberChange)[] {
  const standing = model.standing(contact, now);
  const left: (keyof MemberChange)[] = model.members.delete(contact) ? ['left'] : [];
  const unchanged: (keyof MemberChange)[] = left.length === 0 ? ['unchanged'] : left;
  if (standing?.kind === 'out') {
    if (isWeaker(via, standing.via)) return unchanged;
    if (HANDS.includes(via) === HANDS.includes(standing.via)) {
      if (until === undefined || until === standing.until) return unchanged;
      model.pins.set(contact, { ...standing, until });
      return [...left, 'endMoved'];
    }
  }
  model.pins.set(contact, { kind: 'out', via, until: until ?? null });
  return [...left, 'pinned'];
}

async function inStore(
  store: Store,
  given: Exclude<Step, { kind: 'wait' }>,
  now: number,
): Promise<Answer> {
  try {
    return await store.write(async (tx) =>
      decide(tx, await getSegment(tx, ALIASES[given.at]!), given, now),
    );
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

async function decide(
  tx: WriteTx,
  segment: SegmentRow,
  given: Exclude<Step, { kind: 'wait' }>,
  now: number,
): Promise<Answer> {
  const action = { now, by: 'tester' };
  switch (given.kind) {
    case 'add':
    case 'remove': {
      const { via, override: overrideRemovals, isBulk } = given;
      if (isBulk) {
        const addresses = given.who.map((person) => `"c${person}@example.org"`).join(', ');
        const named = await readCondition(tx, `email in (${addresses})`, now);
        return (given.kind === 'add' ? addSelected : removeSelected)(tx, segment, named, {
          ...{ ...action, via, overrideRemovals },
          until: endOf(given, now),
        });
      }
      return (given.kind === 'add' ? addToSegment : removeFromSegment)(tx, segment, given.who, {
        ...action,
        via,
        overrideRemovals,
        until: endOf(given, now),
      });
    }
    case 'unpin':
      return unpinFromSegment(tx, segment, given.who);
    case 'clear':
      return clearSegment(tx, segment, action);
    case 'publish':
      await editSegment(tx, segment, { published: !segment.published }, action);
      return 0;
    case 'convert':
      return (
        await convertSegment(
          tx,
          segment,
          segment.kind === 'static' ? 'dynamic' : 'static',
          given.keep,
          action,
        )
      ).pinnedOut;
  }
}

async function fill(store: Store): Promise<void> {
  const action = { now: START, by: null };
  await store.write(async (tx) => {
    for (const person of PEOPLE)
      await tx.contacts.insert(
        { email: `c${person}@example.org`, points: MATCHING.includes(person) ? 90 : 0 },
        START,
      );
    await createSegment(tx, { name: 'list', public: true, preferenceCenter: true }, action);
    await setFilter(tx, await getSegment(tx, 'list'), 'points >= 50', action);
    await createSegment(
      tx,
      { name: 'hot', where: 'points >= 50', public: true, preferenceCenter: true },
      action,
    );
  });
}

async function stateOf(store: Store): Promise<unknown> {
  return store.read(async (tx) =>
    Promise.all(
      (await tx.segments.list()).map(async ({ id, members }) => {
        const contacts = (await tx.members.list(id, {})).map(({ contactId }) => contactId);
        const pins = (await tx.pins.list(id, {})).map(({ contactId, kind, via, until }) => [
          contactId,
          { kind, via, until },
        ]);
        return { contacts, pins, count: members };
      }),
    ),
  );
}

test('members, removals and what each step says are those of a plain model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) =>
      withStore(async (store) => {
        await fill(store);
        const models = [new Model(false), new Model(true)];
        let now = START;
        for (const given of steps) {
          if (given.kind !== 'wait')
            expect(await inStore(store, given, now), JSON.stringify(given)).toEqual(
              inModel(models[given.at]!, given, now),
            );
          else {
            now += given.hours * HOUR;
            if (given.isUpdated) await updateSegments(store, { segments: [], now });
            if (given.isUpdated) for (const model of models) model.update(now);
          }
          const expected = models.map(({ members, pins }) => ({
            contacts: [...members].sort(),
            pins: [...pins].sort(([a], [b]) => a - b),
            count: members.size,
          }));
          expect(await stateOf(store), JSON.stringify(given)).toEqual(expected);
        }
      }),
    ),
    { numRuns: 60 },
  );
}, 600_000);
