import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { printFilter, readFilter, translateCondition } from '../../src/filter/index.ts';
import { CLOCK, newcomersWorld, PEOPLE } from './newcomers-world.ts';
import { membersOf, REFERENCE_CATALOGUE } from './reference-world.ts';

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const page = textOf('../../docs/coming-from.md');

const spansOf = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

/** The filters in the second cell of the tables' rows; a `\|` is no border. */
function filtersIn(text: string): string[] {
  const rows = [...text.matchAll(/^\|.*\|$/gm)].map(([row]) => row.split(/(?<!\\)\|/).slice(1, -1));
  return [...new Set(rows.flatMap(([, cell = '']) => spansOf(cell)))];
}

/** The members that each filter's line states, by name. */
const STATED = new Map(
  textOf('newcomers.txt')
    .split('\n')
    .filter((line) => line.includes('  →  '))
    .map((line) => {
      const [filter = '', names = ''] = line.split('  →  ');
      return [filter, names.split(' ')] as const;
    }),
);

const world = newcomersWorld();
afterAll(() => {
  world.close();
});
const names = Object.keys(PEOPLE);
const named = (ids: readonly number[]): string[] => ids.map((id) => names[id - 1] ?? '');

test('every filter of the page has stated members, and every statement a filter on the page', () => {
  expect([...STATED.keys()]).toEqual(filtersIn(page));
});

describe('the filter finds the stated members', () => {
  test.each([...STATED])('%s', (filter, members) => {
    const { answers } = membersOf(world, filter, CLOCK);
    for (const answer of answers) expect(named(answer)).toEqual(members);
    const others = names.filter((name) => !members.includes(name));
    for (const answer of membersOf(world, `not (${filter})`, CLOCK).answers)
      expect(named(answer)).toEqual(others);
    if (filter !== 'true') expect(others).not.toEqual([]);
  });
});

