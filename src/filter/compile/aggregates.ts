/** `did`, `count`, `first`, `last`, `sum`, `avg`, `min`, `max` over a contact's events. */
import { sql, type SQL } from 'drizzle-orm';
import { assertNever } from '../../support/errors.ts';
import { Gathered } from '../../sql/gathered.ts';
import { eventRows, type ValueRows } from '../../sql/value-rows.ts';
import type { AggregateName, EventOperand, EventSet, EventTest, Operand, Test } from '../ast.ts';
import {
  allOf,
  hasRelated,
  sqlContext,
  type Access,
  type CompileContext,
} from '../operators/compile-context.ts';
import { compileCombined } from './combined.ts';
import { resolveRange } from '../moments.ts';
import { AGGREGATE_OPERATORS } from '../operators/aggregates.ts';
import { rangeCondition } from '../operators/date.ts';
import { holds, operatorOf, propertyKind } from '../operators/index.ts';
import { numbersOf } from '../operators/number.ts';
import { valueContext, type SqlContext } from '../operators/operator.ts';
import type { OperandType } from '../problem/problem.ts';

const EVENTS = { table: sql`events e`, key: sql`e.contact_id`, outer: sql`c.id` };

/**
 * Events are normally gathered once, by type and time. When another condition leaves few contacts,
 * events of more days ago than this are looked up contact by contact instead: with 3 events a
 * contact over a year and one contact in ten left, both ways cost the same at 120 days. Not when
 * the events themselves must be read for their subject: in the order of contacts they lie far
 * apart.
 */
const RECENT_DAYS = 120;
const DAY_MS = 86_400_000;

export function compileAggregate(
  { of, events }: Extract<Operand, { readonly kind: 'aggregate' }>,
  test: Test,
  context: CompileContext,
): SQL {
  const { type, ofNone, reads } = AGGREGATE_OPERATORS[of];
  const access = eventAccess(events, context);
  const rows = {
    ...EVENTS,
    within: [eventType(events, context, sql`e.type`)],
    where: eventConditions(events, context),
  };
  const counts = of === 'count' ? countOfSome(test) : undefined;
  if (counts !== undefined)
    return counts ? hasRelated(rows, access) : sql`not ${hasRelated(rows, access)}`;
  const having = figureTest(of, test, sqlContext(context, type, eventRows([]), ofNone === null));
  if (access === 'probe') {
    const own = allOf([sql`e.contact_id = c.id`, ...rows.within, ...rows.where]);
    return sql`exists (select count(*) from events e where ${own} having ${having(sql``)})`;
  }
  const holdsOfNone = holds(ofNone, test, valueContext(type, context.time));
  // figures over all events are computed along the index that begins with the contact, where
  // nothing has to be sorted: half the time at 1 M contacts
  const isInIndex = events.window === null && events.where === null && reads !== 'value';
  const gathered =
    isInIndex && context.shape === 'scan'
      ? { ...rows, within: [eventType(events, context, context.dialect.notLookedUp(sql`e.type`))] }
      : rows;
  // rule: operator-count
  return holdsOfNone
    ? sql`not ${new Gathered({ ...gathered, having: (filter) => sql`not ${having(filter)}` })}`
    : new Gathered({ ...gathered, having });
}

/** The test of a figure over a contact's events, from which a clause may leave some out. */
function figureTest(of: AggregateName, test: Test, context: SqlContext): (filter: SQL) => SQL {
  const holdsFor = (figure: SQL): SQL => operatorOf(test).sql(figure, test, context);
  const tested = { holds: holdsFor, literals: numbersOf(test) };
  return (filter) => AGGREGATE_OPERATORS[of].sql(filter, tested, context.dialect);
}

/** Whether an event (alias e) is one of the set. */
export function isOneOf(events: EventSet, context: CompileContext): SQL {
  return allOf([eventType(events, context, sql`e.type`), ...eventConditions(events, context)]);
}

function eventAccess(events: EventSet, context: CompileContext): Access {
  if (context.shape !== 'scan') return context.shape;
  return context.narrowed && events.where === null && !isRecent(events, context)
    ? 'probe'
    : 'gather';
}

function isRecent({ window }: EventSet, { time }: CompileContext): boolean {
  const { from } = window === null ? { from: null } : resolveRange(window, 'instant', time);
  return from !== null && Number(from) >= time.now - RECENT_DAYS * DAY_MS;
}

/**
 * What a test of the count asks: true for at least one event, false for none, undefined when the
 * exact number matters.
 */
function countOfSome(test: Test): boolean | undefined {
  switch (test.kind) {
    case 'atLeast':
      return isFirstFrom(test.number) ? true : undefined;
    case 'above':
      // rule: operator-did
      return isNoneUpTo(test.number) ? true : undefined;
    case 'below':
      return isFirstFrom(test.number) ? false : undefined;
    case 'atMost':
      return isNoneUpTo(test.number) ? false : undefined;
    case 'numberEquals':
      return test.number === 0 ? false : undefined;
    default:
      return undefined;
  }
}

/** Whether 1 is the smallest count that is not below the number. */
function isFirstFrom(number: number): boolean {
  return number > 0 && number <= 1;
}

/** Whether 0 is the only count that is not above the number. */
function isNoneUpTo(number: number): boolean {
  return number >= 0 && number < 1;
}

function eventType({ type }: EventSet, { dialect }: CompileContext, column: SQL): SQL {
  return dialect.keyEquals(column, type);
}

function eventConditions({ type, where, window }: EventSet, context: CompileContext): SQL[] {
  const { dialect, time } = context;
  // rule: operator-window
  const inWindow =
    window === null
      ? []
      : [
          rangeCondition(sql`e.occurred_at`, resolveRange(window, 'instant', time), {
            dialect,
            nullable: false,
          }),
        ];
  // rule: operator-where
  if (where === null) return inWindow;
  const rows = eventRows([dialect.keyEquals(sql`e.type`, type), ...inWindow]);
  return [
    ...inWindow,
    compileCombined<EventTest>(where, context, {
      compile: (leaf, inner) => compileEventTest(leaf, inner, rows),
      cost: ({ operand }) => (operand.kind === 'property' ? 1 : 0),
    }),
  ];
}

function compileEventTest(
  { operand, test }: EventTest,
  context: CompileContext,
  rows: ValueRows,
): SQL {
  const { value, type, nullable } = eventValue(operand, test, context);
  return operatorOf(test).sql(value, test, sqlContext(context, type, rows, nullable));
}

function eventValue(
  operand: EventOperand,
  test: Test,
  { dialect }: CompileContext,
): { readonly value: SQL; readonly type: OperandType; readonly nullable: boolean } {
  switch (operand.kind) {
    case 'subject':
      return { value: sql`e.subject`, type: 'text', nullable: true };
    case 'value':
      return { value: sql`e.value`, type: 'number', nullable: true };
    case 'occurredAt':
      return { value: sql`e.occurred_at`, type: 'datetime', nullable: false };
    case 'property': {
      const as = propertyKind(test);
      return {
        value: dialect.property(sql`e.properties`, operand.name, as),
        type: as,
        nullable: true,
      };
    }
    default:
      return assertNever(operand);
  }
}
