import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSegment } from '../../src/segment/definition.ts';
import { getSegment } from '../../src/segment/lookup.ts';
import { addToSegment, removeFromSegment } from '../../src/segment/members.ts';
import { changeData } from '../../src/segment/triggers/data-change.ts';
import { createTrigger } from '../../src/segment/triggers/save.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { audited, type Store } from '../../src/store/index.ts';
import { UserError } from '../../src/support/errors.ts';
import { HOUR, withStore } from '../segment/model/world.ts';

/*
 * A trigger is refused where it would set off itself, and only there. What may follow from joining
 * or leaving a segment is found here by trying: which segments' filters change their answer, and
 * which way, when only that one membership changes.
 */

const NOW = Date.parse('2026-03-01T10:00:00Z');
const STATIC = ['s1', 's2'];
const DYNAMIC = ['d1', 'd2', 'd3'];
const SEGMENTS = [...STATIC, ...DYNAMIC];
const PEOPLE = [1, 2];

/** A filter that names each segment at most once, so that each place of it can matter. */
type Filter =
  | { readonly kind: 'in'; readonly segment: string; readonly text: string }
  | { readonly kind: 'rich' }
  | { readonly kind: 'not'; readonly inner: Filter }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] };

function textOf(filter: Filter): string {
  switch (filter.kind) {
    case 'in':
      return filter.text;
    case 'rich':
      return 'points >= 50';
    case 'not':
      return filter.inner.kind === 'in'
        ? `not ${textOf(filter.inner)}`
        : `not (${textOf(filter.inner)})`;
    case 'and':
    case 'or':
      return filter.parts.map((part) => `(${textOf(part)})`).join(` ${filter.kind} `);
  }
}

function holds(filter: Filter, within: ReadonlySet<string>): boolean {
  switch (filter.kind) {
    case 'in':
      return within.has(filter.segment);
    case 'rich':
      return within.has('rich');
    case 'not':
      return !holds(filter.inner, within);
    case 'and':
      return filter.parts.every((part) => holds(part, within));
    case 'or':
      return filter.parts.some((part) => holds(part, within));
  }
}

