import { readFileSync } from 'node:fs';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import {
  decodeAst,
  FilterError,
  readFilter,
  recheckAst,
  type FilterAst,
} from '../../src/filter/index.ts';
import type { Problem } from '../../src/filter/problem/problem.ts';
import { CATALOGUE } from './world.ts';

/** Every kind of problem, provoked: a kind without an example does not compile. */
const GALLERY: { readonly [Kind in Problem['kind']]: readonly (string | (() => unknown))[] } = {
  unterminated: ['country = "FR', "country = 'FR", 'in segment `hot'],
  badEscape: ['city = "\\u{d800}"', 'city = "\\u{zz}"', 'city = "\\u{0}"'],
  emptyName: ['in segment ``'],
  badNumber: ['points > 5x', 'points > 1.2.3', 'birthday = 2026-3-15', 'points between 1 and 5-3'],
  numberTooLarge: ['points < 1e999'],
  lostDigits: [
    'points < 9007199254740993',
    'points in (1, -1231231231231234123)',
    'city = 12312312312312341230.0',
    'points = 0.1234567890123456789',
  ],
  strayCharacter: [
    'country == "FR"',
    'country <> "FR"',
    'points > 5 && customer = true',
    'city = “Paris”',
    'points > 5; drop',
  ],
  expected: [
    '',
    '  \n ',
    'country = "FR" and',
    'country = "FR" points > 5',
    'country is "FR"',
    'country is null',
    'city starts "P"',
    'country in "FR"',
    'country in ("FR" "BE")',
    'points between 1, 5',
    'tags has "vip"',
    'created_at in last days',
    'created_at in last month',
    'created_at in last 1.5 days',
    'created_at in last 3 quarters',
    'created_at in last 3 fortnights',
    'created_at during',
    'created_at during march',
    'created_at > start month',
    'created_at > start of hour',
    'created_at > today - days',
    'in newsletter',
    'in segment "newsletter"',
    'joined segment newsletter',
    'joined segment newsletter not in last 3 days',
    'did "page.hit"',
    'did page.hit where not subject = "x"',
    'did page.hit where in segment newsletter',
    'did page.hit since',
    'sum(purchase) > 5',
    'count(page.hit > 3',
    'anniversary("birthday") = today',
    'tagged vip',
    'suppressed("email")',
    'suppressed(email, 5)',
  ],
  expectedTest: [
    'country',
    '(country = "FR" or points',
    'points 5',
    'country equals "FR"',
    'customer and points > 5',
    'count(page.hit) 3',
    'created_at since 2026',
  ],
  expectedValue: [
    'points >',
    'country = and points > 5',
    'birthday before',
    'customer =',
    'plan in (',
    'interests has any ()',
    'company.employees between and 5',
  ],
  reservedWord: ['month = 3', 'last before today', 'in segment last', 'did where'],
  noNotForm: ['points not < 5', 'country not = "FR"', 'country not is empty'],
  unclosed: ['(country = "FR"', 'country in ("FR", "BE"', 'did page.hit where (subject = "x"'],
  tooDeep: [`${'('.repeat(201)}true${')'.repeat(201)}`],
  tooManyConditions: [Array.from({ length: 1501 }, () => 'true').join(' and ')],
  tooManyValues: [`points in (${Array.from({ length: 100_001 }, () => '1').join()})`],
  unknownField: [
    'contry = "FR"',
    'company.industri = "x"',
    'industry = "x"',
    'zzz = 1',
    'contry "FR"',
    'contry =',
    'points > 5 and\n  contry = "FR"',
    'unsubscribed = true',
    'segments = "hot"',
  ],
  unknownEventField: [
    'did page.hit where subjct = "x"',
    'did page.hit where country = "FR"',
    'did page.hit where url = "x"',
  ],
  eventFieldOutside: ['subject = "x"'],
  notOfAnEvent: [
    'did page.hit where (in segment newsletter)',
    'did page.hit where (tagged "x")',
    'did page.hit where (did purchase)',
    'did page.hit where count(purchase) > 1',
    'did page.hit where (suppressed)',
    'did page.hit where (joined segment newsletter in last 1 day)',
  ],
  unknownSegment: ['in segment newsleter', 'in segment zzz'],
  unpublishedSegment: ['in segment draft'],
  cycle: [
    () => readFilter('in segment hot', CATALOGUE, { self: 1 }),
    () => readFilter('in segment newsletter', CATALOGUE, { self: 1 }),
    () => readFilter('not in segment `2024-leads`', CATALOGUE, { self: 1 }),
  ],
  notADateField: ['anniversary(country) = today', 'anniversary(created_at) = today'],
  operatorNotOfType: [
    'points contains "5"',
    'country > "FR"',
    'customer in (true)',
    'birthday like "19%"',
    'interests = "golf"',
    'tags = "vip"',
    'anniversary(birthday) before today',
    'count(page.hit) like "3"',
  ],
  wrongValue: [
    'country = FR',
    'country = 33',
    'country in ("FR", BE)',
    'points > "5"',
    'points > many',
    'customer = 1',
    'created_at > 2026',
    'created_at > yesteday',
    'plan = pro',
    'did page.hit where property.size = true',
  ],
  mixedValues: ['did page.hit where property.size in (1, "2")'],
  unknownOption: ['plan = "por"', 'interests has any ("golf", "chess")'],
  pipeInOption: ['interests has any ("a|b")'],
  badDate: [
    'birthday = 2026-02-30',
    'birthday = "soon"',
    'created_at > 2026-03-15T25:00',
    'created_at > "2026-03-15 10:00"',
    'created_at > 2026-03-15T10',
  ],
  periodForDate: ['birthday = 2026-03', 'did page.hit since "2026"'],
  instantOnDays: [
    'birthday < now',
    'birthday in last 3 hours',
    'birthday > today - 3 hours',
    'birthday = 2026-03-15T10:00',
    'anniversary(birthday) in next 90 minutes',
  ],
  badPeriod: ['created_at during 2026-13', 'created_at during 26', 'created_at during "spring"'],
  badPattern: ['city matches "("', 'city matches "(?=x)"', 'city matches "(a)\\1"'],
  patternTooLong: [`city contains "${'x'.repeat(4001)}"`],
  lostField: [
    () =>
      recheckAst(
        { kind: 'test', operand: { kind: 'field', field: 99 }, test: { kind: 'empty' } },
        CATALOGUE,
      ),
  ],
  lostSegment: [() => recheckAst({ kind: 'inSegment', segment: 99 }, CATALOGUE)],
  badStoredFilter: [
    () => decodeAst('{"version":2}'),
    () => decodeAst('{'),
    () =>
      decodeAst(
        '{"version":1,"filter":{"kind":"and","filters":[{"kind":"tset"},{"kind":"constant","value":true}]}}',
      ),
  ],
};

