/**
 * `anniversary(f) TEST`: whether a yearly return of the date, beginning with the date itself, lies
 * in the days of the test.
 */
import { sql, type SQL } from 'drizzle-orm';
import { BEHIND_LAST_DAY, addToDay, isDay } from '../../support/time.ts';
import type { DateTest, Test } from '../ast.ts';
import { resolveRange } from '../moments.ts';
import type { SqlContext, ValueContext, ValueTest } from './operator.ts';

/** The days of one year that the test covers, as months and days from `first` to `last`. */
export interface YearSlice {
  readonly year: string;
  readonly first: string; // 03-15
  readonly last: string;
}

export function anniversaryCondition(value: SQL, test: Test, { time, dialect }: SqlContext): SQL {
  const [ofYear, ofDay] = [sql`substr(${value}, 1, 4)`, sql`substr(${value}, 6)`];
  // rule: operator-anniversary
  const slices = yearSlices(test, time).map(
    ({ year, first, last }) =>
      sql`${ofYear} <= ${year} and ${ofDay} >= ${first} and ${ofDay} <= ${last}`,
  );
  if (slices.length === 0) return dialect.constant(false);
  const isInSlice = sql.join(slices, sql` or `);
  return sql`(${value} is not null and ${dialect.isDay(value)} and (${isInSlice}))`;
}

export function prepareAnniversary(test: Test, { time }: ValueContext): ValueTest {
  const slices = yearSlices(test, time);
  return (value) => {
    if (typeof value !== 'string' || !isDay(value)) return false;
    const year = value.slice(0, 4);
    const monthDay = value.slice(5);
    // rule: memory-anniversary
    return slices.some(
      (slice) => year <= slice.year && monthDay >= slice.first && monthDay <= slice.last,
    );
  };
}

/**
 * The days of the test, year by year. Of many years the last two suffice: a whole year holds every
 * month and day, and a date that had begun by an earlier year has begun by a later one. In years
 * without 29 February that date falls on the 28th.
 */
function yearSlices(test: Test, time: ValueContext['time']): YearSlice[] {
  const { from, until } = resolveRange(test as DateTest, 'day', time);
  if (typeof from !== 'string' || typeof until !== 'string' || from >= until) return [];
  const end = until === BEHIND_LAST_DAY ? '9999-12-31' : addToDay(until, -1, 'day');
  const lastYear = Number(end.slice(0, 4));
  const firstYear = Math.max(Number(from.slice(0, 4)), lastYear - 1);
  return Array.from({ length: lastYear - firstYear + 1 }, (_, index) =>
    sliceOf(firstYear + index, from, end),
  );
}

function sliceOf(year: number, from: string, end: string): YearSlice {
  const text = String(year).padStart(4, '0');
  const first = from.startsWith(text) ? from.slice(5) : '01-01';
  const last = end.startsWith(text) ? end.slice(5) : '12-31';
  return { year: text, first, last: last === '02-28' && !isLeap(year) ? '02-29' : last };
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
