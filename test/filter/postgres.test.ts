import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresDialect } from '../../src/store/postgres/dialect.ts';
import { resolveMatched } from '../../src/store/postgres/resolve-matched.ts';
import { describePostgres } from '../helpers/postgres.ts';
import { CHAINS, LIMIT_PEOPLE, LIMITS } from './limit-cases.ts';
import { openSession, postgresCondition, PostgresWorld, type Session } from './postgres-world.ts';
import { CATALOGUE, read, TIME, type Person } from './world.ts';

let session: Session;

function conditionOf(text: string, shape: 'scan' | 'probe' = 'scan'): SQL {
  return postgresCondition(read(text), { shape, time: TIME, catalogue: CATALOGUE });
}

async function inWorld(
  people: readonly Person[],
  check: (world: PostgresWorld) => Promise<void>,
): Promise<void> {
  const world = await PostgresWorld.open(session.client, people);
  try {
    await check(world);
  } finally {
    await world.close();
  }
}

const PEOPLE: readonly Person[] = [
  {
    contact: { city: 'Nantes' },
    company: { name: 'Alder' },
    events: [
      { type: 'page.hit', subject: '/pricing', properties: '{"utm source":"ad-1"}' },
      { type: 'purchase', subject: '/books' },
    ],
  },
  { contact: { city: 'Lille' }, company: { name: 'Birch' } },
  { contact: { city: 'Nice' }, events: [{ type: 'PAGE.HIT', subject: '/news', occurredAt: 0 }] },
  { contact: {} },
];

/** What is read to decide the filter. */
async function valuesRead(text: string, candidates?: SQL): Promise<unknown[]> {
  const values: unknown[] = [];
  await inWorld(PEOPLE, async (world) => {
    const pluck = async <T>(query: SQL): Promise<T[]> => {
      const found = await world.pluck<T>(query);
      values.push(...found);
      return found;
    };
    await resolveMatched({ pluck }, conditionOf(text), candidates);
  });
  return values.sort();
}

describePostgres('conditions in PostgreSQL', () => {
  beforeAll(async () => {
    session = await openSession();
  });
  afterAll(async () => session.end());

  test.each(Object.entries({ ...LIMITS, 'chains of 1,500': Object.values(CHAINS) }))(
    '%s',
    async (_, limits) => {
      await inWorld(LIMIT_PEOPLE, async (world) => {
        for (const { text, ids } of limits)
          for (const shape of ['scan', 'probe'] as const)
            expect(await world.select(conditionOf(text, shape)), text.slice(0, 80)).toEqual(ids);
      });
    },
  );

  test('the different values are read that a regular expression is asked of', async () => {
    expect(await valuesRead('city matches "^N"')).toEqual(['Lille', 'Nantes', 'Nice']);
    expect(await valuesRead('company.name matches "e"')).toEqual(['Alder', 'Birch']);
    expect(await valuesRead('did page.hit where subject matches "p"')).toEqual([
      '/news',
      '/pricing',
    ]);
    expect(await valuesRead('did page.hit where subject matches "p" in last 30 days')).toEqual([
      '/pricing',
    ]);
    expect(await valuesRead('did page.hit where property.`utm source` matches "^ad"')).toEqual([
      'ad-1',
    ]);
  });

  test('of candidates only their values are', async () => {
    const candidates = sql`select 3::bigint`;
    expect(await valuesRead('city matches "^N"', candidates)).toEqual(['Nice']);
    expect(await valuesRead('company.name matches "e"', candidates)).toEqual([]);
    expect(await valuesRead('did page.hit where subject matches "p"', candidates)).toEqual([
      '/news',
    ]);
  });

  test.each([
    ['city matches "^N"', [1, 3]],
    ['city matches "^L"', [2]],
    ['city matches "^X"', []],
    ['city matches ""', [1, 2, 3]],
    ['not city matches "^N"', [2, 4]],
    ['city matches "^N" and company.name matches "^A"', [1]],
  ])('%s', async (text, ids) => {
    await inWorld(PEOPLE, async (world) => {
      expect(await world.select(conditionOf(text))).toEqual(ids);
    });
  });

  test('of tags in two spellings, one counts', async () => {
    const names = ['Été', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const text = `tags has all (${names.map((name) => `"${name}"`).join(', ')})`;
    await inWorld(
      [{ tags: [...names, 'ÉTÉ'] }, { tags: ['ÉTÉ', ...names.slice(0, -1)] }],
      async (world) => {
        expect(await world.select(conditionOf(text))).toEqual([1]);
      },
    );
  });

  test('a mean that is too small for a double is 0', async () => {
    const events = [5e-324, 0, 0].map((value) => ({ type: 'purchase', value }));
    await inWorld([{ events }], async (world) => {
      expect(await world.select(conditionOf('avg(purchase.value) = 0'))).toEqual([1]);
    });
  });

  test('texts of properties compare as columns do, whatever the database is set to', async () => {
    await inWorld(PEOPLE, async (world) => {
      for (const as of ['text', 'date'] as const) {
        const value = postgresDialect.property(sql`e.properties`, 'size', as);
        const [collation] = await world.pluck(
          sql`select pg_collation_for(${value}) from events e limit 1`,
        );
        expect(collation).toBe('"C"');
      }
    });
  });
});
