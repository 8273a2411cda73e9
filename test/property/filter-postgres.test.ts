import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateFilter, printFilter, type FilterAst } from '../../src/filter/index.ts';
import { figureOf } from '../../src/filter/operators/aggregates.ts';
import {
  openSession,
  postgresCondition,
  PostgresWorld,
  type Session,
} from '../filter/postgres-world.ts';
import { CATALOGUE, rowOf, TIME, type Person } from '../filter/world.ts';
import { describePostgres } from '../helpers/postgres.ts';
import { filter, LEAVES } from './filter-arbitraries.ts';
import { casesOf, runs, type Case } from './filter-cases.ts';

let session: Session;

const SHAPES = ['scan', 'probe', 'gather'] as const;

async function expectAgreement({ people, filters, time }: Case): Promise<void> {
  const world = await PostgresWorld.open(session.client, people);
  try {
    const options = { time, catalogue: CATALOGUE };
    for (const ast of filters) {
      const text = printFilter(ast, CATALOGUE);
      const members = world.rows.flatMap((row, index) =>
        evaluateFilter(ast, row, options) ? [index + 1] : [],
      );
      const others = world.rows.map((_, index) => index + 1).filter((id) => !members.includes(id));
      const not = { kind: 'not', filter: ast } as const;
      const conditions = SHAPES.flatMap((shape) =>
        [ast, not].map((each) => postgresCondition(each, { ...options, shape })),
      );
      expect(await world.ids(conditions), `in a select: ${text}`).toEqual(
        SHAPES.flatMap(() => [members, others]),
      );
      for (const shape of SHAPES)
        expect(
          await world.select(postgresCondition(ast, { ...options, shape })),
          `${shape} in a where: ${text}`,
        ).toEqual(members);
    }
  } finally {
    await world.close();
  }
}

const VALUES = [0.1, 0.2, 0.3, 0.7, -0.1, 1e16, -1e16, 1e21, -1e21, 1, 1e-7, 5e-324, 1e300, -1e300];
const numbers = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom<number | null>(null, ...VALUES) },
    { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) },
  ),
  { minLength: 1, maxLength: 9 },
);

/** The double that is so many steps away; what is not finite stays. */
function neighbour(number: number, steps: number): number {
  const doubles = new Float64Array([number]);
  const bits = new BigInt64Array(doubles.buffer);
  bits[0] = (bits[0] ?? 0n) + BigInt(steps);
  const [near = Number.NaN] = doubles;
  return Number.isFinite(near) ? near : 0;
}

/** Who bought, for so much each time, one purchase after the other. */
function buyer(values: readonly (number | null)[]): Person {
  return {
    events: values.map((value, at) => ({ type: 'purchase', value, occurredAt: TIME.now + at })),
  };
}

const PURCHASES = { type: 'purchase', where: null, window: null } as const;

/** Tests of figures of several buyers with the figures of one of them, or the number next to it. */
const nearLiterals: fc.Arbitrary<Case> = fc
  .record({
    buyers: fc.array(numbers, { minLength: 1, maxLength: 6 }),
    of: fc.constantFrom(...(['sum', 'avg'] as const)),
    steps: fc.constantFrom(0, 1, -1),
    kind: fc.constantFrom(...(['numberEquals', 'below', 'atMost', 'above', 'atLeast'] as const)),
  })
  .map(({ buyers, of, steps, kind }) => ({
    time: TIME,
    people: buyers.map(buyer),
    filters: buyers.map((values): FilterAst => {
      const figure = figureOf(of, rowOf(buyer(values)).events) ?? 0;
      const test = { kind, number: neighbour(figure, steps) };
      return { kind: 'test', operand: { kind: 'aggregate', of, events: PURCHASES }, test };
    }),
  }));

describePostgres(
  'in PostgreSQL all shapes and the row interpreter agree, in a select and in a where',
  () => {
    beforeAll(async () => {
      session = await openSession();
    });
    afterAll(async () => session.end());

    test('for filters of all sorts', async () => {
      await fc.assert(fc.asyncProperty(casesOf(filter), expectAgreement), { numRuns: runs(20) });
    });

    test('for sums and means near a literal', async () => {
      await fc.assert(fc.asyncProperty(nearLiterals, expectAgreement), { numRuns: runs(20) });
    });

    test.each(Object.keys(LEAVES))('for %s', async (kind) => {
      await fc.assert(fc.asyncProperty(casesOf(LEAVES[kind]!), expectAgreement), {
        numRuns: runs(4),
      });
    });
  },
);
