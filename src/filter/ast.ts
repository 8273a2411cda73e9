/**
 * The filter as data: the store keeps it, and every stage after the check works on it. Plain JSON,
 * unions by `kind`, ids instead of names for fields and segments, so that renaming breaks nothing.
 * Where the language has two spellings for one meaning, the AST has one form: `a != b` is `not a =
 * b`, `did x` is `count(x) >= 1`, `tagged "x"` is `tags has any ("x")`.
 */

/**
 * Conditions joined by `and`, `or` and `not`. The leaves are predicates of a contact, or tests of
 * one event.
 */
export type Combined<Leaf> = Leaf | Joint<Leaf> | Negation<Leaf> | Constant;

export interface Joint<Leaf> {
  readonly kind: 'and' | 'or';
  readonly filters: readonly Combined<Leaf>[]; // two or more
}

export interface Negation<Leaf> {
  readonly kind: 'not';
  readonly filter: Combined<Leaf>;
}

export interface Constant {
  readonly kind: 'constant';
  readonly value: boolean;
}

/** A filter over contacts. */
export type FilterAst = Combined<Predicate>;

export type Predicate =
  | { readonly kind: 'test'; readonly operand: Operand; readonly test: Test }
  | { readonly kind: 'inSegment'; readonly segment: number }
  | { readonly kind: 'joinedSegment'; readonly segment: number; readonly window: Window }
  | {
      readonly kind: 'suppressed';
      readonly channel: string | null;
      readonly reason: string | null;
    };

/** What is tested. A field is an id of the catalogue, and belongs to the contact or its company. */
export type Operand =
  | { readonly kind: 'field'; readonly field: number }
  | { readonly kind: 'anniversary'; readonly field: number }
  | { readonly kind: 'tags' }
  | { readonly kind: 'aggregate'; readonly of: AggregateName; readonly events: EventSet };

export const AGGREGATES = ['count', 'first', 'last', 'sum', 'avg', 'min', 'max'] as const;
export type AggregateName = (typeof AGGREGATES)[number];

/** The events of one type that satisfy `where` and fall into the window; null means any. */
export interface EventSet {
  readonly type: string;
  readonly where: EventFilter | null;
  readonly window: Window | null;
}

/** A filter over one event. */
export type EventFilter = Combined<EventTest>;

export interface EventTest {
  readonly kind: 'eventTest';
  readonly operand: EventOperand;
  readonly test: Test;
}

export type EventOperand =
  | { readonly kind: 'subject' }
  | { readonly kind: 'value' }
  | { readonly kind: 'occurredAt' }
  | { readonly kind: 'property'; readonly name: string };

export type Test =
  TextTest | NumberTest | BooleanTest | DateTest | SetTest | { readonly kind: 'empty' };

export type TextTest =
  | { readonly kind: 'textEquals'; readonly text: string }
  | { readonly kind: 'textIn'; readonly texts: readonly string[] }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'startsWith'; readonly text: string }
  | { readonly kind: 'endsWith'; readonly text: string }
  // % matches any run and _ one code point; \ before either makes it literal
  | { readonly kind: 'like'; readonly pattern: string }
  | { readonly kind: 'matches'; readonly pattern: string }; // RE2

export type NumberTest =
  | { readonly kind: 'numberEquals'; readonly number: number }
  | { readonly kind: 'numberIn'; readonly numbers: readonly number[] }
  | { readonly kind: 'below'; readonly number: number }
  | { readonly kind: 'atMost'; readonly number: number }
  | { readonly kind: 'above'; readonly number: number }
  | { readonly kind: 'atLeast'; readonly number: number }
  | { readonly kind: 'numberBetween'; readonly low: number; readonly high: number };

export interface BooleanTest {
  readonly kind: 'booleanEquals';
  readonly value: boolean;
}

/**
 * A date test means a range of days on a field of days, and a range of instants on a field of
 * instants (`moments.ts`).
 */
export type DateTest =
  | Window
  | { readonly kind: 'on'; readonly date: DateExpression }
  | { readonly kind: 'after'; readonly date: DateExpression }
  | { readonly kind: 'through'; readonly date: DateExpression };

/** The date tests that select events: `since` is `>=`, `through` above is `<=`. */
export type Window =
  | { readonly kind: 'since'; readonly date: DateExpression }
  | { readonly kind: 'before'; readonly date: DateExpression }
  | { readonly kind: 'dateBetween'; readonly low: DateExpression; readonly high: DateExpression }
  | { readonly kind: 'inLast'; readonly count: number; readonly unit: Unit }
  | { readonly kind: 'inNext'; readonly count: number; readonly unit: Unit }
  | { readonly kind: 'during'; readonly period: Period };

export type SetTest =
  | { readonly kind: 'hasAny'; readonly texts: readonly string[] }
  | { readonly kind: 'hasAll'; readonly texts: readonly string[] };

export const UNITS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type Unit = (typeof UNITS)[number];

/** A date as an anchor and the steps from it, in order. */
export interface DateExpression {
  readonly anchor: Anchor;
  readonly steps: readonly DateStep[];
}

export interface DateStep {
  readonly count: number; // negative for `-`
  readonly unit: Unit;
}

export type Anchor =
  | { readonly kind: 'day'; readonly day: string } // 2026-03-15
  // 2026-03-15T10:00[:SS[.mmm]][Z|±hh:mm]; without an offset, in the store's zone
  | { readonly kind: 'instant'; readonly text: string }
  | { readonly kind: 'now' }
  | { readonly kind: RelativeDay }
  | { readonly kind: 'start' | 'end'; readonly of: PeriodUnit | 'day' };

export const RELATIVE_DAYS = ['today', 'yesterday', 'tomorrow'] as const;
export type RelativeDay = (typeof RELATIVE_DAYS)[number];

export const PERIOD_UNITS = ['week', 'month', 'quarter', 'year'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export const RELATIONS = ['this', 'last', 'next'] as const;
export type Relation = (typeof RELATIONS)[number];

export type Period =
  | { readonly kind: RelativeDay }
  | { readonly kind: Relation; readonly unit: PeriodUnit }
  | { readonly kind: 'calendar'; readonly text: string }; // 2026, 2026-03 or 2026-03-15
