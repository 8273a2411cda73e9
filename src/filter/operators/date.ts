import { sql, type SQL } from 'drizzle-orm';
import type { DateTest } from '../ast.ts';
import { resolveRange, type DateRange } from '../moments.ts';
import { printDate, printPeriod, printUnit } from '../print-dates.ts';
import type { OperandType } from '../problem/problem.ts';
import {
  presume,
  type Operator,
  type SqlContext,
  type ValueContext,
  type ValueTest,
} from './operator.ts';

const TYPES: readonly OperandType[] = ['date', 'datetime'];
const WITH_ANNIVERSARY: readonly OperandType[] = [...TYPES, 'anniversary'];

type DateOperators = {
  readonly [Kind in DateTest['kind']]: Operator<Extract<DateTest, { readonly kind: Kind }>>;
};

export const DATE_OPERATORS: DateOperators = {
  on: {
    kind: 'on',
    words: ['='],
    negated: '!=',
    types: WITH_ANNIVERSARY,
    read: (parsed, reader) => ({ kind: 'on', date: reader.date(presume(parsed, 'value').value) }),
    print: ({ date }) => printDate(date),
    sql: inRange,
    // rule: memory-on
    prepare: prepareRange,
    example: 'created_at = yesterday',
    doc:
      'on that day, from its local midnight to the next; of a point in time, ' +
      'that very millisecond',
  },
  before: {
    kind: 'before',
    words: ['before', '<'],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'before',
      date: reader.date(presume(parsed, 'value').value),
    }),
    print: ({ date }) => printDate(date),
    sql: inRange,
    // rule: memory-before
    prepare: prepareRange,
    example: 'created_at before 2026-01-01',
    doc: 'ahead of the day, or of the point in time',
  },
  after: {
    kind: 'after',
    words: ['after', '>'],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'after',
      date: reader.date(presume(parsed, 'value').value),
    }),
    print: ({ date }) => printDate(date),
    sql: inRange,
    // rule: memory-after
    prepare: prepareRange,
    example: 'last_active_at after now - 2 hours',
    doc: 'from the end of the day on, or after the point in time',
  },
  through: {
    kind: 'through',
    words: ['<='],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'through',
      date: reader.date(presume(parsed, 'value').value),
    }),
    print: ({ date }) => printDate(date),
    sql: inRange,
    // rule: memory-through
    prepare: prepareRange,
    example: 'created_at <= end of month',
    doc: 'until the end of the day',
  },
  since: {
    kind: 'since',
    words: ['>='],
    negated: undefined,
    types: TYPES,
    read: (parsed, reader) => ({
      kind: 'since',
      date: reader.date(presume(parsed, 'value').value),
    }),
    print: ({ date }) => printDate(date),
    sql: inRange,
    // rule: memory-since
    prepare: prepareRange,
    example: 'created_at >= start of year',
    doc: 'from the start of the day on; of events one writes `since`',
  },
  dateBetween: {
    kind: 'dateBetween',
    words: ['between'],
    negated: 'not between',
    types: WITH_ANNIVERSARY,
    read: (parsed, reader) => {
      const { low, high } = presume(parsed, 'pair');
      return { kind: 'dateBetween', low: reader.date(low), high: reader.date(high) };
    },
    print: ({ low, high }) => `${printDate(low)} and ${printDate(high)}`,
    sql: inRange,
    // rule: memory-dateBetween
    prepare: prepareRange,
    example: 'created_at between 2026-01-01 and 2026-03-31',
    doc: 'from the start of the first day to the end of the second',
  },
  inLast: {
    kind: 'inLast',
    words: ['in last'],
    negated: 'not in last',
    types: WITH_ANNIVERSARY,
    read: (parsed, reader) => ({ kind: 'inLast', ...reader.duration(presume(parsed, 'duration')) }),
    print: ({ count, unit }) => printUnit(count, unit),
    sql: inRange,
    // rule: memory-inLast
    prepare: prepareRange,
    example: 'last_active_at in last 30 days',
    doc: 'up to now and not longer ago than that; on days, today and so many days before it',
  },
  inNext: {
    kind: 'inNext',
    words: ['in next'],
    negated: 'not in next',
    types: WITH_ANNIVERSARY,
    read: (parsed, reader) => ({ kind: 'inNext', ...reader.duration(presume(parsed, 'duration')) }),
    print: ({ count, unit }) => printUnit(count, unit),
    sql: inRange,
    // rule: memory-inNext
    prepare: prepareRange,
    example: 'renewal in next 2 weeks',
    doc: 'after now and not further away than that; on days, today and so many days after it',
  },
  during: {
    kind: 'during',
    words: ['during'],
    negated: 'not during',
    types: WITH_ANNIVERSARY,
    read: (parsed, reader) => {
      const { period, span } = presume(parsed, 'period');
      return { kind: 'during', period: reader.period(period, span) };
    },
    print: ({ period }) => printPeriod(period),
    sql: inRange,
    // rule: memory-during
    prepare: prepareRange,
    example: 'created_at during last month',
    doc: 'within the calendar period: a year, quarter, month, week or day',
  },
};

function inRange(value: SQL, test: DateTest, context: SqlContext): SQL {
  return rangeCondition(value, resolveRange(test, context.grain, context.time), context);
}

/** The condition that the value lies in the range. */
export function rangeCondition(
  value: SQL,
  { from, until }: DateRange,
  { dialect, nullable }: Pick<SqlContext, 'dialect' | 'nullable'>,
): SQL {
  if (from !== null && until !== null && from >= until) return dialect.constant(false);
  const tests = [
    ...(nullable ? [sql`${value} is not null`] : []),
    ...(from === null ? [] : [sql`${value} >= ${from}`]),
    ...(until === null ? [] : [sql`${value} < ${until}`]),
  ];
  return sql`(${sql.join(tests, sql` and `)})`;
}

/**
 * Whether a stored day (text) or instant (epoch ms) lies in the range. A day is compared as text,
 * even if the text is no day.
 */
function prepareRange(test: DateTest, { grain, time }: ValueContext): ValueTest {
  const range = resolveRange(test, grain, time);
  if (range.grain === 'day') {
    const { from, until } = range;
    return (value) =>
      typeof value === 'string' &&
      (from === null || value >= from) &&
      (until === null || value < until);
  }
  const { from, until } = range;
  return (value) =>
    typeof value === 'number' &&
    (from === null || value >= from) &&
    (until === null || value < until);
}
