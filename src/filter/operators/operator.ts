/** What an operator record holds: one for each kind of test, side by side in this folder. */
import type { SQL } from 'drizzle-orm';
import type { DateExpression, Period, Test } from '../ast.ts';
import type { TimeContext } from '../catalogue.ts';
import type { Dialect } from '../../sql/dialect.ts';
import type { ValueRows } from '../../sql/value-rows.ts';
import type { Grain } from '../moments.ts';
import type { ParsedArguments, ParsedPeriod, ParsedValue, Span } from '../parsed.ts';
import type { OperandType } from '../problem/problem.ts';

export interface Operator<T extends Test = Test> {
  readonly kind: T['kind'];
  /** How it is written, the canonical word first. */
  readonly words: readonly [string, ...string[]];
  /** How `not` of it is written; undefined when `not` goes before the operand. */
  readonly negated: string | undefined;
  readonly types: readonly OperandType[];
  /** Makes the test from its parsed arguments. `FilterError` for literals of the wrong type. */
  readonly read: (parsed: ParsedArguments, reader: Reader) => T;
  /** The arguments in canonical text, without the word. */
  readonly print: (test: T) => string;
  /** A condition on `value`, never NULL. */
  readonly sql: (value: SQL, test: T, context: SqlContext) => SQL;
  /**
   * The same meaning in memory. All that does not depend on the value is worked out beforehand, so
   * that deciding one takes half a microsecond at most (`bench/value-tests.js`).
   */
  readonly prepare: (test: T, context: ValueContext) => ValueTest;
  readonly example: string;
  readonly doc: string;
}

/** Decides a value: a column's content, a figure of events, or the names of a set. */
export type ValueTest = (value: unknown) => boolean;

/** What is known about the operand whose value is tested. */
export interface ValueContext {
  readonly type: OperandType;
  readonly grain: Grain;
  readonly time: TimeContext;
}

/** A value of the type, at a time. */
export function valueContext(type: OperandType, time: TimeContext): ValueContext {
  return { type, grain: type === 'datetime' ? 'instant' : 'day', time };
}

export interface SqlContext extends ValueContext {
  readonly dialect: Dialect;
  /** Where the value is read from. */
  readonly rows: ValueRows;
  /** Whether the value can be NULL. */
  readonly nullable: boolean;
}

/** Turns literals into values of the operand's type; `FilterError` for those of another type. */
export interface Reader {
  readonly text: (value: ParsedValue) => string;
  readonly number: (value: ParsedValue) => number;
  readonly boolean: (value: ParsedValue) => boolean;
  readonly date: (value: ParsedValue) => DateExpression;
  readonly period: (period: ParsedPeriod, span: Span) => Period;
  readonly option: (value: ParsedValue) => string;
  readonly pattern: (value: ParsedValue) => string;
  readonly regularExpression: (value: ParsedValue) => string;
  readonly duration: (
    parsed: Extract<ParsedArguments, { kind: 'duration' }>,
  ) => Pick<Extract<Test, { kind: 'inLast' }>, 'count' | 'unit'>;
}

/** The arguments, which the grammar has read in this form; any other form is our bug. */
export function presume<Kind extends ParsedArguments['kind']>(
  parsed: ParsedArguments,
  kind: Kind,
): Extract<ParsedArguments, { readonly kind: Kind }> {
  if (parsed.kind !== kind)
    throw new Error(`the grammar gave ${parsed.kind} where ${kind} belongs`);
  return parsed as Extract<ParsedArguments, { readonly kind: Kind }>;
}
