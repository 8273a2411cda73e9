/**
 * A second meaning of every filter, written from the reference with other means than src uses:
 * regular expressions, Intl, loops.
 */
import type {
  BooleanTest,
  Combined,
  ContactRow,
  DateTest,
  EventRow,
  EventTest,
  FilterAst,
  NumberTest,
  Operand,
  Predicate,
  SetTest,
  Test,
  TextTest,
  TimeContext,
} from '../../src/filter/index.ts';
import { assertNever } from '../../src/support/errors.ts';
import { CATALOGUE } from '../filter/world.ts';
import { anniversaryPasses, dayNumber, dayPasses, instantPasses } from './filter-oracle-dates.ts';

type Leaf = Predicate | EventTest;

function decide<Each extends Leaf>(node: Combined<Each>, leaf: (each: Each) => boolean): boolean {
  const any = node as Combined<Leaf>;
  const holds = (each: Combined<Leaf>): boolean => decide(each as Combined<Each>, leaf);
  switch (any.kind) {
    case 'and':
      return !any.filters.some((each) => !holds(each));
    case 'or':
      return any.filters.some(holds);
    case 'not':
      return !holds(any.filter);
    case 'constant':
      return any.value;
    case 'test':
    case 'inSegment':
    case 'joinedSegment':
    case 'suppressed':
    case 'eventTest':
      return leaf(any as Each);
    default:
      return assertNever(any);
  }
}

export function oracle(ast: FilterAst, row: ContactRow, time: TimeContext): boolean {
  return decide(ast, (predicate) => testContact(predicate, row, time));
}

function testContact(predicate: Predicate, row: ContactRow, time: TimeContext): boolean {
  switch (predicate.kind) {
    case 'inSegment':
      return row.memberships.some(({ segmentId }) => segmentId === predicate.segment);
    case 'joinedSegment':
      return row.memberships.some(
        ({ segmentId, since }) =>
          segmentId === predicate.segment &&
          since !== null &&
          instantPasses(since, predicate.window, time),
      );
    case 'suppressed':
      return row.suppressions.some(
        ({ channel, reason }) =>
          sameText(channel, predicate.channel ?? channel) &&
          sameText(reason, predicate.reason ?? reason),
      );
    case 'test':
      return testOperand(predicate.operand, predicate.test, row, time);
    default:
      return assertNever(predicate);
  }
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

function testText(value: string, test: TextTest): boolean {
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
    default:
      return assertNever(test);
  }
}

/** Of the values of one field, which are stored as `|one|two|`. */
function testStoredSet(value: string, test: SetTest): boolean {
  const text = Array.from(value.split('\0')[0]!);
  return testSet((each) => likeText(['%', ...literally(`|${each}|`), '%'], text), test);
}

function testSet(has: (text: string) => boolean, test: SetTest): boolean {
  switch (test.kind) {
    case 'hasAny':
      return test.texts.some(has);
    case 'hasAll':
      return test.texts.every(has);
    default:
      return assertNever(test);
  }
}

function testNumber(value: number, test: NumberTest): boolean {
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
    default:
      return assertNever(test);
  }
}

type Empty = Extract<Test, { kind: 'empty' }>;

/** Whether a test is of a group; all kinds of the group are named, or this does not compile. */
const among =
  <Group extends Test>(kinds: Readonly<Record<Group['kind'], true>>) =>
  (test: Test): test is Group =>
    Object.hasOwn(kinds, test.kind);

const isTextTest = among<TextTest>({
  textEquals: true,
  textIn: true,
  contains: true,
  startsWith: true,
  endsWith: true,
  like: true,
  matches: true,
});
const isNumberTest = among<NumberTest>({
  numberEquals: true,
  numberIn: true,
  below: true,
  atMost: true,
  above: true,
  atLeast: true,
  numberBetween: true,
});
const isBooleanTest = among<BooleanTest>({ booleanEquals: true });
const isSetTest = among<SetTest>({ hasAny: true, hasAll: true });
const isDateTest = among<DateTest>({
  since: true,
  before: true,
  dateBetween: true,
  inLast: true,
  inNext: true,
  during: true,
  on: true,
  after: true,
  through: true,
});

