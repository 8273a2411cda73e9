/** Evaluates a filter for one contact in memory: the meaning of the language without SQL. */
import { assertNever } from '../../support/errors.ts';
import { fold } from '../../support/fold.ts';
import { propertyDay, propertyNumber, propertyText } from '../../sql/properties.ts';
import type {
  Combined,
  EventFilter,
  EventOperand,
  EventSet,
  EventTest,
  FilterAst,
  Operand,
  Predicate,
  Test,
} from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import type { ContactRow, EventRow } from '../contact-row.ts';
import { resolveRange } from '../moments.ts';
import { AGGREGATE_OPERATORS } from '../operators/aggregates.ts';
import { anniversaryHolds } from '../operators/anniversary.ts';
import { rangeHolds } from '../operators/date.ts';
import { operatorOf, propertyKind } from '../operators/index.ts';
import { predicateOperatorOf } from '../operators/predicates.ts';
import type { OperandType } from '../problem/problem.ts';
import { getField } from '../references.ts';
import { visit } from '../walk.ts';

export interface EvaluateContext {
  readonly time: TimeContext;
  readonly catalogue: Catalogue;
}

/**
 * Whether the contact matches. `FilterError` when a field or segment of the AST no longer exists.
 */
export function evaluateFilter(ast: FilterAst, row: ContactRow, context: EvaluateContext): boolean {
  return evaluateCombined<Predicate>(ast, (leaf) => evaluatePredicate(leaf, row, context));
}

function evaluateCombined<Leaf extends { readonly kind: string }>(
  node: Combined<Leaf>,
  evaluateLeaf: (leaf: Leaf) => boolean,
): boolean {
  return visit<Leaf, boolean>(node, {
    joint: ({ kind, filters }) =>
      kind === 'and'
        ? filters.every((filter) => evaluateCombined(filter, evaluateLeaf))
        : filters.some((filter) => evaluateCombined(filter, evaluateLeaf)),
    not: (inner) => !evaluateCombined(inner, evaluateLeaf),
    constant: (value) => value,
    leaf: evaluateLeaf,
  });
}

function evaluatePredicate(
  predicate: Predicate,
  row: ContactRow,
  context: EvaluateContext,
): boolean {
  if (predicate.kind !== 'test')
    return predicateOperatorOf(predicate).holds(predicate, row, context.time);
  const { value, type } = operandValue(predicate.operand, row, context);
  return holds(value, type, predicate.test, context);
}

function holds(value: unknown, type: OperandType, test: Test, { time }: EvaluateContext): boolean {
  const context = { type, grain: type === 'datetime' ? 'instant' : 'day', time } as const;
  return type === 'anniversary'
    ? anniversaryHolds(value, test, context)
    : operatorOf(test).holds(value, test, context);
}

interface Valued {
  readonly value: unknown;
  readonly type: OperandType;
}

/**
 * The operand's value for this contact: the content of a column, the names of its tags, or a figure
 * of its events.
 */
export function operandValue(operand: Operand, row: ContactRow, context: EvaluateContext): Valued {
  switch (operand.kind) {
    case 'field':
    case 'anniversary': {
      const field = getField(context.catalogue, operand.field);
      const columns = field.object === 'contact' ? row.contact : row.company;
      return {
        value: columns?.[field.column] ?? null,
        type: operand.kind === 'anniversary' ? 'anniversary' : field.type,
      };
    }
    case 'tags':
      return { value: row.tags, type: 'tags' };
    case 'aggregate':
      return {
        value: AGGREGATE_OPERATORS[operand.of].of(selectEvents(operand.events, row, context)),
        type: AGGREGATE_OPERATORS[operand.of].type,
      };
    default:
      return assertNever(operand);
  }
}

/** The contact's events that belong to the set, in their order. */
export function selectEvents(
  { type, where, window }: EventSet,
  row: ContactRow,
  context: EvaluateContext,
): EventRow[] {
  const range = window === null ? undefined : resolveRange(window, 'instant', context.time);
  return row.events.filter(
    (event) =>
      fold(event.type) === fold(type) &&
      (range === undefined || rangeHolds(event.occurredAt, range)) &&
      (where === null || eventMatches(where, event, context)),
  );
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
