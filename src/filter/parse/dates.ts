/**
 *     window = "in" "last" n unit | "in" "next" n unit | "since" date | "before" date
 *            | "between" date "and" date | "during" period
 *     date   = literal | "now" | "today" | "yesterday" | "tomorrow"
 *            | ( "start" | "end" ) "of" ( "day" | "week" | "month" | "quarter" | "year" )
 *            | date ( "+" | "-" ) n unit
 *     period = "today" | "yesterday" | "tomorrow"
 *            | ( "this" | "last" | "next" ) ( "week" | "month" | "quarter" | "year" )
 *            | 2026 | 2026-03 | 2026-03-15
 *     unit   = minute(s) hour(s) day(s) week(s) month(s) year(s)
 */
import { PERIOD_UNITS, RELATIONS, RELATIVE_DAYS, UNITS, type Unit } from '../ast.ts';
import type { Cursor } from './cursor.ts';
import type {
  ParsedAnchor,
  ParsedArguments,
  ParsedDate,
  ParsedPeriod,
  ParsedTest,
  ParsedValue,
  Span,
} from '../parsed.ts';

const UNIT_WORDS: ReadonlyMap<string, Unit> = new Map(
  UNITS.flatMap((unit) => [[unit, unit] as const, [`${unit}s`, unit] as const]),
);

/** Parses a window over events; undefined if none begins here. */
export function parseWindow(cursor: Cursor): ParsedTest | undefined {
  const { span } = cursor.peek();
  if (cursor.sees('not') && startsWindow(cursor, 1)) return cursor.failExpected('window');
  const relative = parseRelativeWindow(cursor) ?? parsePeriodTest(cursor);
  if (relative !== undefined) return relative;
  const operator = cursor.takeOneOf(['since', 'before', 'between']);
  if (operator === undefined) return undefined;
  const at = cursor.spanFrom(span);
  if (operator === 'between')
    return {
      operator,
      negated: false,
      span: at,
      arguments: parsePair(cursor, () => cursor.failExpected('date')),
    };
  const value = parseValue(cursor) ?? cursor.failExpected('date');
  return {
    operator: operator === 'since' ? '>=' : operator,
    negated: false,
    span: at,
    arguments: { kind: 'value', value },
  };
}

function startsWindow(cursor: Cursor, ahead: number): boolean {
  if (['since', 'before', 'between', 'during'].some((word) => cursor.sees(word, ahead)))
    return true;
  return (
    cursor.sees('in', ahead) && (cursor.sees('last', ahead + 1) || cursor.sees('next', ahead + 1))
  );
}

/** Parses `in last n unit` or `in next n unit`. */
export function parseRelativeWindow(cursor: Cursor): ParsedTest | undefined {
  if (!cursor.sees('in') || !(cursor.sees('last', 1) || cursor.sees('next', 1))) return undefined;
  const { span } = cursor.next();
  const direction = cursor.takeOneOf(['last', 'next']) ?? 'last';
  const at = cursor.spanFrom(span);
  return {
    operator: `in ${direction}`,
    negated: false,
    span: at,
    arguments: { kind: 'duration', ...duration(cursor) },
  };
}

/** Parses `during period`. */
export function parsePeriodTest(cursor: Cursor): ParsedTest | undefined {
  const taken = cursor.take('during');
  if (taken === undefined) return undefined;
  const { span } = cursor.peek();
  const period = parsePeriod(cursor);
  return {
    operator: 'during',
    negated: false,
    span: taken.span,
    arguments: { kind: 'period', period, span: cursor.spanFrom(span) },
  };
}

/** Parses `low and high`; `missing` is called where a value is missing. */
export function parsePair(cursor: Cursor, missing: () => never): ParsedArguments {
  const low = parseValue(cursor) ?? missing();
  cursor.expect('and', 'betweenAnd');
  return { kind: 'pair', low, high: parseValue(cursor) ?? missing() };
}

/**
 * Parses a literal, a date with its steps, or a bare word (a mistake, which the check explains);
 * undefined if none begins here.
 */
