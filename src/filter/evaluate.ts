/** What a filter says of one contact in memory: the meaning, told without SQL. */
import { assertNever } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import { propertyDay, propertyNumber, propertyText } from '../support/properties.ts';
import { compensatedSum } from '../support/sum.ts';
import type { AggregateName, Combined, EventFilter, EventOperand, EventSet, EventTest, FilterAst, Operand, Predicate, Test } from './ast.ts';
import type { Catalogue, TimeContext } from './catalogue.ts';
import { resolveRange } from './moments.ts';
import { anniversaryHolds } from './operators/anniversary.ts';
import { rangeHolds } from './operators/date.ts';
import { operatorOf, propertyKind } from './operators/index.ts';
import type { OperandType } from './problem.ts';
import { getField } from './references.ts';
import { visit } from './walk.ts';

/** One contact with all that a filter can read of it: columns by name, company undefined when it has none. */
export interface ContactRow {
  readonly contact: Readonly<Record<string, unknown>>;
  readonly company: Readonly<Record<string, unknown>> | undefined;
  readonly tags: readonly string[];
  readonly events: readonly EventRow[];
  readonly suppressions: readonly { readonly channel: string; readonly reason: string }[];
  readonly memberships: readonly { readonly segmentId: number; readonly since: number }[];
}

/** `occurredAt` in epoch ms UTC, `properties` the stored JSON text. */
export interface EventRow {
  readonly type: string;
  readonly subject: string | null;
  readonly value: number | null;
  readonly occurredAt: number;
  readonly properties: string | null;
}

export interface EvaluateContext {
  readonly time: TimeContext;
  readonly catalogue: Catalogue;
}

/** Whether the contact matches. `FilterError` when a field or segment of the AST no longer exists. */
export function evaluateFilter(ast: FilterAst, row: ContactRow, context: EvaluateContext): boolean {
  return evaluateCombined<Predicate>(ast, (leaf) => evaluatePredicate(leaf, row, context));
}

function evaluateCombined<Leaf extends { readonly kind: string }>(node: Combined<Leaf>, evaluateLeaf: (leaf: Leaf) => boolean): boolean {
  return visit<Leaf, boolean>(node, {
    joint: ({ kind, filters }) => (kind === 'and' ? filters.every((filter) => evaluateCombined(filter, evaluateLeaf)) : filters.some((filter) => evaluateCombined(filter, evaluateLeaf))),
    not: (inner) => !evaluateCombined(inner, evaluateLeaf),
    constant: (value) => value,
    leaf: evaluateLeaf,
  });
}

function evaluatePredicate(predicate: Predicate, row: ContactRow, context: EvaluateContext): boolean {
  switch (predicate.kind) {
    case 'inSegment':
      return row.memberships.some(({ segmentId }) => segmentId === predicate.segment);
    case 'joinedSegment': {
      const range = resolveRange(predicate.window, 'instant', context.time);
      return row.memberships.some(({ segmentId, since }) => segmentId === predicate.segment && rangeHolds(since, range));
    }
    case 'suppressed':
      return row.suppressions.some(({ channel, reason }) => names(predicate.channel, channel) && names(predicate.reason, reason));
    case 'test': {
      const { value, type } = operandValue(predicate.operand, row, context);
      return holds(value, type, predicate.test, context);
    }
  }
}

/** Null means any. */
function names(wanted: string | null, actual: string): boolean {
  return wanted === null || fold(wanted) === fold(actual);
}

function holds(value: unknown, type: OperandType, test: Test, { time }: EvaluateContext): boolean {
  const context = { type, grain: type === 'datetime' ? 'instant' : 'day', time } as const;
  return type === 'anniversary' ? anniversaryHolds(value, test, context) : operatorOf(test).holds(value, test, context);
}

interface Valued {
  readonly value: unknown;
  readonly type: OperandType;
}

/** What the operand is for this contact: a column's content, the names of its tags, a figure of its events. */
export function operandValue(operand: Operand, row: ContactRow, context: EvaluateContext): Valued {
  switch (operand.kind) {
    case 'field':
    case 'anniversary': {
      const field = getField(context.catalogue, operand.field);
      const columns = field.object === 'contact' ? row.contact : row.company;
      return { value: columns?.[field.column] ?? null, type: operand.kind === 'anniversary' ? 'anniversary' : field.type };
    }
    case 'tags':
      return { value: row.tags, type: 'tags' };
    case 'aggregate':
      return { value: aggregate(operand.of, selectEvents(operand.events, row, context)), type: operand.of === 'first' || operand.of === 'last' ? 'datetime' : 'number' };
    default:
      return assertNever(operand);
  }
}

function selectEvents({ type, where, window }: EventSet, row: ContactRow, context: EvaluateContext): EventRow[] {
  const range = window === null ? undefined : resolveRange(window, 'instant', context.time);
  return row.events.filter((event) => fold(event.type) === fold(type) && (range === undefined || rangeHolds(event.occurredAt, range)) && (where === null || eventMatches(where, event, context)));
}

function eventMatches(where: EventFilter, event: EventRow, context: EvaluateContext): boolean {
  return evaluateCombined<EventTest>(where, ({ operand, test }) => {
    const { value, type } = eventValue(operand, test, event);
    return holds(value, type, test, context);
  });
}

function eventValue(operand: EventOperand, test: Test, event: EventRow): Valued {
  switch (operand.kind) {
    case 'subject':
      return { value: event.subject, type: 'text' };
    case 'value':
      return { value: event.value, type: 'number' };
    case 'occurredAt':
      return { value: event.occurredAt, type: 'datetime' };
    case 'property':
      return propertyValue(event.properties ?? '', operand.name, propertyKind(test));
    default:
      return assertNever(operand);
  }
}

function propertyValue(properties: string, name: string, kind: 'text' | 'number' | 'date'): Valued {
  const read = { text: propertyText, number: propertyNumber, date: propertyDay }[kind];
  return { value: read(properties, name), type: kind };
}

function aggregate(of: AggregateName, events: readonly EventRow[]): number | null {
  const values = events.flatMap(({ value }) => (value === null ? [] : [value]));
  const instants = events.map(({ occurredAt }) => occurredAt);
  switch (of) {
    case 'count':
      return events.length;
    case 'sum':
      return orNull(compensatedSum(values)) ?? 0;
    case 'avg':
      return values.length === 0 ? null : orNull(compensatedSum(values) / values.length);
    case 'first':
      return least(instants);
    case 'last':
      return greatest(instants);
    case 'min':
      return least(values);
    case 'max':
      return greatest(values);
    default:
      return assertNever(of);
  }
}

/** Databases turn NaN (of infinities that cancel out) into NULL. */
function orNull(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}

function least(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.min(a, b));
}

function greatest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => Math.max(a, b));
}
