/** The figures that can be computed from a contact's events, one record for each word. */
import { sql, type SQL } from 'drizzle-orm';
import { compensatedSum } from '../../support/sum.ts';
import type { AggregateName } from '../ast.ts';
import type { EventRow } from '../contact-row.ts';

export interface Aggregate {
  /** The type of the figure; it takes the same tests as a field of this type. */
  readonly type: 'number' | 'datetime';
  /** Whether it is made of the events' values: `sum(purchase.value)`. */
  readonly ofValues: boolean;
  /** Its value when there is no event; null is empty. */
  readonly ofNone: 0 | null;
  /**
   * The SQL over the rows `e` of one contact. `filter` is empty or a clause that leaves some rows
   * out.
   */
  readonly sql: (filter: SQL) => SQL;
  /** The same in memory. */
  readonly of: (events: readonly EventRow[]) => number | null;
  readonly example: string;
  readonly doc: string;
}

export const AGGREGATE_OPERATORS: { readonly [Name in AggregateName]: Aggregate } = {
  count: {
    type: 'number',
    ofValues: false,
    ofNone: 0,
    sql: (filter) => sql`count(*)${filter}`,
    of: (events) => events.length,
    example: 'count(email.read in last 90 days) >= 2',
    doc: 'how many such events there are; 0 without any',
  },
  first: {
    type: 'datetime',
    ofValues: false,
    ofNone: null,
    // rule: operator-first
    sql: (filter) => sql`min(e.occurred_at)${filter}`,
    of: (events) => least(instantsOf(events)),
    example: 'first(purchase) during last year',
    doc: 'when the earliest of them was; empty without any',
  },
  last: {
    type: 'datetime',
    ofValues: false,
    ofNone: null,
    // rule: operator-last
    sql: (filter) => sql`max(e.occurred_at)${filter}`,
    of: (events) => greatest(instantsOf(events)),
    example: 'last(page.hit) before today - 100 days',
    doc: 'when the latest of them was; empty without any',
  },
  sum: {
    type: 'number',
    ofValues: true,
    ofNone: 0,
    // rule: operator-sum
    sql: (filter) => sql`coalesce(sum(e.value)${filter}, 0)`,
    of: (events) => orNull(compensatedSum(valuesOf(events))) ?? 0,
    example: 'sum(purchase.value in last 1 year) > 1000',
    doc: 'their values added up; 0 without any',
  },
  avg: {
    type: 'number',
    ofValues: true,
    ofNone: null,
    // rule: operator-avg
    sql: (filter) => sql`avg(e.value)${filter}`,
    of: (events) => orNull(compensatedSum(valuesOf(events)) / valuesOf(events).length),
    example: 'avg(purchase.value) >= 49.9',
    doc: 'the mean of their values; empty without any',
  },
  min: {
    type: 'number',
    ofValues: true,
    ofNone: null,
    // rule: operator-min
    sql: (filter) => sql`min(e.value)${filter}`,
    of: (events) => least(valuesOf(events)),
    example: 'min(purchase.value) < 5',
    doc: 'the smallest of their values; empty without any',
  },
  max: {
    type: 'number',
    ofValues: true,
    ofNone: null,
    // rule: operator-max
    sql: (filter) => sql`max(e.value)${filter}`,
    of: (events) => greatest(valuesOf(events)),
    example: 'max(purchase.value during this year) > 500',
    doc: 'the largest of their values; empty without any',
  },
};

function valuesOf(events: readonly EventRow[]): number[] {
  return events.flatMap(({ value }) => (value === null ? [] : [value]));
}

function instantsOf(events: readonly EventRow[]): number[] {
  return events.map(({ occurredAt }) => occurredAt);
}

/** Databases turn NaN (∞ − ∞, 0 / 0) into NULL. */
function orNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

function least(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b));
}

function greatest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b));
}
