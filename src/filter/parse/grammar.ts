/**
 * Turns tokens into the parsed form, one function for each production:
 *
 *     filter     = and { "or" and }
 *     and        = unary { "and" unary }
 *     unary      = "not" unary | "(" filter ")" | predicate
 *     predicate  = operand test
 *                | "in" "segment" name
 *                | "joined" "segment" name window
 *                | "did" events
 *                | "tagged" string
 *                | "suppressed" [ "(" channel [ "," reason ] ")" ]
 *                | "true" | "false"
 *
 * Operands and events are in operands.ts, tests in tests.ts, dates in dates.ts.
 */
import { Cursor } from './cursor.ts';
import { parseWindow } from './dates.ts';
import { expectName, parseEvents, parseOperand, startsOperand } from './operands.ts';
import { parseTest } from './tests.ts';
import type { Name, ParsedFilter, ParsedNode, ParsedPredicate, Span } from '../parsed.ts';

/**
 * Parses a filter; names are not looked up yet. `source` is the file's name, for messages.
 * `FilterError` when the text does not follow the grammar.
 */
export function parseFilter(text: string, source?: string): ParsedFilter {
  const cursor = new Cursor({ text, source });
  const root = filter(cursor);
  if (cursor.peek().kind !== 'end') cursor.failExpected('joint');
  return { text, source, root };
}

function filter(cursor: Cursor): ParsedNode {
  return chain(cursor, 'or', and);
}

function and(cursor: Cursor): ParsedNode {
  return chain(cursor, 'and', unary);
}

function chain(
  cursor: Cursor,
  word: 'and' | 'or',
  link: (cursor: Cursor) => ParsedNode,
): ParsedNode {
  const first = link(cursor);
  const filters = [first];
  while (cursor.take(word) !== undefined) filters.push(link(cursor));
  return filters.length === 1 ? first : { kind: word, filters };
}

function unary(cursor: Cursor): ParsedNode {
  if (cursor.take('not') !== undefined)
    return { kind: 'not', filter: cursor.nest(() => unary(cursor)) };
  return cursor.sees('(') ? group(cursor) : predicate(cursor);
}

function group(cursor: Cursor): ParsedNode {
  const opened = cursor.next().span;
  const inside = cursor.nest(() => filter(cursor));
  if (cursor.take(')') !== undefined) return inside;
  return cursor.peek().kind === 'end'
    ? cursor.fail({ kind: 'unclosed', span: opened })
    : cursor.failExpected('closing');
}

function predicate(cursor: Cursor): ParsedNode {
  cursor.countCondition();
  const { span } = cursor.peek();
  if (cursor.sees('true') || cursor.sees('false'))
    return { kind: 'constant', value: cursor.takeOneOf(['true', 'false']) === 'true', span };
  if (cursor.take('in') !== undefined) return inSegment(cursor, span);
  if (cursor.take('joined') !== undefined) return joinedSegment(cursor, span);
  if (cursor.take('did') !== undefined)
    return { kind: 'did', events: parseEvents(cursor, group), span: cursor.spanFrom(span) };
  if (cursor.take('tagged') !== undefined) return tagged(cursor, span);
  if (cursor.take('suppressed') !== undefined) return suppressed(cursor, span);
  if (!startsOperand(cursor)) cursor.failExpected('condition');
  const operand = parseOperand(cursor, group);
  return { kind: 'test', operand, test: parseTest(cursor, operand) };
}

function inSegment(cursor: Cursor, span: Span): ParsedPredicate {
  cursor.expect('segment', 'segmentWord');
  return {
    kind: 'inSegment',
    name: expectName(cursor, 'segmentName'),
    span: cursor.spanFrom(span),
  };
}

function joinedSegment(cursor: Cursor, span: Span): ParsedPredicate {
  cursor.expect('segment', 'segmentWord');
  const name = expectName(cursor, 'segmentName');
  const window = parseWindow(cursor) ?? cursor.failExpected('window');
  return { kind: 'joinedSegment', name, window, span: cursor.spanFrom(span) };
}

function tagged(cursor: Cursor, span: Span): ParsedPredicate {
  const token = cursor.peek();
  if (token.kind !== 'text') return cursor.failExpected('tag');
  cursor.next();
  return {
    kind: 'tagged',
    tag: { kind: 'text', text: token.text, span: token.span },
    span: cursor.spanFrom(span),
  };
}

function suppressed(cursor: Cursor, span: Span): ParsedPredicate {
  let channel: Name | null = null;
  let reason: Name | null = null;
  if (cursor.take('(') !== undefined) {
    channel = expectName(cursor, 'channel');
    if (cursor.take(',') !== undefined) reason = expectName(cursor, 'reason');
    cursor.expect(')', 'closing');
  }
  return { kind: 'suppressed', channel, reason, span: cursor.spanFrom(span) };
}