/** The check lets no such test through. The groups are named, so that a new one does not compile. */
function misplaced(
  test: TextTest | NumberTest | BooleanTest | SetTest | DateTest | Empty,
  on: string,
): never {
  throw new Error(`${test.kind} of ${on}`);
}

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
  switch (operand.kind) {
    case 'tags':
      return testTags(row.tags, test);
    case 'aggregate':
      return testValue(aggregateOf(operand, row, time), typeOfAggregate(operand.of), test, time);
    case 'anniversary':
      return testAnniversary(fieldOf(operand.field, row).value, test, time);
    case 'field': {
      const { value, type } = fieldOf(operand.field, row);
      return testValue(value, type, test, time);
    }
    default:
      return assertNever(operand);
  }
}

function fieldOf(id: number, row: ContactRow): { readonly value: unknown; readonly type: string } {
  const { object, column, type } = CATALOGUE.fields.find((field) => field.id === id)!;
  const columns = object === 'contact' ? row.contact : (row.company ?? {});
  return { value: columns[column] ?? null, type };
}

function testAnniversary(value: unknown, test: Test, time: TimeContext): boolean {
  if (!isDateTest(test)) return misplaced(test, 'an anniversary');
  return isCalendarDay(value) && anniversaryPasses(dayNumber(value), test, time);
}

function testTags(tags: readonly string[], test: Test): boolean {
  if (test.kind === 'empty') return tags.length === 0;
  if (isSetTest(test)) return testSet((text) => tags.some((tag) => sameText(tag, text)), test);
  return misplaced(test, 'tags');
}

function testValue(value: unknown, type: string, test: Test, time: TimeContext): boolean {
  if (test.kind === 'empty') return value === null || value === '';
  if (value === null) return false;
  if (isDateTest(test))
    return type === 'datetime'
      ? instantPasses(presumeNumber(value), test, time)
      : dayPasses(dayNumber(presumeText(value)), test, time);
  if (isNumberTest(test)) return testNumber(presumeNumber(value), test);
  if (isBooleanTest(test)) return presumeNumber(value) === Number(test.value);
  if (isTextTest(test)) return testText(presumeText(value), test);
  if (isSetTest(test)) return testStoredSet(presumeText(value), test);
  return assertNever(test);
}

function presumeNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new Error(`${JSON.stringify(value)} is no number`);
}

function presumeText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error(`${JSON.stringify(value)} is no text`);
}

type Aggregate = Extract<Operand, { kind: 'aggregate' }>;

function typeOfAggregate(of: Aggregate['of']): 'datetime' | 'number' {
  return of === 'first' || of === 'last' ? 'datetime' : 'number';
}

function aggregateOf(
  { of, events: { type, where, window } }: Aggregate,
  row: ContactRow,
  time: TimeContext,
): number | null {
  const chosen = row.events.filter(
    (event) =>
      sameText(event.type, type) &&
      (window === null || instantPasses(event.occurredAt, window, time)) &&
      (where === null || decide(where, (leaf) => testEvent(leaf, event, time))),
  );
  const instants = chosen.map(({ occurredAt }) => occurredAt);
  const values = chosen.map(({ value }) => value).filter((value) => value !== null);
  const sum = values.reduce((total, value) => total + value, 0); // exact for the values of the test
  switch (of) {
    case 'count':
      return chosen.length;
    case 'first':
      return leastOf(instants);
    case 'last':
      return greatestOf(instants);
    case 'min':
      return leastOf(values);
    case 'max':
      return greatestOf(values);
    case 'sum':
      return sum;
    case 'avg':
      return values.length === 0 ? null : sum / values.length;
    default:
      return assertNever(of);
  }
}

const leastOf = (numbers: readonly number[]): number | null =>
  numbers.toSorted((a, b) => a - b)[0] ?? null;
const greatestOf = (numbers: readonly number[]): number | null =>
  numbers.toSorted((a, b) => b - a)[0] ?? null;

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
    default:
      return assertNever(operand);
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
  if (isDateTest(test)) return testDayOfText(value, test, time);
  if (isTextTest(test)) return text !== null && testText(text, test);
  if (!isNumberTest(test)) return misplaced(test, 'a property');
  const number = numberOf(value);
  return Number.isFinite(number) && testNumber(number, test);
}

/** A text that begins with a day counts as that day. */
function testDayOfText(value: unknown, test: DateTest, time: TimeContext): boolean {
  const day = typeof value === 'string' ? value.slice(0, 10) : null;
  return isCalendarDay(day) && dayPasses(dayNumber(day), test, time);
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
