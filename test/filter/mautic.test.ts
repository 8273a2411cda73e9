import { describe, expect, test } from 'vitest';
import {
  printFilter,
  readFilter,
  translateCondition,
  warningsOfTranslation,
} from '../../src/filter/index.ts';
import type { UserError } from '../../src/support/errors.ts';
import { CATALOGUE } from './world.ts';

/** Field, operator, values, the condition in canonical text. */
const ROWS: readonly (readonly [
  field: string,
  operator: string,
  values: readonly string[],
  condition: string,
])[] = [
  ['country', '=', ['FR'], 'country = "FR"'],
  ['country', 'eq', ['FR'], 'country = "FR"'],
  ['country', '=', ['FR', 'B|E'], 'country in ("FR", "B|E")'],
  ['country', '!=', ['FR'], 'country != "FR"'],
  ['country', 'neq', ['FR'], 'country != "FR"'],
  ['country', 'in', ['FR', 'BE'], 'country in ("FR", "BE")'],
  ['country', 'in', ['FR|BE', 'DE'], 'country in ("FR", "BE", "DE")'],
  ['country', '!in', ['FR'], 'country not in ("FR")'],
  ['country', 'empty', [], 'country is empty'],
  ['country', '!empty', [], 'country is not empty'],
  ['city', 'like', ['par'], 'city contains "par"'],
  ['city', 'like', ['p_r'], 'city like "%p_r%"'],
  ['city', 'like', ['par%'], 'city like "par%"'],
  ['city', '!like', ['par'], 'city not contains "par"'],
  ['city', '!like', ['%par'], 'city not like "%par"'],
  ['city', 'regexp', ['^p'], 'city matches "(?i)^p"'],
  ['city', '!regexp', ['^p'], 'city not matches "(?i)^p" and city is not empty'],
  ['city', 'not matches', ['^p'], 'city not matches "^p"'],
  [
    'company.name',
    '!regexp',
    ['^p'],
    'company.name not matches "(?i)^p" and company.name is not empty',
  ],
  ['city', 'startsWith', ['p"a'], 'city starts with "p\\"a"'],
  ['city', 'startsWith', ['SP_26'], 'city like "SP_26%"'],
  ['city', 'starts with', ['SP_26'], 'city starts with "SP_26"'],
  ['city', 'endsWith', ['s'], 'city ends with "s"'],
  ['city', 'endsWith', ['50%'], 'city like "%50%"'],
  ['city', 'contains', ['ari'], 'city contains "ari"'],
  ['city', 'contains', ['a_i'], 'city like "%a_i%"'],
  ['city', '!contains', ['ari'], 'city not contains "ari"'],
  ['city', '!startsWith', ['a%'], 'city not like "a%%"'],
  ['points', 'gt', ['5'], 'points > 5'],
  ['points', 'gte', ['5'], 'points >= 5'],
  ['points', 'lt', [' -5 '], 'points < -5'],
  ['points', 'lte', ['1e3'], 'points <= 1000'],
  ['points', 'between', ['1', '5'], 'points between 1 and 5'],
  ['points', '!between', ['1', '5'], 'points not between 1 and 5'],
  ['points', 'in', ['1|2'], 'points in (1, 2)'],
  ['points', '=', ['1', '2'], 'points in (1, 2)'],
  ['points', 'empty', [], 'points is empty or points = 0'],
  ['points', '!empty', [], 'points is not empty and points != 0'],
  ['points', 'is empty', [], 'points is empty'],
  ['points', 'is not empty', [], 'points is not empty'],
  ['customer', '=', ['1'], 'customer = true'],
  ['customer', '=', ['0'], 'customer = false'],
  ['customer', '!=', ['no'], 'customer != false'],
  ['interests', 'in', ['golf|sailing'], 'interests has any ("golf", "sailing")'],
  ['interests', '!in', ['golf'], 'interests has none ("golf")'],
  ['interests', 'in_all', ['golf', 'sailing'], 'interests has all ("golf", "sailing")'],
  ['interests', '!in_all', ['golf|sailing'], 'interests not has all ("golf", "sailing")'],
  ['interests', 'has all', ['golf', 'sailing'], 'interests has all ("golf", "sailing")'],
  ['interests', 'empty', [], 'interests is empty'],
  ['tags', 'in', ['vip'], 'tagged "vip"'],
  ['tags', 'in_all', ['vip', 'press'], 'tags has all ("vip", "press")'],
  ['tags', '!in', ['vip', 'press'], 'tags has none ("vip", "press")'],
  ['tags', 'empty', [], 'tags is empty'],
  ['company', '=', ['Acme'], 'company.name = "Acme"'],
  ['company.employees', 'gt', ['10'], 'company.employees > 10'],
  ['leadlist', 'in', ['hot', 'newsletter'], 'in segment hot or in segment newsletter'],
  ['segment', '!in', ['hot', '2024-leads'], 'not (in segment hot or in segment `2024-leads`)'],

  ['birthday', '=', ['1990-03-15'], 'birthday = 1990-03-15'],
  ['birthday', 'gt', ['1990-03-15'], 'birthday after 1990-03-15'],
  ['birthday', '=', ['today'], 'birthday = today'],
  ['birthday', 'lt', ['-30 days'], 'birthday before today - 30 days'],
  ['birthday', 'gt', ['-30 days'], 'birthday after today - 30 days'],
  ['birthday', 'lte', ['-30 days'], 'birthday <= today - 30 days'],
  ['birthday', 'gte', ['1 day'], 'birthday >= today + 1 day'],
  ['birthday', '=', ['birthday'], 'anniversary(birthday) = today'],
  ['birthday', '=', ['anniversary -1 day'], 'anniversary(birthday) = today - 1 day'],
  ['birthday', '!=', ['birthday + 2 weeks'], 'anniversary(birthday) = today + 2 weeks'],
  ['birthday', 'gt', ['birthday 1 day'], 'anniversary(birthday) = today + 1 day'],
  ['birthday', 'lt', ['first day of this month'], 'birthday before start of month'],
  ['birthday', 'inLast', ['30 days'], 'birthday between today - 30 days and today'],
  ['birthday', 'inNext', ['1 week'], 'birthday between today and today + 1 week'],
  ['birthday', 'in next', ['1 week'], 'birthday in next 1 week'],
  ['birthday', 'like', ['2026-03%'], 'birthday during 2026-03'],

  ['created_at', 'gt', ['2026-02-13'], 'created_at after 2026-02-13T00:00'],
  ['created_at', 'gte', [' 2026-02-13 '], 'created_at >= 2026-02-13T00:00'],
  ['created_at', 'lt', ['2026-02-13'], 'created_at before 2026-02-13T00:00'],
  ['created_at', 'lte', ['2026-02-13'], 'created_at <= 2026-02-13T00:00'],
  ['created_at', '=', ['2026-02-13'], 'created_at = 2026-02-13T00:00'],
  ['created_at', '!=', ['2026-02-13'], 'created_at != 2026-02-13T00:00'],
  ['created_at', '>', ['2026-02-13'], 'created_at after 2026-02-13'],
  ['created_at', 'before', ['2026-02-13'], 'created_at before 2026-02-13'],
  ['created_at', '<=', ['2026-02-13'], 'created_at <= 2026-02-13'],
  ['created_at', '=', ['2026-03-15 10:00'], 'created_at = 2026-03-15T10:00'],
  ['created_at', 'lte', ['2026-03-15 10:00:30'], 'created_at <= 2026-03-15T10:00:30'],
  ['created_at', 'gt', ['-30 days'], 'created_at >= today - 30 days'],
  ['created_at', 'gte', ['-30 days'], 'created_at >= today - 30 days'],
  ['created_at', 'lt', ['-30 days'], 'created_at before today - 30 days'],
  ['created_at', 'lte', ['-30 days'], 'created_at before today - 30 days'],
  ['created_at', '=', ['-30 days'], 'created_at = today - 30 days'],
  ['created_at', '!=', ['-30 days'], 'created_at != today - 30 days'],
  ['created_at', 'after', ['-30 days'], 'created_at after today - 30 days'],
  ['created_at', '<=', ['-30 days'], 'created_at <= today - 30 days'],
  ['created_at', 'gt', ['+1 week'], 'created_at >= today + 1 week'],
  ['created_at', 'lte', ['1 day'], 'created_at before today + 1 day'],
  ['created_at', 'gt', ['-0 hours'], 'created_at >= today'],
  ['created_at', 'gt', ['-2 hours'], 'created_at after today - 2 hours'],
  ['created_at', 'lt', ['3 months ago'], 'created_at before today - 3 months'],
  ['created_at', 'lte', ['3 months ago'], 'created_at before today - 3 months'],
  ['created_at', 'gt', ['first day of previous month'], 'created_at >= start of month - 1 month'],
  ['created_at', 'lte', ['first day of last month'], 'created_at before start of month - 1 month'],
  ['created_at', '=', ['last day of previous month'], 'created_at = start of month - 1 day'],
  [
    'created_at',
    'gte',
    ['last day of this month'],
    'created_at >= start of month + 1 month - 1 day',
  ],
  [
    'created_at',
    'lt',
    ['Last day of next month'],
    'created_at before start of month + 2 months - 1 day',
  ],
  ['created_at', 'gt', ['yesterday'], 'created_at after yesterday'],
  ['created_at', 'lte', ['today'], 'created_at <= today'],
  ['created_at', '=', ['last week'], 'created_at during last week'],
  ['created_at', '!=', ['This Month'], 'created_at not during this month'],
  ['created_at', 'lt', ['last month'], 'created_at before start of month - 1 month'],
  ['created_at', 'gt', ['last month'], 'created_at after start of month - 1 day'],
  ['created_at', 'lte', ['this year'], 'created_at <= start of year + 1 year - 1 day'],
  ['created_at', 'gte', ['next quarter'], 'created_at >= start of quarter + 3 months'],
  [
    'created_at',
    'between',
    ['last week', 'yesterday'],
    'created_at between start of week - 1 week and yesterday',
  ],
  ['created_at', 'like', ['2026-03%'], 'created_at during 2026-03'],
  ['created_at', '!like', ['2026'], 'created_at not during 2026'],
  ['created_at', 'startsWith', ['2026-03-15'], 'created_at during 2026-03-15'],
  ['created_at', 'during', ['last month'], 'created_at during last month'],
  ['created_at', 'in last', ['30 days'], 'created_at in last 30 days'],
  ['created_at', 'inLast', ['30 days'], 'created_at between today - 30 days and today'],
  ['created_at', 'INNEXT', ['2 months'], 'created_at between today and today + 2 months'],
  ['created_at', 'empty', [], 'created_at is empty'],
];

