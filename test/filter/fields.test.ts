import { afterAll, describe, expect, test } from 'vitest';
import { evaluateFilter, type FilterAst } from '../../src/filter/index.ts';
import { expectMembers, type Row } from './ask.ts';
import { CATALOGUE, TIME, World, type Person } from './world.ts';

const PEOPLE: readonly Person[] = [
  {
    contact: {
      email: 'ann@example.org',
      first_name: 'Ann',
      city: 'Paris',
      country: 'FR',
      points: 50,
      plan: 'pro',
      customer: 1,
      birthday: '1990-03-15',
      interests: '|sailing|golf|',
      website: 'https://a.example/x_y',
      phone: '+33 6 12',
    },
  },
  {
    contact: {
      email: 'Émile@example.org',
      first_name: 'Émile',
      city: 'Saint-Étienne',
      country: 'fr',
      points: 0,
      plan: 'free',
      customer: 0,
      birthday: '2000-02-29',
      interests: '|Échecs|',
    },
    company: { name: 'Alpha', industry: 'Metal', employees: 120 },
  },
  {
    contact: {
      first_name: 'émile',
      city: 'SAINT-ÉTIENNE',
      country: 'BE',
      points: -3.5,
      website: 'http://100%.example/',
      interests: '',
    },
    company: { name: '', industry: null, employees: null },
  },
  { contact: { first_name: '', city: null, country: null, phone: '' } },
];

const world = new World(PEOPLE);
afterAll(() => {
  world.close();
});

/** Text, canonical text when it differs, the ids that match. */
const ROWS: readonly Row[] = [
  ['country = "FR"', [1, 2]],
  ["COUNTRY = 'fr'", [1, 2], 'country = "fr"'],
  ['country != "FR"', [3, 4]],
  ['not country = "FR"', [3, 4], 'country != "FR"'],
  ['not country != "FR"', [1, 2]],
  ['country in ("FR", "BE")', [1, 2, 3]],
  ['country not in ("FR", "BE")', [4]],
  ['country is empty', [4]],
  ['country is not empty', [1, 2, 3]],
  ['first_name is empty', [4]],
  ['phone is empty', [2, 3, 4]],
  ['first_name = ""', [4]],
  ['first_name != ""', [1, 2, 3]],
  ['country = ""', []],
  ['first_name = "ÉMILE"', [2, 3]],
  ['first_name = "emile"', []],
  ['first_name = "E\\u{301}mile"', [2, 3], 'first_name = "Émile"'],
  ['first_name in ("ÉMILE", "ann")', [1, 2, 3]],
  ['city contains "étienne"', [2, 3]],
  ['city not contains "étienne"', [1, 4]],
  ['city contains "AINT"', [2, 3]],
  ['city contains ""', [1, 2, 3]],
  ['city starts with "p"', [1]],
  ['city starts with "saint-É"', [2, 3]],
  ['city ends with "NE"', [2, 3]],
  ['city ends with "étienne"', [2, 3]],
  ['city not ends with "s"', [2, 3, 4]],
  ['city like "p_ris"', [1]],
  ['city like "%-_tienne"', [2, 3]],
  ['city like "%é%"', [2, 3]],
  ['city not like "%a%"', [4]],
  ['website contains "%"', [3]],
  ['website contains "x_y"', [1]],
  ['website like "%x\\_y"', [1]],
  ['website like "%100\\%%"', [3]],
  ['website matches "^https://"', [1]],
  ['website matches "(?i)^HTTPS?:"', [1, 3]],
  ['website not matches "^https"', [2, 3, 4]],
  ['points = 50', [1]],
  ['points = 0', [2]],
  ['points = -0', [2], 'points = 0'],
  ['points != 0', [1, 3, 4]],
  ['points < 0', [3]],
  ['not points < 0', [1, 2, 4]],
  ['points <= 0', [2, 3]],
  ['points > -3.5', [1, 2]],
  ['points >= 1e1', [1], 'points >= 10'],
  ['points between -3.5 and 0', [2, 3]],
  ['points not between -3.5 and 0', [1, 4]],
  ['points in (50, 0)', [1, 2]],
  ['points not in (50, 0)', [3, 4]],
  ['points in (1, 2, 3, 4, 5, 6, 7, 8, 50)', [1]],
  ['points is empty', [4]],
  ['customer = true', [1]],
  ['customer != true', [2, 3, 4]],
  ['customer = false', [2]],
  ['customer is empty', [3, 4]],
  ['plan = "PRO"', [1], 'plan = "pro"'],
  ['plan in ("free", "pro")', [1, 2]],
  ['plan != "pro"', [2, 3, 4]],
  ['birthday = 1990-03-15', [1]],
  ['birthday = "1990-03-15"', [1], 'birthday = 1990-03-15'],
  ['birthday before 2000-01-01', [1]],
  ['birthday < 2000-01-01', [1], 'birthday before 2000-01-01'],
  ['birthday > 1990-03-14', [1, 2], 'birthday after 1990-03-14'],
  ['birthday >= 1990-03-16', [2]],
  ['birthday <= 1990-03-15', [1]],
  ['birthday between 1990-03-15 and 2000-02-29', [1, 2]],
  ['birthday != 1990-03-15', [2, 3, 4]],
  ['birthday is empty', [3, 4]],
  ['birthday < today - 30 years', [1], 'birthday before today - 30 years'],
  ['interests has any ("golf")', [1]],
  ['interests has any ("golf", "échecs")', [1, 2], 'interests has any ("golf", "Échecs")'],
  ['interests has all ("golf", "sailing")', [1]],
  ['interests has none ("golf")', [2, 3, 4]],
  ['interests not has any ("golf")', [2, 3, 4], 'interests has none ("golf")'],
  ['interests not has none ("golf")', [1], 'interests has any ("golf")'],
  ['interests not has all ("golf", "sailing")', [2, 3, 4]],
  ['interests is empty', [3, 4]],
  ['company.industry = "metal"', [2]],
  ['company.industry != "metal"', [1, 3, 4]],
  ['company.industry is empty', [1, 3, 4]],
  ['company.industry is not empty', [2]],
  ['company is empty', [1, 3, 4], 'company.name is empty'],
  ['company.employees >= 100', [2]],
  ['not company.employees >= 100', [1, 3, 4]],
  ['true', [1, 2, 3, 4]],
  ['not true', []],
  ['false or country = "FR"', [1, 2]],
  ['country = "FR" and points > 10 or city is empty', [1, 4]],
  ['country = "FR" and (points > 10 or city is empty)', [1]],
  ['not (country = "FR" or points < 0)', [4]],
  ['not not points < 0', [3]],
  ['((country = "FR"))', [1, 2], 'country = "FR"'],
];