/** Rows of Mautic's builder, and the filter of the page that each of them is. */
const BUILDER: readonly (readonly [
  field: string,
  operator: string,
  values: readonly string[],
  here: string,
])[] = [
  ['country', '=', ['France'], 'country = "France"'],
  ['country', '!=', ['France'], 'country != "France"'],
  ['points', 'gt', ['50'], 'points > 50'],
  ['points', 'gte', ['50'], 'points >= 50'],
  ['points', 'lt', ['50'], 'points < 50'],
  ['points', 'lte', ['50'], 'points <= 50'],
  ['phone', 'empty', [], 'phone is empty'],
  ['phone', '!empty', [], 'phone is not empty'],
  ['points', 'empty', [], 'points is empty or points = 0'],
  ['points', '!empty', [], 'points is not empty and points != 0'],
  ['city', 'like', ['Par%'], 'city like "Par%"'],
  ['city', 'like', ['par'], 'city contains "par"'],
  ['city', 'like', ['SP_26'], 'city like "%SP_26%"'],
  ['city', '!like', ['Par%'], 'city not like "Par%"'],
  ['email', 'regexp', ['^a'], 'email matches "(?i)^a"'],
  ['email', '!regexp', ['^a'], 'email not matches "(?i)^a" and email is not empty'],
  ['zipcode', 'startsWith', ['75'], 'zipcode starts with "75"'],
  ['email', 'endsWith', ['.example'], 'email ends with ".example"'],
  ['city', 'contains', ['saint'], 'city contains "saint"'],
  ['city', 'startsWith', ['SP_26'], 'city like "SP_26%"'],
  ['city', 'endsWith', ['_26'], 'city like "%_26"'],
  ['city', 'contains', ['100%'], 'city like "%100%%"'],
  ['country', 'in', ['FR|BE'], 'country in ("FR", "BE")'],
  ['country', '!in', ['FR', 'BE'], 'country not in ("FR", "BE")'],
  ['interests', 'in', ['sailing|golf'], 'interests has any ("sailing", "golf")'],
  ['interests', 'in_all', ['sailing', 'golf'], 'interests has all ("sailing", "golf")'],
  ['interests', '!in', ['sailing|golf'], 'interests has none ("sailing", "golf")'],
  ['interests', '!in_all', ['sailing|golf'], 'interests not has all ("sailing", "golf")'],
  ['points', 'between', ['10', '50'], 'points between 10 and 50'],
  ['points', '!between', ['10', '50'], 'points not between 10 and 50'],
  ['customer', '=', ['0'], 'customer = false'],
  ['customer', '!=', ['1'], 'customer != true'],
  ['created_at', '=', ['today'], 'created_at = today'],
  ['last_active_at', '=', ['yesterday'], 'last_active_at = yesterday'],
  ['renewal', '=', ['tomorrow'], 'renewal = tomorrow'],
  ['created_at', '=', ['last week'], 'created_at during last week'],
  ['created_at', '=', ['this month'], 'created_at during this month'],
  ['renewal', '=', ['next year'], 'renewal during next year'],
  ['renewal', '!=', ['this week'], 'renewal not during this week'],
  ['last_active_at', 'gt', ['yesterday'], 'last_active_at after yesterday'],
  ['renewal', 'lte', ['last month'], 'renewal <= start of month - 1 day'],
  ['created_at', 'gte', ['today'], 'created_at >= today'],
  ['renewal', 'lt', ['this month'], 'renewal before start of month'],
  ['created_at', 'gt', ['-30 days'], 'created_at >= today - 30 days'],
  ['created_at', 'gte', ['30 days ago'], 'created_at >= today - 30 days'],
  ['created_at', 'lt', ['-30 days'], 'created_at before today - 30 days'],
  ['created_at', 'lte', ['-30 days'], 'created_at before today - 30 days'],
  ['renewal', 'gt', ['-30 days'], 'renewal after today - 30 days'],
  ['renewal', 'lte', ['-30 days'], 'renewal <= today - 30 days'],
  ['renewal', 'lt', ['+1 week'], 'renewal before today + 1 week'],
  ['renewal', 'lt', ['1 week'], 'renewal before today + 1 week'],
  ['created_at', '=', ['-30 days'], 'created_at = today - 30 days'],
  ['last_active_at', 'gt', ['-2 hours'], 'last_active_at after today - 2 hours'],
  ['created_at', 'gt', ['2026-03-11'], 'created_at after 2026-03-11T00:00'],
  ['created_at', 'lte', ['2026-03-11'], 'created_at <= 2026-03-11T00:00'],
  ['created_at', '=', ['2026-03-11'], 'created_at = 2026-03-11T00:00'],
  ['created_at', 'gte', ['first day of previous month'], 'created_at >= start of month - 1 month'],
  ['created_at', 'lt', ['first day of last month'], 'created_at before start of month - 1 month'],
  ['renewal', '=', ['last day of previous month'], 'renewal = start of month - 1 day'],
  ['created_at', 'inLast', ['30 days'], 'created_at between today - 30 days and today'],
  ['renewal', 'inNext', ['7 days'], 'renewal between today and today + 7 days'],
  ['created_at', 'like', ['2026-03%'], 'created_at during 2026-03'],
  ['birthday', '=', ['birthday'], 'anniversary(birthday) = today'],
  ['birthday', '!=', ['birthday -1 day'], 'anniversary(birthday) = today - 1 day'],
];

describe("a row of Mautic's builder is the filter that the page says", () => {
  const catalogue = REFERENCE_CATALOGUE;
  const canonical = (text: string): string =>
    printFilter(readFilter(text, catalogue).ast, catalogue);

  test.each(BUILDER)('%s %s %j', (field, operator, values, here) => {
    expect(canonical(translateCondition({ field, operator, values }, catalogue))).toBe(
      canonical(here),
    );
  });

  test('every row of the page is taken, and every operator has a row', () => {
    const operators = page.slice(page.indexOf('\n### Operators'), page.indexOf('\n### Fields'));
    expect([...new Set(BUILDER.map(([, , , here]) => here))]).toEqual(filtersIn(operators));
    const all = [
      ...[
        '=',
        '!=',
        'gt',
        'gte',
        'lt',
        'lte',
        'empty',
        '!empty',
        'like',
        '!like',
        'regexp',
        '!regexp',
      ],
      ...['startsWith', 'endsWith', 'contains', 'in', '!in', 'in_all', '!in_all'],
      ...['between', '!between', 'inLast', 'inNext'],
    ];
    for (const operator of all) {
      expect(operators).toMatch(`\`${operator}\``);
      expect(BUILDER.map(([, code]) => code)).toContain(operator);
    }
  });
});
