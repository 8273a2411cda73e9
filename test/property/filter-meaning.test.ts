import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluateFilter,
  planColumns,
  printFilter,
  type FilterAst,
  type TimeContext,
} from '../../src/filter/index.ts';
import { sqliteDialect } from '../../src/store/sqlite/dialect.ts';
import { CATALOGUE, conditionOf, rowOf, World, type Person } from '../filter/world.ts';
import { filter, LEAVES } from './filter-arbitraries.ts';
import { casesOf, runs, type Case } from './filter-cases.ts';
import { isCalendarDay, oracle } from './filter-oracle.ts';

function inWorld({ people: persons }: Case, check: (world: World) => void): void {
  const world = new World(persons);
  try {
    check(world);
  } finally {
    world.close();
  }
}

const inMemory = (world: World, ast: FilterAst, time: TimeContext): number[] =>
  world.rows.flatMap((row, index) =>
    evaluateFilter(ast, row, { time, catalogue: CATALOGUE }) ? [index + 1] : [],
  );

/** Several batches, none of them of whole words of bits. */
const BATCH = 33;

/** Every other leaf. */
function someKeys({ filters, time }: Case): ReadonlySet<string> {
  const { leaves } = planColumns(filters, { dialect: sqliteDialect, catalogue: CATALOGUE, time });
  return new Set(leaves.filter((_, place) => place % 2 === 0).map(({ key }) => key));
}

function expectAgreement(each: Case): void {
  inWorld(each, (world) => {
    const byColumns = world.byColumns(each.filters, each.time, { most: BATCH });
    const mixed = world.byColumns(each.filters, each.time, { bySql: someKeys(each) });
    const faster = world.byColumns(each.filters, each.time, { alone: 'faster' });
    for (const [place, ast] of each.filters.entries()) {
      const text = printFilter(ast, CATALOGUE);
      const members = inMemory(world, ast, each.time);
      expect(byColumns[place], `by columns: ${text}`).toEqual(members);
      expect(mixed[place], `by columns and SQL: ${text}`).toEqual(members);
      expect(faster[place], `as is faster: ${text}`).toEqual(members);
      expectInSql(world, ast, { members, time: each.time, text });
    }
  });
}

function expectInSql(
  world: World,
  ast: FilterAst,
  { members, time, text }: { members: readonly number[]; time: TimeContext; text: string },
): void {
  const everyone = world.rows.map((_, index) => index + 1);
  for (const shape of ['scan', 'probe', 'gather'] as const) {
    const options = { shape, time, catalogue: CATALOGUE };
    expect(world.ids(conditionOf(ast, options)), `${shape}: ${text}`).toEqual(members);
    expect(world.select(ast, shape, time), `${shape} in a where: ${text}`).toEqual(members);
    const others = world.select({ kind: 'not', filter: ast }, shape, time);
    const all = [...members, ...others].sort((a, b) => a - b);
    expect(all, `${shape}: not ${text}`).toEqual(everyone);
  }
}

describe('all shapes, columns and the row interpreter agree, in a select and in a where; not is the complement', () => {
  test('for filters of all sorts', () => {
    fc.assert(fc.property(casesOf(filter), expectAgreement), { numRuns: runs(80) });
  });

  test.each(Object.keys(LEAVES))('for %s', (kind) => {
    fc.assert(fc.property(casesOf(LEAVES[kind]!), expectAgreement), { numRuns: runs(12) });
  });
});

/** What the second meaning does not tell: days that are none, and sums that round. */
function plain(person: Person): Person {
  const days = (columns: Person['contact']): Record<string, string | number | null> =>
    Object.fromEntries(
      Object.entries(columns ?? {}).map(([name, value]) => [
        name,
        (name === 'birthday' || name === 'founded') && !isCalendarDay(value) ? null : value,
      ]),
    );
  const small = [null, 0, 1, -1, 2, 50, 0.25];
  return {
    ...person,
    contact: days(person.contact),
    ...(person.company === undefined ? {} : { company: days(person.company) }),
    events: (person.events ?? []).map((event, index) => ({
      ...event,
      value: small[(index + (event.occurredAt ?? 0)) % small.length] ?? null,
    })),
  };
}

function expectAsTold({ time, people: persons, filters }: Case): void {
  const rows = persons.map((person) => rowOf(plain(person)));
  for (const ast of filters) {
    const told = rows.map((row) => oracle(ast, row, time));
    expect(
      rows.map((row) => evaluateFilter(ast, row, { time, catalogue: CATALOGUE })),
      printFilter(ast, CATALOGUE),
    ).toEqual(told);
  }
}

describe('the row interpreter agrees with a meaning told by other means', () => {
  test('for filters of all sorts', () => {
    fc.assert(fc.property(casesOf(filter), expectAsTold), { numRuns: runs(100) });
  });

  test.each(Object.keys(LEAVES))('for %s', (kind) => {
    fc.assert(fc.property(casesOf(LEAVES[kind]!), expectAsTold), { numRuns: runs(25) });
  });
});
