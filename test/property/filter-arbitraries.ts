/**
 * Random filters that the check would let through, and of which every kind of node has its turn.
 */
import fc from 'fast-check';
import { AGGREGATES, PERIOD_UNITS, UNITS } from '../../src/filter/ast.ts';
import {
  FIELD_TYPES,
  type AggregateName,
  type Anchor,
  type BooleanTest,
  type Combined,
  type DateExpression,
  type DateTest,
  type EventFilter,
  type EventOperand,
  type EventSet,
  type EventTest,
  type FieldType,
  type FilterAst,
  type NumberTest,
  type Operand,
  type Period,
  type Predicate,
  type Relation,
  type RelativeDay,
  type SetTest,
  type Test,
  type TextTest,
  type Unit,
  type Window,
} from '../../src/filter/index.ts';
import { CATALOGUE } from '../filter/world.ts';
import {
  CHANNELS,
  DAYS,
  EVENT_TYPES,
  INSTANTS,
  NUMBERS,
  OPTIONS,
  PROPERTIES,
  REASONS,
  TAGS,
  TEXTS,
} from './filter-pools.ts';

const record = <T>(properties: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<T> =>
  fc.record(properties) as fc.Arbitrary<unknown> as fc.Arbitrary<T>;
const listOf = <T>(arbitrary: fc.Arbitrary<T>, most = 3): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: 1, maxLength: most });
/** One of a union by its kinds; a kind that the table lacks does not compile. */
const anyOf = <T>(byKind: Readonly<Record<string, fc.Arbitrary<T>>>): fc.Arbitrary<T> =>
  fc.oneof(...Object.values(byKind));
type ByKind<Union extends { readonly kind: string }> = Readonly<
  Record<Union['kind'], fc.Arbitrary<Union>>
>;
/** Now and then of so many values that they are looked up in a table. */
const listOrLongList = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 5, arbitrary: listOf(arbitrary) },
    { weight: 1, arbitrary: fc.array(arbitrary, { minLength: 9, maxLength: 12 }) },
  );
const one = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
const from = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: from(TEXTS) },
  {
    weight: 1,
    arbitrary: fc.tuple(from(TEXTS), from(TEXTS)).map(([a, b]) => (a + b).normalize('NFC')),
  },
);
const pattern = fc
  .array(fc.oneof(from(['%', '_', '\\%', '\\_', '\\']), from(TEXTS)), { maxLength: 4 })
  .map((parts) => parts.join('').normalize('NFC'));
const regularExpression = from(['', 'a', '(?i)É', '^a.b$', '[a-z]+', '\\d', '%|_', 'é|ß']);
const number = from(NUMBERS);

function textTests(texts: fc.Arbitrary<string>): ByKind<TextTest> {
  return {
    textEquals: record<TextTest>({ kind: one('textEquals'), text: texts }),
    textIn: record<TextTest>({ kind: one('textIn'), texts: listOrLongList(texts) }),
    contains: record<TextTest>({ kind: one('contains'), text }),
    startsWith: record<TextTest>({ kind: one('startsWith'), text }),
    endsWith: record<TextTest>({ kind: one('endsWith'), text }),
    like: record<TextTest>({ kind: one('like'), pattern }),
    matches: record<TextTest>({ kind: one('matches'), pattern: regularExpression }),
  };
}

const textTest = (texts: fc.Arbitrary<string>): fc.Arbitrary<TextTest> => anyOf(textTests(texts));

function numberTests(numbers: fc.Arbitrary<number>): ByKind<NumberTest> {
  const compared = (kind: NumberTest['kind']): fc.Arbitrary<NumberTest> =>
    record<NumberTest>({ kind: one(kind), number: numbers });
  return {
    numberEquals: compared('numberEquals'),
    numberIn: record<NumberTest>({ kind: one('numberIn'), numbers: listOrLongList(numbers) }),
    below: compared('below'),
    atMost: compared('atMost'),
    above: compared('above'),
    atLeast: compared('atLeast'),
    numberBetween: record<NumberTest>({ kind: one('numberBetween'), low: numbers, high: numbers }),
  };
}

