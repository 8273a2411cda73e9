/** The AST as the store keeps it: versioned JSON. */
import { patternFault } from '../support/regex.ts';
import { isDay, isInstantText } from '../support/time.ts';
import {
  AGGREGATES,
  PERIOD_UNITS,
  UNITS,
  type Anchor,
  type EventOperand,
  type FilterAst,
  type Operand,
  type Period,
  type Predicate,
  type Test,
} from './ast.ts';
import { MOST_PATTERN_CHARACTERS } from '../sql/pattern.ts';
import { FilterError } from './problem/filter-error.ts';
import {
  BadShape,
  byKind,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  text,
  type Check,
} from './shape.ts';

const VERSION = 1;

export function encodeAst(ast: FilterAst): string {
  return JSON.stringify({ version: VERSION, filter: ast });
}

/**
 * A run reads the same filters many times, so the ones read last are kept: of a store with more
 * segments than this each reading would decode all anew.
 */
const MOST_DECODED = 10_000;
const decoded = new Map<string, FilterAst>();

/**
 * Decodes an AST and checks its shape; whether its ids still exist is checked by `recheckAst`.
 * `FilterError` when the text is no stored AST.
 */
export function decodeAst(encoded: string): FilterAst {
  const ast = decoded.get(encoded) ?? decode(encoded);
  decoded.delete(encoded);
  decoded.set(encoded, ast);
  if (decoded.size > MOST_DECODED) decoded.delete(decoded.keys().next().value ?? '');
  return ast;
}

function decode(encoded: string): FilterAst {
  try {
    // JSON can hold −0, but `JSON.stringify` never writes it
    const stored: unknown = encoded.includes('-0')
      ? JSON.parse(encoded, (_, value: unknown) => (value === 0 ? 0 : value))
      : JSON.parse(encoded);
    checkStored(stored, '');
    return (stored as { readonly filter: FilterAst }).filter;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof BadShape)
      throw new FilterError(
        { kind: 'badStoredFilter', reason: error.message },
        { text: '', source: undefined },
      );
    if (error instanceof RangeError)
      throw new FilterError(
        { kind: 'badStoredFilter', reason: 'it is nested too deeply' },
        { text: '', source: undefined },
      );
    throw error;
  }
}

const boolean: Check = (value, path) => {
  if (typeof value !== 'boolean') throw new BadShape(path, 'true or false');
};

const id = integer(1);

const day: Check = (value, path) => {
  if (typeof value !== 'string' || !isDay(value)) throw new BadShape(path, 'a day');
};

const instant: Check = (value, path) => {
  if (typeof value !== 'string' || !isInstantText(value))
    throw new BadShape(path, 'a point in time');
};

const calendarPeriod: Check = (value, path) => {
  if (
    typeof value !== 'string' ||
    !isDay(`${value}${'-01-01'.slice(value.length === 4 ? 0 : 3)}`.slice(0, 10))
  )
    throw new BadShape(path, 'a period');
};

const shortPattern: Check = (value, path) => {
  if (typeof value !== 'string' || Array.from(value).length > MOST_PATTERN_CHARACTERS)
    throw new BadShape(path, 'a pattern');
};

const regularExpression: Check = (value, path) => {
  shortPattern(value, path);
  if (patternFault(String(value)) !== undefined) throw new BadShape(path, 'a regular expression');
};

type Shapes<Kind extends string> = { readonly [Each in Kind]: Readonly<Record<string, Check>> };

const ANCHORS: Shapes<Anchor['kind']> = {
  day: { day },
  instant: { text: instant },
  now: {},
  today: {},
  yesterday: {},
  tomorrow: {},
  start: { of: oneOf(['day', ...PERIOD_UNITS]) },
  end: { of: oneOf(['day', ...PERIOD_UNITS]) },
};

const PERIODS: Shapes<Period['kind']> = {
  today: {},
  yesterday: {},
  tomorrow: {},
  this: { unit: oneOf(PERIOD_UNITS) },
  last: { unit: oneOf(PERIOD_UNITS) },
  next: { unit: oneOf(PERIOD_UNITS) },
  calendar: { text: calendarPeriod },
};

const unit = oneOf(UNITS);
const date = object({
  anchor: byKind(ANCHORS),
  steps: list(object({ count: integer(Number.MIN_SAFE_INTEGER), unit }), 0),
});

const WINDOWS = {
  since: { date },
  before: { date },
  dateBetween: { low: date, high: date },
  inLast: { count: integer(1), unit },
  inNext: { count: integer(1), unit },
  during: { period: byKind(PERIODS) },
} as const;

const TESTS: Shapes<Test['kind']> = {
  ...WINDOWS,
  on: { date },
  after: { date },
  through: { date },
  textEquals: { text },
  textIn: { texts: list(text, 1) },
  contains: { text: shortPattern },
  startsWith: { text: shortPattern },
  endsWith: { text: shortPattern },
  like: { pattern: shortPattern },
  matches: { pattern: regularExpression },
  numberEquals: { number },
  numberIn: { numbers: list(number, 1) },
  below: { number },
  atMost: { number },
  above: { number },
  atLeast: { number },
  numberBetween: { low: number, high: number },
  booleanEquals: { value: boolean },
  hasAny: { texts: list(text, 1) },
  hasAll: { texts: list(text, 1) },
  empty: {},
};

const EVENT_OPERANDS: Shapes<EventOperand['kind']> = {
  subject: {},
  value: {},
  occurredAt: {},
  property: { name: text },
};

const test = byKind(TESTS);
const window = byKind(WINDOWS);
const combined = (leaves: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check => {
  const filter: Check = (value, path) => check(value, path);
  const check = byKind({
    and: { filters: list(filter, 2) },
    or: { filters: list(filter, 2) },
    not: { filter },
    constant: { value: boolean },
    ...leaves,
  });
  return filter;
};

const events = object({
  type: text,
  where: nullable(combined({ eventTest: { operand: byKind(EVENT_OPERANDS), test } })),
  window: nullable(window),
});

const OPERANDS: Shapes<Operand['kind']> = {
  field: { field: id },
  anniversary: { field: id },
  tags: {},
  aggregate: { of: oneOf(AGGREGATES), events },
};

const PREDICATES: Shapes<Predicate['kind']> = {
  test: { operand: byKind(OPERANDS), test },
  inSegment: { segment: id },
  joinedSegment: { segment: id, window },
  suppressed: { channel: nullable(text), reason: nullable(text) },
};

const checkStored = object({ version: oneOf([VERSION]), filter: combined(PREDICATES) });