const ELSEWHERE: readonly string[] = [
  '国名 = "日本"',
  'cou\u{301}ntr\u{308}z = "x"',
  'city = "a\u{200b}b\u{ad}c\u{2060}d" and contry = "x"',
  'city = "ᄒ\u{1161}\u{11ab} नमस्ते ไทย ❤\u{fe0f} 👍🏽" and contry = "x"',
  '\t\tcity\t=\t"x" and\tcontry',
  'points > 5 and\r\n\tcity = "東京" or\r\n\tcontry = "FR"\r\n',
  `city in (${'"東京", '.repeat(30)}"x") and contry = "日本" and city in (${'"東京", '.repeat(30)}"x")`,
  'country = "FR" and '.repeat(20),
  `city = "${'x'.repeat(200)}`,
  `${'z'.repeat(200)} = 1`,

  'city = "東京" and contry = "日本"',
  'city = "e\u{301}" and contry = "x"',
  'city = "👩‍👩‍👧 🇫🇷" and contry = "x"',
  'city =\t"x"\tand contry = "x"',
  'city = "\u{1b}[31m\u{202e}" and contry = "x"',
  `${'country = "FR" and '.repeat(20)}contry = "x" and ${'points > 5 and '.repeat(20)} true`,
];

function errorOf(provoke: string | (() => unknown)): FilterError {
  try {
    if (typeof provoke === 'string')
      readFilter(
        provoke.includes('\n') ? { text: provoke, source: 'segments.yaml' } : provoke,
        CATALOGUE,
      );
    else provoke();
  } catch (error) {
    if (error instanceof FilterError) return error;
    throw error;
  }
  throw new Error(`nothing wrong with ${String(provoke)}`);
}