const negated = (filter: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc
    .tuple(filter, fc.nat(2))
    .map(([inner, times]) =>
      Array.from({ length: times }).reduce<Filter>((one) => ({ kind: 'not', inner: one }), inner),
    );

const leaf = (segment: string): fc.Arbitrary<Filter> =>
  fc
    .constantFrom(`in segment ${segment}`, `joined segment ${segment} in last 7 days`)
    .map((text) => ({ kind: 'in', segment, text }));

/** Over these segments, each once, and points. */
function filterOver(segments: readonly string[]): fc.Arbitrary<Filter> {
  return fc
    .tuple(
      fc.tuple(...segments.map((segment) => negated(leaf(segment)))),
      fc.array(fc.constantFrom('and' as const, 'or' as const), { minLength: 3, maxLength: 3 }),
      fc.array(fc.nat(1), { minLength: 3, maxLength: 3 }),
    )
    .map(([leaves, kinds, nots]) =>
      leaves.reduce<Filter>(
        (one, other, index) => {
          const kind = kinds[index % 3] ?? 'and';
          const joint: Filter = { kind, parts: [one, other] };
          return nots[index % 3] === 1 ? { kind: 'not', inner: joint } : joint;
        },
        { kind: 'rich' },
      ),
    );
}

interface Wanted {
  readonly kind: 'joins' | 'leaves';
  readonly of: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

const wanted: fc.Arbitrary<Wanted> = fc
  .record({
    kind: fc.constantFrom('joins' as const, 'leaves' as const),
    of: fc.constantFrom(...SEGMENTS),
    add: fc.subarray(SEGMENTS, { maxLength: 2 }),
    remove: fc.subarray(SEGMENTS, { maxLength: 1 }),
  })
  .filter(
    ({ add, remove }) => add.length + remove.length > 0 && !add.some((one) => remove.includes(one)),
  );

/** Each filter names segments before it in the list, so that no two name each other. */
const filters = fc.tuple(
  ...DYNAMIC.map((_, index) =>
    fc
      .subarray(SEGMENTS.slice(0, STATIC.length + index), { minLength: 1, maxLength: 2 })
      .chain(filterOver),
  ),
);

interface World {
  readonly filters: ReadonlyMap<string, Filter>;
  readonly triggers: ReadonlyMap<string, Wanted>;
}

type Change = 'joining' | 'leaving';
const words = (change: Change, segment: string): string => `${change} ${segment}`;

/** What may follow at once from something, in the words of the message. */
function following({ filters: known, triggers }: World, from: string): string[] {
  const trigger = triggers.get(from.replace(/^trigger /, ''));
  if (trigger !== undefined)
    return [
      ...trigger.add.map((segment) => words('joining', segment)),
      ...trigger.remove.map((segment) => words('leaving', segment)),
    ];
  const [change, segment] = from.split(' ') as [Change, string];
  const fired = [...triggers].filter(
    ([, { kind, of }]) => of === segment && (kind === 'joins') === (change === 'joining'),
  );
  const moved = [...known].flatMap(([alias, filter]) =>
    answersTo(filter, segment, change).map((one) => words(one, alias)),
  );
  return [...fired.map(([name]) => `trigger ${name}`), ...moved];
}

/** How the answer of a filter may change when only one membership does: all cases are tried. */
function answersTo(filter: Filter, segment: string, change: Change): Change[] {
  const others = [...SEGMENTS, 'rich'].filter((one) => one !== segment);
  const found = new Set<Change>();
  for (let bits = 0; bits < 2 ** others.length; bits += 1) {
    const without = new Set(others.filter((_, index) => (bits >> index) % 2 === 1));
    const [outside, inside] = [
      holds(filter, without),
      holds(filter, new Set([...without, segment])),
    ];
    if (outside === inside) continue;
    found.add(inside === (change === 'joining') ? 'joining' : 'leaving');
  }
  return [...found];
}

/** Whether something may follow from itself. */
function isCircular(world: World, start: string): boolean {
  const met = new Set<string>();
  const open = [start];
  for (let from = open.pop(); from !== undefined; from = open.pop())
    for (const next of following(world, from)) {
      if (next === start) return true;
      if (!met.has(next)) open.push(next);
      met.add(next);
    }
  return false;
}

async function worldOf(store: Store, known: ReadonlyMap<string, Filter>): Promise<void> {
  const action = { now: NOW, by: null };
  await store.write(async (tx) => {
    for (const id of PEOPLE) await tx.contacts.insert({ email: `c${id}@example.org` }, NOW);
    for (const name of STATIC) await createSegment(tx, { name }, action);
    for (const name of DYNAMIC) {
      const filter = known.get(name);
      if (filter !== undefined) await createSegment(tx, { name, where: textOf(filter) }, action);
    }
  });
  await updateSegments(store, { segments: [], now: NOW });
}

/** Makes it, unless it is refused; gives the steps of the circle that the message names. */
async function circleBy(store: Store, name: string, one: Wanted): Promise<string[] | undefined> {
  const when = one.kind === 'joins' ? { whenJoins: one.of } : { whenLeaves: one.of };
  const options = { name, ...when, add: one.add, remove: one.remove, existing: false };
  try {
    await changeData(store, { now: NOW }, async (tx) =>
      createTrigger(tx, options, { now: NOW, by: null }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'TRIGGER_CIRCLE') throw error;
    return error.message.replace(/^.*?itself: /, '').split(' → ');
  }
}

/** So many transactions are more than any run needs that comes to an end. */
const MOST_WRITES = 200;

/** The store, which refuses to be written to for ever. */
function limited(store: Store): Store {
  let writes = 0;
  return {
    ...audited(store, { at: NOW, by: null, command: null }),
    write: async (work) => {
      if ((writes += 1) > MOST_WRITES) throw new Error('triggers fire without end');
      return store.write(work);
    },
  };
}

interface Move {
  readonly contact: number;
  readonly alias: string;
  readonly in: boolean;
  readonly points: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  contact: fc.constantFrom(...PEOPLE),
  alias: fc.constantFrom(...SEGMENTS),
  in: fc.boolean(),
  points: fc.constantFrom(0, 60),
});

async function expectEnd(store: Store, moves: readonly Move[]): Promise<void> {
  let now = NOW;
  for (const one of moves) {
    now += HOUR;
    const decision = { via: 'api', now, by: null };
    await changeData(store, { now }, async (tx) => {
      const segment = await getSegment(tx, one.alias);
      await tx.contacts.update([one.contact], { points: one.points }, now);
      await (one.in ? addToSegment : removeFromSegment)(tx, segment, [one.contact], decision);
    });
    const { triggers } = await updateSegments(limited(store), { segments: [], now });
    expect(triggers.filter(({ error }) => error !== null)).toEqual([]);
  }
}

test('what sets off itself is refused, nothing else, and what is not comes to an end', async () => {
  const settings = fc.tuple(
    filters,
    fc.array(wanted, { minLength: 2, maxLength: 6 }),
    fc.array(move, { maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(settings, async ([some, triggers, moves]) => {
      await withStore(async (store) => {
        const known = new Map(DYNAMIC.map((alias, index) => [alias, some[index] as Filter]));
        await worldOf(store, known);
        const made = new Map<string, Wanted>();
        for (const [index, one] of triggers.entries()) {
          const name = `t${index}`;
          const world = { filters: known, triggers: new Map([...made, [name, one]]) };
          const steps = await circleBy(store, name, one);
          expect([one, steps !== undefined]).toEqual([one, isCircular(world, `trigger ${name}`)]);
          if (steps === undefined) made.set(name, one);
          for (const [at, step] of (steps ?? []).slice(1).entries())
            expect(following(world, steps?.[at] ?? '')).toContain(step);
        }
        await expectEnd(store, moves);
      });
    }),
    { numRuns: Number(process.env['ROLLCALL_CIRCLE_ROUNDS'] ?? 60) },
  );
}, 600_000);
