import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  printFilter,
  readFilter,
  type FilterAst,
  type Predicate,
  type Test,
  type TimeContext,
} from '../../src/filter/index.ts';
import { CATALOGUE, conditionOf, World } from '../filter/world.ts';
import { filter, predicate } from './filter-arbitraries.ts';
import { people } from './filter-people.ts';
import { TIMES } from './filter-pools.ts';
import {
  EXACT_FILTERS,
  reachesTheEdge,
  shiftAst,
  shiftPerson,
  YEARS_400_MS,
} from './filter-shifts.ts';

const not = (inner: FilterAst): FilterAst => ({ kind: 'not', filter: inner });
const and = (...filters: FilterAst[]): FilterAst => ({ kind: 'and', filters });
const or = (...filters: FilterAst[]): FilterAst => ({ kind: 'or', filters });

/** Each rewrites a filter into another that means the same. */
const REWRITES: Readonly<
  Record<string, (a: FilterAst, b: FilterAst, c: FilterAst) => readonly [FilterAst, FilterAst]>
> = {
  'and commutes': (a, b) => [and(a, b), and(b, a)],
  'or commutes': (a, b) => [or(a, b), or(b, a)],
  'and distributes over or': (a, b, c) => [and(a, or(b, c)), or(and(a, b), and(a, c))],
  'De Morgan': (a, b) => [not(and(a, b)), or(not(a), not(b))],
  'De Morgan, the other one': (a, b) => [not(or(a, b)), and(not(a), not(b))],
  'double negation': (a) => [not(not(a)), a],
  absorption: (a, b) => [or(a, and(a, b)), a],
  'a constant is neutral': (a) => [
    and(a, { kind: 'constant', value: true }),
    or(a, { kind: 'constant', value: false }),
  ],
  'excluded middle': (a) => [or(a, not(a)), { kind: 'constant', value: true }],
};

function leafRewrite(leaf: Predicate): FilterAst | undefined {
  if (leaf.kind !== 'test') return undefined;
  const as = (test: Test): FilterAst => ({ ...leaf, test });
  const { test: each } = leaf;
  switch (each.kind) {
    case 'numberBetween':
      return and(
        as({ kind: 'atLeast', number: each.low }),
        as({ kind: 'atMost', number: each.high }),
      );
    case 'dateBetween':
      return leaf.operand.kind === 'anniversary'
        ? undefined
        : and(as({ kind: 'since', date: each.low }), as({ kind: 'through', date: each.high }));
    case 'numberIn':
      return each.numbers
        .map((number) => as({ kind: 'numberEquals', number }))
        .reduce((a, b) => or(a, b));
    case 'textIn':
      return each.texts.map((text) => as({ kind: 'textEquals', text })).reduce((a, b) => or(a, b));
    case 'hasAny':
      return each.texts
        .map((text) => as({ kind: 'hasAny', texts: [text] }))
        .reduce((a, b) => or(a, b));
    case 'hasAll':
      return each.texts
        .map((text) => as({ kind: 'hasAny', texts: [text] }))
        .reduce((a, b) => and(a, b));
    case 'atMost':
      return or(
        as({ kind: 'below', number: each.number }),
        as({ kind: 'numberEquals', number: each.number }),
      );
    case 'through':
      return or(as({ kind: 'before', date: each.date }), as({ kind: 'on', date: each.date }));
    case 'like':
      return as({ kind: 'like', pattern: each.pattern.replace(/(?<!\\)((?:\\\\)*)%/g, '$1%%') });
    case 'textEquals':
      return as({ kind: 'like', pattern: each.text.replace(/[%_\\]/g, '\\$&') });
    default:
      return undefined;
  }
}

const times = fc.constantFrom(...TIMES);
const runs = { numRuns: 40 };

function select(world: World, ast: FilterAst, time: TimeContext): number[] {
  const ids = world.select(ast, 'scan', time);
  expect(world.select(ast, 'probe', time)).toEqual(ids);
  return ids;
}

