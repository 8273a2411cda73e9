import { describe, expect, test } from 'vitest';
import { printFilter, readFilter, translateCondition } from '../../src/filter/index.ts';
import type { UserError } from '../../src/support/errors.ts';
import { CATALOGUE } from './world.ts';

/** Field, operator, values, the condition in canonical text. */
const ROWS: readonly (readonly [field: string, operator: string, values: readonly string[], condition: string])[] = [
  ['country', '=', ['FR'], 'country = "FR"'],
  ['country', 'eq', ['FR'], 'country = "FR"'],
  ['country', '!=', ['FR'], 'country != "FR"'],
  ['country', 'in', ['FR', 'BE'], 'country in ("FR", "BE")'],
  ['country', 'in', ['FR|BE', 'DE'], 'country in ("FR", "BE", "DE")'],
  ['country', '!in', ['FR'], 'country not in ("FR")'],
  ['country', 'empty', [], 'country is empty'],
  ['country', '!empty', [], 'country is not empty'],
  ['city', 'like', ['par'], 'city like "%par%"'],
  ['city', 'like', ['par%'], 'city like "par%"'],
  ['city', '!like', ['par'], 'city not like "%par%"'],
  ['city', 'regexp', ['^p'], 'city matches "(?i)^p"'],
  ['city', '!regexp', ['^p'], 'city not matches "(?i)^p"'],
  ['city', 'startsWith', ['p"a'], 'city starts with "p\\"a"'],
  ['city', 'endsWith', ['s'], 'city ends with "s"'],
  ['city', 'contains', ['ari'], 'city contains "ari"'],
  ['city', '!contains', ['ari'], 'city not contains "ari"'],
  ['points', 'gt', ['5'], 'points > 5'],
  ['points', 'gte', ['5'], 'points >= 5'],
  ['points', 'lt', [' -5 '], 'points < -5'],
  ['points', 'lte', ['1e3'], 'points <= 1000'],
  ['points', 'between', ['1', '5'], 'points between 1 and 5'],
  ['points', '!between', ['1', '5'], 'points not between 1 and 5'],
  ['points', 'in', ['1|2'], 'points in (1, 2)'],
  ['customer', '=', ['1'], 'customer = true'],
  ['customer', '!=', ['no'], 'customer != false'],
  ['interests', 'in', ['golf|sailing'], 'interests has any ("golf", "sailing")'],
  ['interests', '!in', ['golf'], 'interests has none ("golf")'],
  ['interests', 'has all', ['golf', 'sailing'], 'interests has all ("golf", "sailing")'],
  ['tags', 'in', ['vip'], 'tagged "vip"'],
  ['tags', '!in', ['vip', 'press'], 'tags has none ("vip", "press")'],
  ['tags', 'empty', [], 'tags is empty'],
  ['company', '=', ['Acme'], 'company.name = "Acme"'],
  ['company.employees', 'gt', ['10'], 'company.employees > 10'],
  ['leadlist', 'in', ['hot', 'newsletter'], 'in segment hot or in segment newsletter'],
  ['segment', '!in', ['hot', '2024-leads'], 'not (in segment hot or in segment `2024-leads`)'],
  ['birthday', '=', ['1990-03-15'], 'birthday = 1990-03-15'],
  ['birthday', '=', ['birthday'], 'anniversary(birthday) = today'],
  ['birthday', '=', ['anniversary -1 day'], 'anniversary(birthday) = today - 1 day'],
  ['birthday', '=', ['today'], 'birthday = today'],
  ['birthday', 'lt', ['-30 days'], 'birthday before today - 30 days'],
  ['created_at', 'gte', ['-30 days'], 'created_at >= today - 30 days'],
  ['created_at', 'gt', ['+1 week'], 'created_at after today + 1 week'],
  ['created_at', 'gt', ['-2 hours'], 'created_at after now - 2 hours'],
  ['created_at', 'lt', ['3 months ago'], 'created_at before today - 3 months'],
  ['created_at', '=', ['last week'], 'created_at during last week'],
  ['created_at', '!=', ['This Month'], 'created_at not during this month'],
  ['created_at', 'lt', ['last month'], 'created_at before start of month - 1 month'],
  ['created_at', 'gt', ['last month'], 'created_at after start of month - 1 day'],
  ['created_at', 'lte', ['this year'], 'created_at <= start of year + 1 year - 1 day'],
  ['created_at', 'gte', ['next quarter'], 'created_at >= start of quarter + 3 months'],
  ['created_at', 'between', ['last week', 'yesterday'], 'created_at between start of week - 1 week and yesterday'],
  ['created_at', '=', ['2026-03-15 10:00'], 'created_at = 2026-03-15T10:00'],
  ['created_at', 'during', ['last month'], 'created_at during last month'],
  ['created_at', 'in last', ['30 days'], 'created_at in last 30 days'],
  ['created_at', 'empty', [], 'created_at is empty'],
];

describe('a row of a builder', () => {
  test.each(ROWS)('%s %s %j', (field, operator, values, condition) => {
    expect(printFilter(readFilter(translateCondition({ field, operator, values }, CATALOGUE), CATALOGUE).ast, CATALOGUE)).toBe(condition);
  });

  test.each([
    ['country', 'eqals', ['FR'], 'unknown operator `eqals`'],
    ['country', '=', [], '`=` takes 1 value, and there are 0'],
    ['country', 'in', [], '`in` takes 1 value, and there are 0'],
    ['points', 'between', ['1'], '`between` takes 2 values, and there is 1'],
    ['points', 'empty', ['1'], '`empty` takes no value, and there is 1'],
    ['leadlist', 'like', ['hot'], 'segments are asked with `in` or `!in`, not with `like`'],
  ] as const)('%s %s %j is refused', (field, operator, values, message) => {
    expect(() => translateCondition({ field, operator, values }, CATALOGUE)).toThrow(expect.objectContaining({ message, exit: 2 }) as UserError);
  });

  test('a value never becomes a condition of its own', () => {
    const text = translateCondition({ field: 'created_at', operator: 'during', values: ['2026 or true'] }, CATALOGUE);
    expect(() => readFilter(text, CATALOGUE)).toThrow('`2026 or true` is not a period');
  });
});
