/**
 * A second meaning of every filter, written from the reference with other means than src uses:
 * regular expressions, Intl, loops.
 */
import type {
  Combined,
  EventRow,
  EventTest,
  FilterAst,
  Operand,
  Predicate,
  ContactRow,
  Test,
  TimeContext,
} from '../../src/filter/index.ts';
import type { BooleanTest, DateTest, NumberTest, SetTest, TextTest } from '../../src/filter/ast.ts';
import { assertNever } from '../../src/support/errors.ts';
import { CATALOGUE } from '../filter/world.ts';
import { anniversaryPasses, dayNumber, dayPasses, instantPasses } from './filter-oracle-dates.ts';

type Leaf = Predicate | EventTest;

function decide<Each extends Leaf>(node: Combined<Each>, leaf: (each: Each) => boolean): boolean {
  const any = node as Combined<Leaf>;
  if (any.kind === 'and') return !any.filters.some((each) => !decide(each as Combined<Each>, leaf));
  if (any.kind === 'or') return any.filters.some((each) => decide(each as Combined<Each>, leaf));
  if (any.kind === 'not') return !decide(any.filter as Combined<Each>, leaf);
  return any.kind === 'constant' ? any.value : leaf(any as Each);
}

export function oracle(ast: FilterAst, row: ContactRow, time: TimeContext): boolean {
  return decide(ast, (predicate) => {
    if (predicate.kind === 'inSegment')
      return row.memberships.some(({ segmentId }) => segmentId === predicate.segment);
    if (predicate.kind === 'joinedSegment')
      return row.memberships.some(
        ({ segmentId, since }) =>
          segmentId === predicate.segment && instantPasses(since, predicate.window, time),
      );
    if (predicate.kind === 'suppressed')
      return row.suppressions.some(
        ({ channel, reason }) =>
          sameText(channel, predicate.channel ?? channel) &&
          sameText(reason, predicate.reason ?? reason),
      );
    return testOperand(predicate.operand, predicate.test, row, time);
  });
}

const caseless = new Map<string, RegExp>();

/** ASCII letters among themselves, all others as regular expressions fold them. */
function letterMatches(wanted: string, letter: string): boolean {
  if (/[a-z]/i.test(wanted) || /[a-z]/i.test(letter))
    return (
      wanted === letter ||
      (/^[a-z]$/i.test(wanted) &&
        /^[a-z]$/i.test(letter) &&
        wanted.toLowerCase() === letter.toLowerCase())
    );
  let pattern = caseless.get(wanted);
  if (pattern === undefined)
    caseless.set(
      wanted,
      (pattern = new RegExp(`^${wanted.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')}$`, 'iu')),
    );
  return pattern.test(letter);
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Array.from(a), Array.from(b)];
  return (
    left.length === right.length &&
    left.every((letter, index) => letterMatches(letter, right[index]!))
  );
}

/** Wildcards by recursion. */
function likeText(pattern: readonly string[], text: readonly string[], at = 0, from = 0): boolean {
  const part = pattern[at];
  if (part === undefined) return from === text.length;
  if (part === '%')
    return (
      likeText(pattern, text, at + 1, from) ||
      (from < text.length && likeText(pattern, text, at, from + 1))
    );
  const letter = text[from];
  return (
    letter !== undefined && fitsPart(part, letter) && likeText(pattern, text, at + 1, from + 1)
  );
}

function fitsPart(part: string, letter: string): boolean {
  if (part === '_') return true;
  const meant = part.startsWith('\\') && part.length === 2 ? part.slice(1) : part;
  return letterMatches(meant, letter);
}

const literally = (text: string): string[] =>
  Array.from(text, (letter) => (letter === '%' || letter === '_' ? `\\${letter}` : letter));

function testText(value: string, test: TextTest | SetTest): boolean {
  const text = Array.from(value.split('\0')[0]!);
  switch (test.kind) {
    case 'textEquals':
      return sameText(value, test.text);
    case 'textIn':
      return test.texts.some((each) => sameText(value, each));
    case 'contains':
      return likeText(['%', ...literally(test.text), '%'], text);
    case 'startsWith':
      return likeText([...literally(test.text), '%'], text);
    case 'endsWith':
      return likeText(['%', ...literally(test.text)], text);
    case 'like':
      return likeText(test.pattern.match(/\\[\\%_]|./gsu) ?? [], text);
    case 'matches':
      return new RegExp(
        test.pattern.replace('(?i)', ''),
        test.pattern.startsWith('(?i)') ? 'iu' : 'u',
      ).test(value);
    case 'hasAny':
      return test.texts.some((each) => likeText(['%', ...literally(`|${each}|`), '%'], text));
    case 'hasAll':
      return test.texts.every((each) => likeText(['%', ...literally(`|${each}|`), '%'], text));
    default:
      return assertNever(test);
  }
}

function testNumber(value: number, test: NumberTest | BooleanTest): boolean {
  switch (test.kind) {
    case 'numberEquals':
      return value === test.number;
    case 'numberIn':
      return test.numbers.some((each) => each === value);
    case 'below':
      return value < test.number;
    case 'atMost':
      return value < test.number || value === test.number;
    case 'above':
      return value > test.number;
    case 'atLeast':
      return value > test.number || value === test.number;
    case 'numberBetween':
      return !(value < test.low) && !(value > test.high);
    case 'booleanEquals':
      return value === Number(test.value);
    default:
      return assertNever(test);
  }
}