describe('fields', () => {
  test.each(ROWS.map((row) => ({ text: row[0], row })))('$text', ({ row }) => {
    expectMembers(world, row);
  });
});

describe('an option behind a NUL character, which only another tool can have written', () => {
  const spoiled = new World([
    { contact: { interests: '|golf|a\0|sailing|' } },
    { contact: { interests: '|golf|sailing|' } },
  ]);
  afterAll(() => {
    spoiled.close();
  });
  const operand = { kind: 'field', field: 13 } as const;
  const more = Array.from({ length: 9 }, (_, at) => `other ${at}`);

  test.each([
    ['has any', { kind: 'hasAny', texts: ['sailing'] }, [2]],
    ['has any of many', { kind: 'hasAny', texts: ['sailing', ...more] }, [2]],
    ['has all', { kind: 'hasAll', texts: ['golf', 'sailing'] }, [2]],
    ['has any, ahead of it', { kind: 'hasAny', texts: ['golf', ...more] }, [1, 2]],
  ] as const)('is not there for `%s`', (_, each, members) => {
    const ast: FilterAst = { kind: 'test', operand, test: each };
    for (const shape of ['scan', 'probe'] as const)
      expect(spoiled.select(ast, shape), shape).toEqual(members);
    expect(spoiled.byColumns([ast]), 'by columns').toEqual([members]);
    expect(
      spoiled.rows.map((row) => evaluateFilter(ast, row, { time: TIME, catalogue: CATALOGUE })),
      'in memory',
    ).toEqual([1, 2].map((id) => members.some((member) => member === id)));
  });
});