describe('rewrites keep members', () => {
  test.each(Object.keys(REWRITES))('%s', (name) => {
    const cases = times.chain((time) =>
      fc.tuple(
        fc.constant(time),
        people(time),
        fc.array(fc.tuple(filter, filter, filter), { minLength: 1, maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([time, persons, triples]) => {
        const world = new World(persons);
        for (const [a, b, c] of triples) {
          const [left, right] = REWRITES[name]!(a, b, c);
          expect(select(world, left, time), printFilter(left, CATALOGUE)).toEqual(
            select(world, right, time),
          );
        }
        world.close();
      }),
      runs,
    );
  });

  test('between as two comparisons, in as an or, and their like', () => {
    const leaves = fc.array(
      predicate.filter((leaf) => leafRewrite(leaf) !== undefined),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        times.chain((time) => fc.tuple(fc.constant(time), people(time), leaves)),
        ([time, persons, each]) => {
          const world = new World(persons.map(withoutNul));
          for (const leaf of each)
            expect(select(world, leaf, time), printFilter(leaf, CATALOGUE)).toEqual(
              select(world, leafRewrite(leaf)!, time),
            );
          world.close();
        },
      ),
      { numRuns: 120 },
    );
  });
});

describe('clock and data shifted together', () => {
  test('by 400 years, which are 146,097 days: any filter keeps its members', () => {
    // Zones whose rules repeat: St. John's and Apia changed theirs.
    const modern = fc.constantFrom(...TIMES.slice(0, 6));
    fc.assert(
      fc.property(
        modern.chain((time) =>
          fc.tuple(
            fc.constant(time),
            people(time),
            fc.array(
              filter.filter((ast) => !reachesTheEdge(ast)),
              { minLength: 1, maxLength: 6 },
            ),
          ),
        ),
        ([time, anyone, filters]) => {
          const persons = anyone.filter((person) => !reachesTheEdge(person));
          const later = { ...time, now: time.now + YEARS_400_MS };
          const [world, laterWorld] = [
            new World(persons),
            new World(persons.map((person) => shiftPerson(person, YEARS_400_MS))),
          ];
          for (const ast of filters)
            expect(select(laterWorld, shiftAst(ast), later), printFilter(ast, CATALOGUE)).toEqual(
              select(world, ast, time),
            );
          world.close();
          laterWorld.close();
        },
      ),
      { numRuns: 100 },
    );
  });

  test('by any duration: filters of exact durations keep their members', () => {
    const shifts = fc.integer({ min: -1e11, max: 1e11 });
    fc.assert(
      fc.property(
        times.chain((time) => fc.tuple(fc.constant(time), people(time))),
        shifts,
        ([time, persons], byMs) => {
          const later = { ...time, now: time.now + byMs };
          const [world, laterWorld] = [
            new World(persons),
            new World(persons.map((person) => shiftPerson(person, byMs))),
          ];
          for (const text of EXACT_FILTERS) {
            const { ast } = readFilter(text, CATALOGUE);
            expect(select(laterWorld, ast, later), text).toEqual(select(world, ast, time));
          }
          world.close();
          laterWorld.close();
        },
      ),
      runs,
    );
  });
});

test('no text of the user is in the SQL: another text gives the same statement', () => {
  const dialect = new SQLiteSyncDialect();
  fc.assert(
    fc.property(
      filter,
      times,
      fc.constantFrom('scan' as const, 'probe' as const),
      (ast, time, shape) => {
        const statement = (by: string): string =>
          dialect.sqlToQuery(conditionOf(marked(ast, by), { shape, time, catalogue: CATALOGUE }))
            .sql;
        expect(statement('§"; drop table contacts --')).toBe(statement('日'));
        expect(statement('§')).toMatch(/^[ -~]*$/);
      },
    ),
    { numRuns: 400 },
  );
});

/**
 * Every text of the user with something behind it: literals, names of properties, event types,
 * channels, reasons.
 */
function marked(ast: FilterAst, by: string): FilterAst {
  return JSON.parse(
    JSON.stringify(ast),
    function (this: Record<string, unknown>, key, value: unknown) {
      const isText =
        typeof value === 'string' &&
        (key === 'type' ||
          key === 'name' ||
          key === 'channel' ||
          key === 'reason' ||
          (TEXT_TESTS.has(String(this.kind)) && (key === 'text' || key === 'pattern')));
      if (isText) return value + by;
      return key === 'texts' ? (value as string[]).map((text) => text + by) : value;
    },
  ) as FilterAst;
}

const TEXT_TESTS = new Set(['textEquals', 'contains', 'startsWith', 'endsWith', 'like', 'matches']);

function withoutNul<T>(person: T): T {
  return JSON.parse(JSON.stringify(person).replaceAll('\\u0000', '')) as T;
}