const numberTest = anyOf(numberTests(number));
const countTest = anyOf(numberTests(from([0, 1, 2, 0.1, 1, 3, -1])));
type Empty = Extract<Test, { kind: 'empty' }>;

const booleanTest = record<BooleanTest>({ kind: one('booleanEquals'), value: fc.boolean() });
const emptyTest = one<Empty>({ kind: 'empty' });

const count = fc.oneof(
  { weight: 8, arbitrary: from([1, 2, 3, 7, 12, 30]) },
  { weight: 1, arbitrary: from([400, 9999, 10 ** 9]) },
);
const dayUnit = from(['day', 'week', 'month', 'year'] as const);
const step = (unit: fc.Arbitrary<Unit>) =>
  fc
    .tuple(from([1, -1]), count, unit)
    .map(([sign, steps, of]) => ({ count: sign * steps, unit: of }));

const daysOfCalendar = record<Anchor>({ kind: one('day'), day: from(DAYS) });
const relativeDay = (kind: RelativeDay): fc.Arbitrary<{ readonly kind: RelativeDay }> =>
  one({ kind });
const relativeDays = {
  today: relativeDay('today'),
  yesterday: relativeDay('yesterday'),
  tomorrow: relativeDay('tomorrow'),
};
const boundOfPeriod = (kind: 'start' | 'end'): fc.Arbitrary<Anchor> =>
  record<Anchor>({ kind: one(kind), of: from(['day', ...PERIOD_UNITS] as const) });

type InstantAnchor = Extract<Anchor, { kind: 'now' | 'instant' }>;
type DayAnchor = Exclude<Anchor, InstantAnchor>;

const dayAnchors: Readonly<Record<DayAnchor['kind'], fc.Arbitrary<Anchor>>> = {
  day: daysOfCalendar,
  ...relativeDays,
  start: boundOfPeriod('start'),
  end: boundOfPeriod('end'),
};
const instantAnchors: ByKind<InstantAnchor> = {
  now: one({ kind: 'now' }),
  instant: record<InstantAnchor>({ kind: one('instant'), text: from(INSTANTS) }),
};

const dayDate = record<DateExpression>({
  anchor: anyOf(dayAnchors),
  steps: fc.array(step(dayUnit), { maxLength: 2 }),
});
const anyDate: fc.Arbitrary<DateExpression> = fc.oneof(
  dayDate,
  record<DateExpression>({
    anchor: fc.oneof(anyOf(dayAnchors), ...Object.values(instantAnchors)),
    steps: fc.array(step(from(UNITS)), { maxLength: 2 }),
  }),
);

const related = (kind: Relation): fc.Arbitrary<Period> =>
  record<Period>({ kind: one(kind), unit: from(PERIOD_UNITS) });
const periods: ByKind<Period> = {
  ...relativeDays,
  this: related('this'),
  last: related('last'),
  next: related('next'),
  calendar: record<Period>({
    kind: one('calendar'),
    text: fc.oneof(
      from(['2026', '2024', '9999', '2026-03', '2005-10', '2011-12', '2024-02']),
      from(DAYS),
    ),
  }),
};

function windows(date: fc.Arbitrary<DateExpression>, unit: fc.Arbitrary<Unit>): ByKind<Window> {
  return {
    since: record<Window>({ kind: one('since'), date }),
    before: record<Window>({ kind: one('before'), date }),
    dateBetween: record<Window>({ kind: one('dateBetween'), low: date, high: date }),
    inLast: record<Window>({ kind: one('inLast'), count, unit }),
    inNext: record<Window>({ kind: one('inNext'), count, unit }),
    during: record<Window>({ kind: one('during'), period: anyOf(periods) }),
  };
}

function dateTests(date: fc.Arbitrary<DateExpression>, unit: fc.Arbitrary<Unit>): ByKind<DateTest> {
  return {
    ...windows(date, unit),
    on: record<DateTest>({ kind: one('on'), date }),
    after: record<DateTest>({ kind: one('after'), date }),
    through: record<DateTest>({ kind: one('through'), date }),
  };
}