export function parseValue(cursor: Cursor): ParsedValue | undefined {
  const token = cursor.peek();
  const anchor = parseAnchor(cursor);
  if (anchor !== undefined) return dateFrom(cursor, anchor);
  if (token.kind === 'number') return { ...token, span: cursor.next().span };
  if (token.kind === 'text') {
    cursor.next();
    return startsStep(cursor)
      ? dateFrom(cursor, { kind: 'literal', text: token.text, span: token.span })
      : { kind: 'text', text: token.text, span: token.span };
  }
  if (token.kind !== 'word') return undefined;
  if (token.keyword === 'true' || token.keyword === 'false')
    return { kind: 'boolean', value: token.keyword === 'true', span: cursor.next().span };
  return token.keyword === undefined
    ? { kind: 'word', text: token.text, span: cursor.next().span }
    : undefined;
}

function parseAnchor(cursor: Cursor): ParsedAnchor | undefined {
  const token = cursor.peek();
  if (token.kind === 'date') return { kind: 'literal', text: token.text, span: cursor.next().span };
  const word = cursor.takeOneOf(['now', ...RELATIVE_DAYS]);
  if (word !== undefined) return { kind: word, span: token.span };
  const edge = cursor.takeOneOf(['start', 'end']);
  if (edge === undefined) return undefined;
  cursor.expect('of', 'of');
  const of = cursor.takeOneOf(['day', ...PERIOD_UNITS]) ?? cursor.failExpected('dayUnit');
  return { kind: edge, of, span: cursor.spanFrom(token.span) };
}

function dateFrom(cursor: Cursor, anchor: ParsedAnchor): ParsedValue {
  const steps: ParsedDate['steps'][number][] = [];
  while (startsStep(cursor)) steps.push(step(cursor));
  const span = cursor.spanFrom(anchor.span);
  return { kind: 'date', date: { anchor, steps, span }, span };
}

function startsStep(cursor: Cursor): boolean {
  const token = cursor.peek();
  return (
    cursor.sees('+') || cursor.sees('-') || (token.kind === 'number' && token.text.startsWith('-'))
  );
}

/** Parses `+ 3 days`. In `-3 days` the tokens are a negative number and a unit. */
function step(cursor: Cursor): ParsedDate['steps'][number] {
  const { span } = cursor.peek();
  const sign = cursor.takeOneOf(['+', '-']);
  const { count, unit } = duration(cursor, sign === undefined ? -1 : 1);
  return {
    count: sign === '-' || sign === undefined ? -count : count,
    unit,
    span: cursor.spanFrom(span),
  };
}

function duration(
  cursor: Cursor,
  sign: 1 | -1 = 1,
): { readonly count: number; readonly unit: Unit; readonly span: Span } {
  const token = cursor.peek();
  const count = token.kind === 'number' ? token.number * sign : 0;
  if (!Number.isSafeInteger(count) || count < 1) cursor.failExpected('count');
  cursor.next();
  return { count, unit: expectUnit(cursor), span: cursor.spanFrom(token.span) };
}

function expectUnit(cursor: Cursor): Unit {
  const token = cursor.peek();
  const unit = token.kind === 'word' ? UNIT_WORDS.get(token.keyword ?? '') : undefined;
  if (unit === undefined) cursor.failExpected('unit');
  cursor.next();
  return unit;
}

function parsePeriod(cursor: Cursor): ParsedPeriod {
  const token = cursor.peek();
  const day = cursor.takeOneOf(RELATIVE_DAYS);
  if (day !== undefined) return { kind: day };
  const relation = cursor.takeOneOf(RELATIONS);
  if (relation !== undefined)
    return {
      kind: relation,
      unit: cursor.takeOneOf(PERIOD_UNITS) ?? cursor.failExpected('period'),
    };
  if (token.kind !== 'date' && token.kind !== 'number' && token.kind !== 'text')
    cursor.failExpected('period');
  cursor.next();
  return { kind: 'literal', text: token.text };
}
