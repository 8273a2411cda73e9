/**
 * The filter as the parser returns it: names and literals as written, each with its place in the
 * text.
 */
import type { AggregateName, PeriodUnit, Relation, RelativeDay, Unit } from './ast.ts';

/** A place in the text as UTF-16 offsets: from `start` up to but without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text that was parsed, for excerpts; `source` is the file's name if it comes from a file. */
export interface SourceText {
  readonly text: string;
  readonly source: string | undefined;
}

export interface ParsedFilter extends SourceText {
  readonly root: ParsedNode;
}

export type ParsedNode =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ParsedNode[] }
  | { readonly kind: 'not'; readonly filter: ParsedNode }
  | { readonly kind: 'constant'; readonly value: boolean; readonly span: Span }
  | ParsedPredicate;

export type ParsedPredicate =
  | { readonly kind: 'test'; readonly operand: ParsedOperand; readonly test: ParsedTest }
  | { readonly kind: 'inSegment'; readonly name: Name; readonly span: Span }
  | {
      readonly kind: 'joinedSegment';
      readonly name: Name;
      readonly window: ParsedTest;
      readonly span: Span;
    }
  | { readonly kind: 'did'; readonly events: ParsedEvents; readonly span: Span }
  | { readonly kind: 'tagged'; readonly tag: ParsedValue; readonly span: Span }
  | {
      readonly kind: 'suppressed';
      readonly channel: Name | null;
      readonly reason: Name | null;
      readonly span: Span;
    };

export interface Name {
  readonly text: string;
  readonly span: Span;
}

export type ParsedOperand =
  | { readonly kind: 'name'; readonly name: Name; readonly span: Span }
  | { readonly kind: 'anniversary'; readonly name: Name; readonly span: Span }
  | {
      readonly kind: 'aggregate';
      readonly of: AggregateName;
      readonly events: ParsedEvents;
      readonly span: Span;
    };

export interface ParsedEvents {
  readonly type: Name;
  readonly where: ParsedNode | null;
  readonly window: ParsedTest | null;
}

/**
 * A test. `operator` is the word without its `not` (`contains`, `in last`, `is empty`), `span` the
 * place of the words.
 */
export interface ParsedTest {
  readonly operator: string;
  readonly negated: boolean;
  readonly span: Span;
  readonly arguments: ParsedArguments;
}

export type ParsedArguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly value: ParsedValue }
  | { readonly kind: 'pair'; readonly low: ParsedValue; readonly high: ParsedValue }
  | { readonly kind: 'list'; readonly values: readonly ParsedValue[] }
  | { readonly kind: 'duration'; readonly count: number; readonly unit: Unit; readonly span: Span }
  | { readonly kind: 'period'; readonly period: ParsedPeriod; readonly span: Span };

export type ParsedValue =
  | { readonly kind: 'text'; readonly text: string; readonly span: Span }
  | { readonly kind: 'number'; readonly number: number; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  // a bare word, always a mistake
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'date'; readonly date: ParsedDate; readonly span: Span };

export interface ParsedDate {
  readonly anchor: ParsedAnchor;
  readonly steps: readonly { readonly count: number; readonly unit: Unit; readonly span: Span }[];
  readonly span: Span;
}

export type ParsedAnchor =
  | { readonly kind: 'literal'; readonly text: string; readonly span: Span }
  | { readonly kind: 'now' | RelativeDay; readonly span: Span }
  | { readonly kind: 'start' | 'end'; readonly of: PeriodUnit | 'day'; readonly span: Span };

export type ParsedPeriod =
  | { readonly kind: RelativeDay }
  | { readonly kind: Relation; readonly unit: PeriodUnit }
  | { readonly kind: 'literal'; readonly text: string };