describe('a row of a builder', () => {
  test.each(ROWS)('%s %s %j', (field, operator, values, condition) => {
    expect(
      printFilter(
        readFilter(translateCondition({ field, operator, values }, CATALOGUE), CATALOGUE).ast,
        CATALOGUE,
      ),
    ).toBe(condition);
  });

  test.each([
    ['country', 'eqals', ['FR'], 'unknown operator `eqals`'],
    ['country', '=', [], '`=` takes 1 value, and there are 0'],
    ['country', 'in', [], '`in` takes 1 value, and there are 0'],
    ['points', 'between', ['1'], '`between` takes 2 values, and there is 1'],
    ['points', 'empty', ['1'], '`empty` takes no value, and there is 1'],
    ['created_at', 'like', ['%-03-15'], 'a date has no text for `like` to look for `%-03-15` in'],
    [
      'created_at',
      'regexp',
      ['2026-0[12]'],
      'a date has no text for `regexp` to look for `2026-0[12]` in',
    ],
    ['created_at', 'endsWith', ['2026'], 'a date has no text for `endsWith` to look for `2026` in'],
    [
      'created_at',
      'inLast',
      ['36 hours'],
      '`inLast` takes a number of days, weeks, months or years, and `36 hours` is none',
    ],
    [
      'created_at',
      '=',
      ['-2 hours'],
      'Mautic compares `=` with a day, and `-2 hours` is a point in time',
    ],
    ['created_at', 'gte', ['first day of May 2026'], '`first day of may 2026` is no date here'],
    ['created_at', '=', ['2026-01-01', '2026-01-02'], '`=` takes 1 value, and there are 2'],
    ['city', 'constructor', ['x'], 'unknown operator `constructor`'],
    ['leadlist', 'like', ['hot'], 'segments are asked with `in` or `!in`, not with `like`'],
  ] as const)('%s %s %j is refused', (field, operator, values, message) => {
    expect(() => translateCondition({ field, operator, values }, CATALOGUE)).toThrow(
      expect.objectContaining({ message, exit: 2 }) as UserError,
    );
  });

  test.each([
    ['created_at', 'gt', ['30 fortnights'], '`30 fortnights` is not a date of the calendar'],
    ['created_at', 'gt', ['2026-02-30'], '`2026-02-30T00:00` is not a date of the calendar'],
    [
      'created_at',
      '=',
      ['birthday'],
      '`created_at` is a point in time, and only a date has anniversaries',
    ],
    [
      'birthday',
      'gt',
      ['2026-02-13 09:30'],
      '`birthday` holds days, and `"2026-02-13T09:30"` is a point in time',
    ],
    ['city', 'regexp', ['^(?!test).*'], 'this regular expression is not understood'],
    ['points', 'like', ['5%'], '`points` is a number and has no `like`'],
    ['country', 'in_all', ['FR'], '`country` is text and has no `has all`'],
    ['tags', 'startsWith', ['v'], 'has no `starts with`'],
  ] as const)('%s %s %j is refused when it is read', (field, operator, values, message) => {
    const text = translateCondition({ field, operator, values }, CATALOGUE);
    expect(() => readFilter(text, CATALOGUE)).toThrow(message);
  });

  test('excluded segments make a row each under or', () => {
    const excludedBehind = (glue: 'and' | 'or'): string =>
      translateCondition(
        { field: 'leadlist', operator: '!in', values: ['hot', 'newsletter'], glue },
        CATALOGUE,
      );
    expect(excludedBehind('or')).toBe('not in segment hot or not in segment newsletter');
    expect(excludedBehind('and')).toBe('not (in segment hot or in segment newsletter)');
  });

  test('what Mautic means otherwise than many expect draws a warning', () => {
    const warningsOf = (field: string, operator: string, ...values: string[]): string[] =>
      warningsOfTranslation({ field, operator, values }, CATALOGUE);
    expect(warningsOf('interests', 'in', 'golf|sailing')).toEqual([
      expect.stringMatching(/up to Mautic 6 .* `in_all`/),
    ]);
    const midnight = expect.stringMatching(
      /its midnight.* say --where 'created_at = 2026-03-15'$/,
    ) as string;
    expect(warningsOf('created_at', '=', '2026-03-15')).toEqual([midnight]);
    const quiet = [
      ['interests', 'in', 'golf'],
      ['interests', 'has any', 'golf', 'sailing'],
      ['interests', '!in', 'golf', 'chess'],
      ['tags', 'in', 'a', 'b'],
      ['created_at', 'gt', '2026-03-15'],
      ['birthday', '=', '2026-03-15'],
      ['created_at', '=', 'today'],
    ] as const;
    for (const [field, operator, ...values] of quiet) {
      expect([field, operator, warningsOf(field, operator, ...values)]).toEqual([
        field,
        operator,
        [],
      ]);
    }
  });

  test('a value never becomes a condition of its own', () => {
    const text = translateCondition(
      { field: 'created_at', operator: 'during', values: ['2026 or true'] },
      CATALOGUE,
    );
    expect(() => readFilter(text, CATALOGUE)).toThrow('`2026 or true` is not a period');
  });
});