const dayTest = anyOf(dateTests(dayDate, dayUnit));
const instantTest = anyOf(dateTests(anyDate, from(UNITS)));
const anniversaryTest = dayTest.filter(({ kind }) =>
  ['on', 'dateBetween', 'inLast', 'inNext', 'during'].includes(kind),
);
export const window: fc.Arbitrary<Window> = anyOf(windows(anyDate, from(UNITS)));

function setTests(texts: fc.Arbitrary<string>): ByKind<SetTest> {
  return {
    hasAny: record<SetTest>({ kind: one('hasAny'), texts: listOrLongList(texts) }),
    hasAll: record<SetTest>({ kind: one('hasAll'), texts: listOrLongList(texts) }),
  };
}

const setTest = (texts: fc.Arbitrary<string>): fc.Arbitrary<SetTest> => anyOf(setTests(texts));

/** What tests a field of a type takes, besides `empty`. */
interface Takes extends Record<FieldType, Test> {
  readonly text: TextTest;
  readonly email: TextTest;
  readonly url: TextTest;
  readonly phone: TextTest;
  readonly select: TextTest;
  readonly number: NumberTest;
  readonly boolean: BooleanTest;
  readonly date: DateTest;
  readonly datetime: DateTest;
  readonly multiselect: SetTest;
  readonly tags: SetTest;
}

/** All tests; none, which does not compile, while one is of no type's. */
type Taken = [Exclude<Test, Takes[FieldType] | Empty>] extends [never] ? Test : never;

/** Tests of a type; `empty` is one of each. */
function testOf(type: FieldType, options: readonly string[]): fc.Arbitrary<Taken> {
  const tests: { readonly [Type in FieldType]: fc.Arbitrary<Takes[Type]> } = {
    text: textTest(text),
    email: textTest(text),
    url: textTest(text),
    phone: textTest(text),
    select: textTest(options.length > 0 ? from(options) : text),
    number: numberTest,
    boolean: booleanTest,
    date: dayTest,
    datetime: instantTest,
    multiselect: setTest(options.length > 0 ? from(options) : text),
    tags: setTest(from(TAGS)),
  };
  return fc.oneof<fc.WeightedArbitrary<Taken>[]>(
    { weight: 7, arbitrary: tests[type] },
    { weight: 1, arbitrary: emptyTest },
  );
}

/** What joins leaves, by kind; the leaves themselves stand beside it. */
function joints<Leaf>(
  inner: fc.Arbitrary<Combined<Leaf>>,
): Readonly<Record<JointKind, fc.Arbitrary<Combined<Leaf>>>> {
  const joint = (kind: 'and' | 'or'): fc.Arbitrary<Combined<Leaf>> =>
    record<Combined<Leaf>>({
      kind: one(kind),
      filters: fc.array(inner, { minLength: 2, maxLength: 3 }),
    });
  return {
    and: joint('and'),
    or: joint('or'),
    not: inner.map((filter) => ({ kind: 'not', filter }) as const),
    constant: fc.boolean().map((value) => ({ kind: 'constant', value }) as const),
  };
}

type JointKind = Exclude<FilterAst['kind'], Predicate['kind']>;

/** `and`, `or`, `not` and constants around leaves. */
export function combined<Leaf>(leaf: fc.Arbitrary<Leaf>, depth = 3): fc.Arbitrary<Combined<Leaf>> {
  if (depth === 0) return leaf;
  return fc.oneof(
    { weight: 5, arbitrary: leaf },
    { weight: 5, arbitrary: anyOf(joints(combined(leaf, depth - 1))) },
  );
}

const eventTest = (
  operand: fc.Arbitrary<EventOperand>,
  test: fc.Arbitrary<Test>,
): fc.Arbitrary<EventTest> => record<EventTest>({ kind: one('eventTest'), operand, test });

