/**
 * Random filters that the check would let through, and of which every kind of node has its turn.
 */
import fc from 'fast-check';
import { AGGREGATES, PERIOD_UNITS, RELATIONS, RELATIVE_DAYS, UNITS } from '../../src/filter/ast.ts';
import {
  FIELD_TYPES,
  type AggregateName,
  type Combined,
  type DateExpression,
  type DateTest,
  type EventFilter,
  type EventSet,
  type EventTest,
  type FieldType,
  type FilterAst,
  type Operand,
  type Period,
  type Predicate,
  type SetTest,
  type Test,
  type TextTest,
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

function textTests(
  texts: fc.Arbitrary<string>,
): Readonly<Record<TextTest['kind'], fc.Arbitrary<TextTest>>> {
  return {
    textEquals: record<TextTest>({ kind: one('textEquals'), text: texts }),
    textIn: record<TextTest>({
      kind: one('textIn'),
      texts: fc.oneof(
        { weight: 5, arbitrary: listOf(texts) },
        { weight: 1, arbitrary: fc.array(texts, { minLength: 9, maxLength: 12 }) },
      ),
    }),
    contains: record<TextTest>({ kind: one('contains'), text }),
    startsWith: record<TextTest>({ kind: one('startsWith'), text }),
    endsWith: record<TextTest>({ kind: one('endsWith'), text }),
    like: record<TextTest>({ kind: one('like'), pattern }),
    matches: record<TextTest>({ kind: one('matches'), pattern: regularExpression }),
  };
}

function textTest(texts: fc.Arbitrary<string>): fc.Arbitrary<TextTest> {
  return fc.oneof(...Object.values(textTests(texts)));
}

function numberTestOf(numbers: fc.Arbitrary<number>): fc.Arbitrary<Test> {
  return fc.oneof(
    {
      weight: 3,
      arbitrary: record<Test>({
        kind: from(['numberEquals', 'below', 'atMost', 'above', 'atLeast'] as const),
        number: numbers,
      }),
    },
    {
      weight: 1,
      arbitrary: record<Test>({
        kind: one('numberIn'),
        numbers: fc.oneof(listOf(numbers), fc.array(numbers, { minLength: 9, maxLength: 12 })),
      }),
    },
    {
      weight: 1,
      arbitrary: record<Test>({ kind: one('numberBetween'), low: numbers, high: numbers }),
    },
  );
}

const numberTest = numberTestOf(number);
const countTest = numberTestOf(from([0, 1, 2, 0.1, 1, 3, -1]));

const count = fc.oneof(
  { weight: 8, arbitrary: from([1, 2, 3, 7, 12, 30]) },
  { weight: 1, arbitrary: from([400, 9999, 10 ** 9]) },
);
const dayUnit = from(['day', 'week', 'month', 'year'] as const);
const step = (unit: fc.Arbitrary<(typeof UNITS)[number]>) =>
  fc
    .tuple(from([1, -1]), count, unit)
    .map(([sign, steps, of]) => ({ count: sign * steps, unit: of }));

const dayDate = record<DateExpression>({
  anchor: fc.oneof(
    record<DateExpression['anchor']>({ kind: one('day'), day: from(DAYS) }),
    record<DateExpression['anchor']>({ kind: from(RELATIVE_DAYS) }),
    record<DateExpression['anchor']>({
      kind: from(['start', 'end'] as const),
      of: from(['day', ...PERIOD_UNITS] as const),
    }),
  ),
  steps: fc.array(step(dayUnit), { maxLength: 2 }),
});
const anyDate: fc.Arbitrary<DateExpression> = fc.oneof(
  dayDate,
  record<DateExpression>({
    anchor: fc.oneof(
      dayDate.map(({ anchor }) => anchor),
      record<DateExpression['anchor']>({ kind: one('now') }),
      record<DateExpression['anchor']>({ kind: one('instant'), text: from(INSTANTS) }),
    ),
    steps: fc.array(step(from(UNITS)), { maxLength: 2 }),
  }),
);

const period: fc.Arbitrary<Period> = fc.oneof(
  record<Period>({ kind: from(RELATIVE_DAYS) }),
  record<Period>({ kind: from(RELATIONS), unit: from(PERIOD_UNITS) }),
  record<Period>({
    kind: one('calendar'),
    text: fc.oneof(
      from(['2026', '2024', '9999', '2026-03', '2005-10', '2011-12', '2024-02']),
      from(DAYS),
    ),
  }),
);

function windowOf(
  date: fc.Arbitrary<DateExpression>,
  unit: fc.Arbitrary<(typeof UNITS)[number]>,
): fc.Arbitrary<Window> {
  return fc.oneof(
    record<Window>({ kind: from(['since', 'before'] as const), date }),
    record<Window>({ kind: one('dateBetween'), low: date, high: date }),
    record<Window>({ kind: from(['inLast', 'inNext'] as const), count, unit }),
    record<Window>({ kind: one('during'), period }),
  );
}

function dateTest(
  date: fc.Arbitrary<DateExpression>,
  unit: fc.Arbitrary<(typeof UNITS)[number]>,
): fc.Arbitrary<DateTest> {
  return fc.oneof(
    { weight: 2, arbitrary: windowOf(date, unit) },
    {
      weight: 1,
      arbitrary: record<DateTest>({ kind: from(['on', 'after', 'through'] as const), date }),
    },
  );
}

const dayTest = dateTest(dayDate, dayUnit);
const instantTest = dateTest(anyDate, from(UNITS));
const anniversaryTest = dayTest.filter(({ kind }) =>
  ['on', 'dateBetween', 'inLast', 'inNext', 'during'].includes(kind),
);
export const window: fc.Arbitrary<Window> = windowOf(anyDate, from(UNITS));

function setTest(texts: fc.Arbitrary<string>): fc.Arbitrary<SetTest> {
  return record<SetTest>({
    kind: from(['hasAny', 'hasAll'] as const),
    texts: fc.oneof(
      { weight: 4, arbitrary: listOf(texts) },
      { weight: 1, arbitrary: fc.array(texts, { minLength: 9, maxLength: 12 }) },
    ),
  });
}

/** Tests of a type; `empty` is one of each. */
function testOf(type: FieldType, options: readonly string[]): fc.Arbitrary<Test> {
  const empty: fc.Arbitrary<Test> = one({ kind: 'empty' });
  const tests: Record<FieldType, fc.Arbitrary<Test>> = {
    text: textTest(text),
    email: textTest(text),
    url: textTest(text),
    phone: textTest(text),
    select: textTest(options.length > 0 ? from(options) : text),
    number: numberTest,
    boolean: record<Test>({ kind: one('booleanEquals'), value: fc.boolean() }),
    date: dayTest,
    datetime: instantTest,
    multiselect: setTest(options.length > 0 ? from(options) : text),
    tags: setTest(from(TAGS)),
  };
  return fc.oneof({ weight: 7, arbitrary: tests[type] }, { weight: 1, arbitrary: empty });
}

/** `and`, `or`, `not` and constants around leaves. */
export function combined<Leaf>(leaf: fc.Arbitrary<Leaf>, depth = 3): fc.Arbitrary<Combined<Leaf>> {
  if (depth === 0) return leaf;
  const inner = combined(leaf, depth - 1);
  return fc.oneof(
    { weight: 5, arbitrary: leaf },
    {
      weight: 2,
      arbitrary: record<Combined<Leaf>>({
        kind: from(['and', 'or'] as const),
        filters: fc.array(inner, { minLength: 2, maxLength: 3 }),
      }),
    },
    { weight: 2, arbitrary: inner.map((filter) => ({ kind: 'not', filter }) as const) },
    { weight: 1, arbitrary: fc.boolean().map((value) => ({ kind: 'constant', value }) as const) },
  );
}

const eventTest: fc.Arbitrary<EventTest> = fc.oneof(
  record<EventTest>({
    kind: one('eventTest'),
    operand: one({ kind: 'subject' } as const),
    test: testOf('text', []),
  }),
  record<EventTest>({
    kind: one('eventTest'),
    operand: one({ kind: 'value' } as const),
    test: testOf('number', []),
  }),
  record<EventTest>({
    kind: one('eventTest'),
    operand: one({ kind: 'occurredAt' } as const),
    test: testOf('datetime', []),
  }),
  record<EventTest>({
    kind: one('eventTest'),
    operand: record({ kind: one('property' as const), name: from(PROPERTIES) }),
    test: fc.oneof(textTest(text), numberTest, dayTest, one<Test>({ kind: 'empty' })),
  }),
);

const events: fc.Arbitrary<EventSet> = record<EventSet>({
  type: from(EVENT_TYPES),
  where: fc.option<EventFilter>(combined<EventTest>(eventTest, 2), { freq: 2 }),
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
  empty: textField(one({ kind: 'empty' })),
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
  ...Object.fromEntries(AGGREGATES.map((of) => [of, aggregate(of)])),
  inSegment: record<Predicate>({ kind: one('inSegment'), segment }),
  joinedSegment: record<Predicate>({ kind: one('joinedSegment'), segment, window }),
  suppressed: fc
    .tuple(fc.option(from(CHANNELS)), from(REASONS), fc.boolean())
    .map(([channel, reason, named]): Predicate => ({
      kind: 'suppressed',
      channel,
      reason: channel !== null && named ? reason : null,
    })),
};

export const predicate: fc.Arbitrary<Predicate> = fc.oneof(...Object.values(LEAVES));

export const filter: fc.Arbitrary<FilterAst> = combined<Predicate>(predicate);