/** The tests of dates and of numbers; all others are of texts. */
const READS: {
  readonly date: Readonly<Record<DateTest['kind'], true>>;
  readonly number: Readonly<Record<(NumberTest | BooleanTest)['kind'], true>>;
} = {
  date: {
    since: true,
    before: true,
    dateBetween: true,
    inLast: true,
    inNext: true,
    during: true,
    on: true,
    after: true,
    through: true,
  },
  number: {
    numberEquals: true,
    numberIn: true,
    below: true,
    atMost: true,
    above: true,
    atLeast: true,
    numberBetween: true,
    booleanEquals: true,
  },
};

const isDate = (test: Test): test is DateTest => test.kind in READS.date;
const isNumber = (test: Test): test is NumberTest | BooleanTest => test.kind in READS.number;

/** A day of the calendar; what is none compares as text, which the callers leave to src. */
export function isCalendarDay(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(value) &&
    !Number.isNaN(dayNumber(value)) &&
    new Date(dayNumber(value) * 864e5).toISOString().startsWith(value)
  );
}

function testOperand(operand: Operand, test: Test, row: ContactRow, time: TimeContext): boolean {
  if (operand.kind === 'tags') return testTags(row.tags, test);
  if (operand.kind === 'aggregate')
    return testValue(
      aggregateOf(operand, row, time),
      operand.of === 'first' || operand.of === 'last' ? 'datetime' : 'number',
      test,
      time,
    );
  const field = CATALOGUE.fields.find(({ id }) => id === operand.field)!;
  const value =
    (field.object === 'contact' ? row.contact : (row.company ?? {}))[field.column] ?? null;
  if (operand.kind === 'anniversary')
    return isCalendarDay(value) && isDate(test) && anniversaryPasses(dayNumber(value), test, time);
  return testValue(value, field.type, test, time);
}

function testTags(tags: readonly string[], test: Test): boolean {
  const isThere = (text: string): boolean => tags.some((tag) => sameText(tag, text));
  if (test.kind === 'hasAny') return test.texts.some(isThere);
  return test.kind === 'hasAll' ? test.texts.every(isThere) : tags.length === 0;
}

function testValue(value: unknown, type: string, test: Test, time: TimeContext): boolean {
  if (test.kind === 'empty') return value === null || value === '';
  if (value === null) return false;
  if (isDate(test))
    return type === 'datetime'
      ? instantPasses(value as number, test, time)
      : dayPasses(dayNumber(value as string), test, time);
  return isNumber(test) ? testNumber(value as number, test) : testText(value as string, test);
}

function aggregateOf(
  { of, events: { type, where, window } }: Extract<Operand, { kind: 'aggregate' }>,
  row: ContactRow,
  time: TimeContext,
): number | null {
  const chosen = row.events.filter(
    (event) =>
      sameText(event.type, type) &&
      (window === null || instantPasses(event.occurredAt, window, time)) &&
      (where === null || decide(where, (leaf) => testEvent(leaf, event, time))),
  );
  const values = chosen.map(({ value }) => value).filter((value) => value !== null);
  if (of === 'count') return chosen.length;
  if (of === 'first' || of === 'last')
    return (
      chosen
        .map(({ occurredAt }) => occurredAt)
        .sort((a, b) => (of === 'first' ? a - b : b - a))[0] ?? null
    );
  if (of === 'min' || of === 'max')
    return [...values].sort((a, b) => (of === 'min' ? a - b : b - a))[0] ?? null;
  const sum = values.reduce((total, value) => total + value, 0); // exact for the values of the test
  return of === 'sum' ? sum : values.length === 0 ? null : sum / values.length;
}

function testEvent({ operand, test }: EventTest, event: EventRow, time: TimeContext): boolean {
  switch (operand.kind) {
    case 'subject':
      return testValue(event.subject, 'text', test, time);
    case 'value':
      return testValue(event.value, 'number', test, time);
    case 'occurredAt':
      return testValue(event.occurredAt, 'datetime', test, time);
    case 'property':
      return testProperty(propertyOf(event.properties, operand.name), test, time);
  }
}

function propertyOf(json: string | null, name: string): unknown {
  try {
    return (
      Object.entries(JSON.parse(json ?? '') as object).find(([key]) => key === name)?.[1] ?? null
    );
  } catch {
    return null;
  }
}

function testProperty(value: unknown, test: Test, time: TimeContext): boolean {
  const text = textOf(value);
  if (test.kind === 'empty') return text === null || text === '';
  if (isDate(test))
    return (
      typeof value === 'string' &&
      isCalendarDay(value.slice(0, 10)) &&
      dayPasses(dayNumber(value.slice(0, 10)), test, time)
    );
  if (!isNumber(test)) return text !== null && testText(text, test);
  const number = numberOf(value);
  return Number.isFinite(number) && testNumber(number, test);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : null;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const isNumber = typeof value === 'string' && /^\s*[+-]?[\d.]+(e[+-]?\d+)?\s*$/i.test(value);
  return isNumber ? Number(value) : NaN;
}
