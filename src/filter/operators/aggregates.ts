/** The figures that can be computed from a contact's events, one record for each word. */
import { sql, type SQL } from 'drizzle-orm';
import { compensatedSum } from '../../support/sum.ts';
import type { Dialect, FigureTest, GroupValues } from '../../sql/dialect.ts';
import type { AggregateName } from '../ast.ts';
import type { EventRow } from '../contact-row.ts';

export interface Aggregate {
  /** The type of the figure; it takes the same tests as a field of this type. */
  readonly type: 'number' | 'datetime';
  /**
   * What number each event gives: 1, its instant, or its value; an event without a value gives none.
   */
  readonly reads: 'one' | 'occurredAt' | 'value';
  /** Its value when there is no event; null is empty. */
  readonly ofNone: 0 | null;
  /**
   * The test of the figure as SQL over the rows `e` of one contact. `filter` is empty or a clause
   * that leaves some rows out.
   */
  readonly sql: (filter: SQL, test: FigureTest, dialect: Dialect) => SQL;
  /** The same in memory, of the numbers of one contact's events, of which there is at least one. */
  readonly of: (numbers: readonly number[]) => number | null;
  /**
   * `of` number by number: the figure so far and the next number give the figure. Null where the
   * last digit hangs on the order, which each database chooses for itself.
   */
  readonly step: ((figure: number, next: number) => number) | null;
  readonly example: string;
  readonly doc: string;
}

export const AGGREGATE_OPERATORS: { readonly [Name in AggregateName]: Aggregate } = {
  count: {
    type: 'number',
    reads: 'one',
    ofNone: 0,
    sql: (filter, { holds }) => holds(sql`count(*)${filter}`),
    // rule: memory-count
    ...steps((count, one) => count + one),
    example: 'count(email.read in last 90 days) >= 2',
    doc: 'how many such events there are; 0 without any',
  },
  first: {
    type: 'datetime',
    reads: 'occurredAt',
    ofNone: null,
    // rule: operator-first
    sql: (filter, { holds }) => holds(sql`min(e.occurred_at)${filter}`),
    // rule: memory-first
    ...steps(Math.min),
    example: 'first(purchase) during last year',
    doc: 'when the earliest of them was; empty without any',
  },
  last: {
    type: 'datetime',
    reads: 'occurredAt',
    ofNone: null,
    // rule: operator-last
    sql: (filter, { holds }) => holds(sql`max(e.occurred_at)${filter}`),
    // rule: memory-last
    ...steps(Math.max),
    example: 'last(page.hit) before today - 100 days',
    doc: 'when the latest of them was; empty without any',
  },
  sum: {
    type: 'number',
    reads: 'value',
    ofNone: 0,
    sql: (filter, test, dialect) => dialect.sum(values(filter), test),
    of: (values) => orNull(compensatedSum(values)),
    // rule: column-sum
    step: null,
    example: 'sum(purchase.value in last 1 year) > 1000',
    doc: 'their values added up; 0 without any',
  },
  avg: {
    type: 'number',
    reads: 'value',
    ofNone: null,
    sql: (filter, test, dialect) => dialect.average(values(filter), test),
    of: (values) => orNull(compensatedSum(values) / values.length),
    // rule: column-avg
    step: null,
    example: 'avg(purchase.value) >= 49.9',
    doc: 'the mean of their values; empty without any',
  },
  min: {
    type: 'number',
    reads: 'value',
    ofNone: null,
    // rule: operator-min
    sql: (filter, { holds }) => holds(sql`min(e.value)${filter}`),
    // rule: memory-min
    ...steps(Math.min),
    example: 'min(purchase.value) < 5',
    doc: 'the smallest of their values; empty without any',
  },
  max: {
    type: 'number',
    reads: 'value',
    ofNone: null,
    // rule: operator-max
    sql: (filter, { holds }) => holds(sql`max(e.value)${filter}`),
    // rule: memory-max
    ...steps(Math.max),
    example: 'max(purchase.value during this year) > 500',
    doc: 'the largest of their values; empty without any',
  },
};

function values(filter: SQL): GroupValues {
  return { value: sql`e.value`, filter, order: sql`e.occurred_at, e.id` };
}

function steps(step: (figure: number, next: number) => number): Pick<Aggregate, 'of' | 'step'> {
  return { of: (numbers) => numbers.reduce((figure, next) => step(figure, next)), step };
}

/** Databases turn NaN (∞ − ∞, 0 / 0) into NULL. */
function orNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

/** The figure of one contact's events. */
export function figureOf(of: AggregateName, events: readonly EventRow[]): number | null {
  const { reads, ofNone, of: figure } = AGGREGATE_OPERATORS[of];
  const numbers = events.flatMap((event) => numberOf(event, reads) ?? []);
  return (numbers.length === 0 ? null : figure(numbers)) ?? ofNone;
}

function numberOf(event: EventRow, reads: Aggregate['reads']): number | null {
  return reads === 'one' ? 1 : event[reads];
}
