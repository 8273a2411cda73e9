/** Evaluates a filter for one contact in memory: the meaning of the language without SQL. */
import { assertNever } from '../../support/errors.ts';
import { fold } from '../../support/fold.ts';
import type {
  Combined,
  EventFilter,
  EventSet,
  EventTest,
  FilterAst,
  Operand,
  Predicate,
} from '../ast.ts';
import type { Catalogue, TimeContext } from '../catalogue.ts';
import type { ContactRow, EventRow } from '../contact-row.ts';
import { AGGREGATE_OPERATORS, figureOf } from '../operators/aggregates.ts';
import { prepareEventTest } from '../operators/event-tests.ts';
import { holds, prepareTest } from '../operators/index.ts';
import { valueContext } from '../operators/operator.ts';
import { predicateOperatorOf } from '../operators/predicates.ts';
import type { OperandType } from '../problem/problem.ts';
import { getField } from '../references.ts';
import { leavesOf, visit } from '../walk.ts';

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
  return holds(value, predicate.test, valueContext(type, context.time));
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
        value: figureOf(operand.of, selectEvents(operand.events, row, context)),
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
  const wanted = fold(type);
  const isWithin =
    window === null ? () => true : prepareTest(window, valueContext('datetime', context.time));
  const matches = where === null ? () => true : prepareWhere(where, context.time);
  return row.events.filter(
    (event) => fold(event.type) === wanted && isWithin(event.occurredAt) && matches(event),
  );
}

/** Decides events by what stands after `where`. Its tests are prepared once, for many events. */
function prepareWhere(where: EventFilter, time: TimeContext): (event: EventRow) => boolean {
  const tests = new Map(
    leavesOf<EventTest>(where).map((leaf) => {
      const { column, passes } = prepareEventTest(leaf, time);
      return [leaf, (event: EventRow) => passes(event[column])];
    }),
  );
  return (event) => evaluateCombined<EventTest>(where, (leaf) => tests.get(leaf)?.(event) ?? false);
}