const eventTests: Readonly<Record<EventOperand['kind'], fc.Arbitrary<EventTest>>> = {
  subject: eventTest(one({ kind: 'subject' }), testOf('text', [])),
  value: eventTest(one({ kind: 'value' }), testOf('number', [])),
  occurredAt: eventTest(one({ kind: 'occurredAt' }), testOf('datetime', [])),
  property: eventTest(
    record({ kind: one('property'), name: from(PROPERTIES) }),
    fc.oneof(textTest(text), numberTest, dayTest, emptyTest),
  ),
};

const events: fc.Arbitrary<EventSet> = record<EventSet>({
  type: from(EVENT_TYPES),
  where: fc.option<EventFilter>(combined<EventTest>(anyOf(eventTests), 2), { freq: 2 }),
  window: fc.option(window, { freq: 2 }),
});

function aggregate(of: AggregateName): fc.Arbitrary<Predicate> {
  const test =
    of === 'count'
      ? countTest
      : testOf(of === 'first' || of === 'last' ? 'datetime' : 'number', []);
  return record<Predicate>({
    kind: one('test'),
    operand: record<Operand>({ kind: one('aggregate'), of: one(of), events }),
    test,
  });
}

function fieldTest(of: FieldType): fc.Arbitrary<Predicate> {
  return from(CATALOGUE.fields.filter(({ type }) => type === of)).chain(({ id, type, name }) =>
    record<Predicate>({
      kind: one('test'),
      operand: one({ kind: 'field', field: id }),
      test: testOf(type, name === 'plan' || name === 'interests' ? OPTIONS[name] : []),
    }),
  );
}

const LETTERS: readonly FieldType[] = ['text', 'email', 'url', 'phone'];
const textFields = CATALOGUE.fields.filter(({ type }) => LETTERS.includes(type));

function textField(test: fc.Arbitrary<Test>): fc.Arbitrary<Predicate> {
  return from(textFields).chain(({ id }) =>
    record<Predicate>({ kind: one('test'), operand: one({ kind: 'field', field: id }), test }),
  );
}

const dateFields = CATALOGUE.fields.filter(({ type }) => type === 'date');
const segment = from(CATALOGUE.segments.filter(({ published }) => published).map(({ id }) => id));

/** What tests no field. */
const operandTests: Readonly<
  Record<Exclude<Operand['kind'], 'field' | 'aggregate'>, fc.Arbitrary<Predicate>>
> = {
  anniversary: record<Predicate>({
    kind: one('test'),
    operand: record<Operand>({
      kind: one('anniversary'),
      field: from(dateFields).map(({ id }) => id),
    }),
    test: anniversaryTest,
  }),
  tags: record<Predicate>({
    kind: one('test'),
    operand: one({ kind: 'tags' }),
    test: testOf('tags', []),
  }),
};

const otherPredicates: ByKind<Exclude<Predicate, { kind: 'test' }>> = {
  inSegment: record({ kind: one('inSegment'), segment }),
  joinedSegment: record({ kind: one('joinedSegment'), segment, window }),
  suppressed: fc
    .tuple(fc.option(from(CHANNELS)), from(REASONS), fc.boolean())
    .map(([channel, reason, named]) => ({
      kind: 'suppressed',
      channel,
      reason: channel !== null && named ? reason : null,
    })),
};

/** Leaves by kind, so that a test can give each its turn. */
export const LEAVES: Readonly<Record<string, fc.Arbitrary<Predicate>>> = {
  ...Object.fromEntries(
    Object.entries(textTests(text)).map(([kind, test]) => [kind, textField(test)]),
  ),
  ...Object.fromEntries(
    FIELD_TYPES.filter((type) => type !== 'tags' && !LETTERS.includes(type)).map((type) => [
      type,
      fieldTest(type),
    ]),
  ),
  empty: textField(emptyTest),
  ...operandTests,
  ...Object.fromEntries(AGGREGATES.map((of) => [of, aggregate(of)])),
  ...otherPredicates,
};

export const predicate: fc.Arbitrary<Predicate> = fc.oneof(...Object.values(LEAVES));

export const filter: fc.Arbitrary<FilterAst> = combined<Predicate>(predicate);
