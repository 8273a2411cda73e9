/**
 *     operand    = field | "company." field | "anniversary" "(" date-field ")"
 *                | ( "count" | "first" | "last" ) "(" events ")"
 *                | ( "sum" | "avg" | "min" | "max" )
 *                  "(" event-type ".value" [ "where" event-cond ] [ window ] ")"
 *     events     = event-type [ "where" event-cond ] [ window ]
 *     event-cond = operand test | "(" filter ")"
 */
import { AGGREGATES, type AggregateName } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import { parseWindow } from './dates.ts';
import { parseTest, startsTest } from './tests.ts';
import { AGGREGATE_OPERATORS } from '../operators/aggregates.ts';
import type { Name, ParsedEvents, ParsedNode, ParsedOperand, Span } from '../parsed.ts';
import type { Expected } from '../problem/problem.ts';

/**
 * Parses `"(" filter ")"`. grammar.ts passes it in, because the two files would otherwise import
 * each other.
 */
export type Group = (cursor: Cursor) => ParsedNode;

const DOT_VALUE = '.value';

/** Whether an operand begins here: a name, or a keyword that is an operand or was meant as one. */
export function startsOperand(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (token.kind !== 'word') return false;
  if (token.keyword === undefined || isFunction(token.keyword)) return true;
  return token.keyword !== 'and' && token.keyword !== 'or' && startsTest(cursor, 1);
}

export function parseOperand(cursor: Cursor, group: Group): ParsedOperand {
  const { span } = cursor.peek();
  if (cursor.sees('(', 1)) {
    if (cursor.take('anniversary') !== undefined) return anniversary(cursor, span);
    const of = cursor.takeOneOf(AGGREGATES);
    if (of !== undefined) return aggregate(cursor, of, span, group);
  }
  const name = expectName(cursor, 'condition');
  return { kind: 'name', name, span: name.span };
}

export function parseEvents(cursor: Cursor, group: Group): ParsedEvents {
  return eventsOf(cursor, expectName(cursor, 'eventType'), group);
}

/** Takes a name that is no keyword or that stands in backticks. */
export function expectName(cursor: Cursor, expected: Expected): Name {
  const token = cursor.peek();
  if (token.kind !== 'word') return cursor.failExpected(expected);
  if (token.keyword !== undefined)
    return cursor.fail({ kind: 'reservedWord', word: token.text, span: token.span });
  cursor.next();
  return { text: token.text, span: token.span };
}

function isFunction(keyword: string): boolean {
  return keyword === 'anniversary' || AGGREGATES.some((name) => name === keyword);
}

function anniversary(cursor: Cursor, span: Span): ParsedOperand {
  cursor.next();
  const name = expectName(cursor, 'fieldName');
  cursor.expect(')', 'closing');
  return { kind: 'anniversary', name, span: cursor.spanFrom(span) };
}

function aggregate(cursor: Cursor, of: AggregateName, span: Span, group: Group): ParsedOperand {
  cursor.next();
  const written = expectName(cursor, 'eventType');
  const events = eventsOf(
    cursor,
    AGGREGATE_OPERATORS[of].reads === 'value' ? withoutDotValue(cursor, written) : written,
    group,
  );
  cursor.expect(')', 'closing');
  return { kind: 'aggregate', of, events, span: cursor.spanFrom(span) };
}

/** In `sum(a.b.value)` the last `.value` is the function's, the rest the event type. */
function withoutDotValue(cursor: Cursor, { text, span }: Name): Name {
  if (!text.toLowerCase().endsWith(DOT_VALUE) || text.length === DOT_VALUE.length)
    cursor.fail({ kind: 'expected', expected: 'valueOfEvents', after: text, found: text, span });
  return { text: text.slice(0, -DOT_VALUE.length), span };
}

function eventsOf(cursor: Cursor, type: Name, group: Group): ParsedEvents {
  const where = cursor.take('where') === undefined ? null : eventCondition(cursor, group);
  return { type, where, window: parseWindow(cursor) ?? null };
}

/**
 * Parses one test or a whole filter in parentheses, so that it is always clear where the condition
 * ends.
 */
function eventCondition(cursor: Cursor, group: Group): ParsedNode {
  if (cursor.sees('(')) return group(cursor);
  if (!startsOperand(cursor)) cursor.failExpected('eventTest');
  cursor.countCondition();
  const operand = parseOperand(cursor, group);
  return { kind: 'test', operand, test: parseTest(cursor, operand) };
}
