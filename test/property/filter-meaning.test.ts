import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileFilter, evaluateFilter, printFilter, type FilterAst, type TimeContext } from '../../src/filter/index.ts';
import { CATALOGUE, rowOf, World, type Person } from '../filter/world.ts';
import { filter } from './filter-arbitraries.ts';
import { isCalendarDay, oracle } from './filter-oracle.ts';
import { people } from './filter-people.ts';
import { TIMES } from './filter-pools.ts';

interface Case {
  readonly time: TimeContext;
  readonly people: readonly Person[];
  readonly filters: readonly FilterAst[];
}

/** One world serves several filters: making it is what costs. */
const cases: fc.Arbitrary<Case> = fc.constantFrom(...TIMES).chain((time) => fc.record({ time: fc.constant(time), people: people(time), filters: fc.array(filter, { minLength: 1, maxLength: 10 }) }));

function inWorld({ people: persons }: Case, check: (world: World) => void): void {
  const world = new World(persons);
  try {
    check(world);
  } finally {
    world.close();
  }
}

const matching = (world: World, ast: FilterAst, time: TimeContext): number[] => world.rows.flatMap((row, index) => (evaluateFilter(ast, row, { time, catalogue: CATALOGUE }) ? [index + 1] : []));

test('both shapes and the row interpreter agree, in a select and in a where; not is the complement', () => {
  fc.assert(
    fc.property(cases, (each) => {
      inWorld(each, (world) => {
        const everyone = world.rows.map((_, index) => index + 1);
        for (const ast of each.filters) {
          const text = printFilter(ast, CATALOGUE);
          const members = matching(world, ast, each.time);
          for (const shape of ['scan', 'probe'] as const) {
            const options = { shape, time: each.time, catalogue: CATALOGUE };
            expect(world.ids(compileFilter(ast, options)), `${shape}: ${text}`).toEqual(members);
            expect(world.select(ast, shape, each.time), `${shape} in a where: ${text}`).toEqual(members);
            const others = world.select({ kind: 'not', filter: ast }, shape, each.time);
            expect([...members, ...others].sort((a, b) => a - b), `${shape}: not ${text}`).toEqual(everyone);
          }
        }
      });
    }),
    { numRuns: Number(process.env.FILTER_RUNS ?? 100) },
  );
});

/** What the second meaning does not tell: days that are none, and sums that round. */
function plain(person: Person): Person {
  const days = (columns: Person['contact']): Record<string, string | number | null> => Object.fromEntries(Object.entries(columns ?? {}).map(([name, value]) => [name, (name === 'birthday' || name === 'founded') && !isCalendarDay(value) ? null : value]));
  const small = [null, 0, 1, -1, 2, 50, 0.25];
  return {
    ...person,
    contact: days(person.contact),
    ...(person.company === undefined ? {} : { company: days(person.company) }),
    events: (person.events ?? []).map((event, index) => ({ ...event, value: small[(index + (event.occurredAt ?? 0)) % small.length] ?? null })),
  };
}

test('the row interpreter agrees with a meaning told by other means', () => {
  fc.assert(
    fc.property(cases, ({ time, people: persons, filters }) => {
      const rows = persons.map((person) => rowOf(plain(person)));
      for (const ast of filters) {
        const told = rows.map((row) => oracle(ast, row, time));
        expect(rows.map((row) => evaluateFilter(ast, row, { time, catalogue: CATALOGUE })), printFilter(ast, CATALOGUE)).toEqual(told);
      }
    }),
    { numRuns: Number(process.env.FILTER_RUNS ?? 200) },
  );
});