function show({ message, detail, hint }: FilterError): string {
  return [
    `error: ${message}`,
    ...detail.map((line) => `  ${line}`),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
  ].join('\n');
}

test('every problem has its words', async () => {
  const shown = Object.entries(GALLERY).map(
    ([kind, examples]) =>
      `## ${kind}\n\n${examples.map((example) => show(errorOf(example))).join('\n\n')}`,
  );
  await expect(`${shown.join('\n\n\n')}\n`).toMatchFileSnapshot('errors.txt');
});

test.each(Object.entries(GALLERY))('%s', (kind, examples) => {
  for (const example of examples) {
    const error = errorOf(example);
    expect(error.problem.kind, String(example)).toBe(kind);
    expect([error.code, error.exit]).toEqual(['FILTER', 2]);
  }
});

test('the caret stands under wide, combining, blank and unsafe characters, and long lines are cut', async () => {
  await expect(
    `${ELSEWHERE.map((text) => show(errorOf(text))).join('\n\n')}\n`,
  ).toMatchFileSnapshot('carets.txt');
});

/**
 * The words that a union of `problem.ts` is made of, read from its text: types are gone when tests
 * run.
 */
function wordsOf(pattern: RegExp): string[] {
  return [
    ...readFileSync(
      new URL('../../src/filter/problem/problem.ts', import.meta.url),
      'utf8',
    ).matchAll(pattern),
  ].map(([, word = '']) => word);
}

test('every kind of problem, and everything that may be expected, is in the gallery', () => {
  const kinds = wordsOf(/\|\s+\{\s+readonly kind: '(\w+)'/g);
  expect(kinds.length).toBeGreaterThan(30);
  expect(Object.keys(GALLERY).sort()).toEqual(kinds.sort());
  const problems = Object.values(GALLERY).flatMap((examples) =>
    examples.map((example) => errorOf(example).problem),
  );
  const expected = new Set(
    problems.flatMap((problem) => (problem.kind === 'expected' ? [problem.expected] : [])),
  );
  expect([...expected].sort()).toEqual(wordsOf(/^ {2}\| '(\w+)'/gm).sort());
});

test.each(
  [...Object.values(GALLERY).flat(), ...ELSEWHERE].filter((example) => typeof example === 'string'),
)('place, excerpt, caret and hint: %.60s', (text) => {
  const { detail, hint } = errorOf(text);
  const [place = '', line = '', carets = ''] = detail;
  expect(detail).toHaveLength(3);
  expect(place).toMatch(/^(filter|segments\.yaml):\d+:\d+$/);
  expect(carets).toMatch(/^ *\^+$/);
  expect(hint).toMatch(/\S/);
  // two blanks stand before it
  expect(Math.max(stringWidth(line), carets.length)).toBeLessThanOrEqual(76);
  expect(line).not.toMatch(/\p{Cc}/u);
});

/**
 * A caret column is right when cutting the line there, as a terminal would, leaves what the span
 * begins with.
 */
test.each(ELSEWHERE)('the caret points at the place: %.60s', (text) => {
  const { detail, problem } = errorOf(text);
  const [, line = '', carets = ''] = detail;
  const start = problem.span?.start ?? 0;
  const pointed =
    [...new Intl.Segmenter('en').segment(line)].find(
      ({ index }) => stringWidth(line.slice(0, index)) === carets.indexOf('^'),
    )?.segment ?? '';
  expect(pointed).toBe([...new Intl.Segmenter('en').segment(text.slice(start))][0]?.segment ?? '');
});

test('a stored filter that broke shows its canonical text', () => {
  const ast: FilterAst = readFilter('plan = "pro" and points > 5', CATALOGUE).ast;
  const without = {
    ...CATALOGUE,
    fields: CATALOGUE.fields.map((field) =>
      field.name === 'plan' ? { ...field, options: ['free'] } : field,
    ),
  };
  expect(() => recheckAst(ast, without)).toThrow(
    expect.objectContaining({
      detail: ['filter:1:8', 'plan = "pro" and points > 5', '       ^^^^^'],
    }) as FilterError,
  );
  expect(recheckAst(ast, CATALOGUE).ast).toEqual(ast);
});
