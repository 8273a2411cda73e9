import { describe, expect, test } from 'vitest';
import {
  namedConsent,
  namedEventTypes,
  namedTags,
  parseFilter,
  printFilter,
  readFilter,
} from '../../src/filter/index.ts';
import { CATALOGUE, read } from './world.ts';

/** A text and its canonical form. */
const ROWS: readonly (readonly [text: string, canonical: string])[] = [
  ['COUNTRY="FR"AND Points>=5', 'country = "FR" and points >= 5'],
  ['  country\n\t=  "FR" ', 'country = "FR"'],
  ["city = 'l\\'Haÿ'", 'city = "l\'Haÿ"'],
  ['city = "say \\"hi\\""', 'city = "say \\"hi\\""'],
  ['city = "100\\%"', 'city = "100\\%"'],
  ['city = "a\\\\b\\n\\t\\u{e9}\\u{1F600}"', 'city = "a\\b\\n\\té😀"'],
  ['city = "\\\\n \\\\\\\\ \\\\"', 'city = "\\\\n \\\\\\ \\\\"'],
  ['city = "\\u{1b}[0m \\u{202e}"', 'city = "\\u{1b}[0m \\u{202e}"'],
  ['city = "e\u{301}"', 'city = "é"'],
  ['city matches "\\d+\\.\\w"', 'city matches "\\d+\\.\\w"'],
  ['points = -0', 'points = 0'],
  ['points = 1E21', 'points = 1e+21'],
  ['points = 1e+21', 'points = 1e+21'],
  ['points = 9007199254740992', 'points = 9007199254740992'],
  ['points = -9223372036854775808', 'points = -9223372036854775808'],
  ['points = 100000000000000000000', 'points = 100000000000000000000'],
  ['points = -1.50', 'points = -1.5'],
  ['points = 00012', 'points = 12'],
  ['created_at > today -3 days', 'created_at after today - 3 days'],
  [
    'created_at > today - 3 days + 2 hours - 1 minute',
    'created_at after today - 3 days + 2 hours - 1 minute',
  ],
  ['created_at > "2026-03-15" + 1 DAY', 'created_at after 2026-03-15 + 1 day'],
  ['created_at > 2026-03-15T10:00:00.000Z', 'created_at after 2026-03-15T10:00Z'],
  ['created_at > 2026-03-15T10:00:01.500+02:00', 'created_at after 2026-03-15T10:00:01.5+02:00'],
  ['created_at > 2026-03-15T10:00:10', 'created_at after 2026-03-15T10:00:10'],
  ['created_at > start OF Month - 1 weeks', 'created_at after start of month - 1 week'],
  ['created_at during THIS quarter', 'created_at during this quarter'],
  ['created_at during "2026-03"', 'created_at during 2026-03'],
  ['created_at in last 2 day', 'created_at in last 2 days'],
  ['`country` = "FR"', 'country = "FR"'],
  ['company.`name` = "x"', 'company.name = "x"'],
  ['`company`.name = "x"', 'company.name = "x"'],
  ['in segment `hot`', 'in segment hot'],
  [
    'did `odd\\`type` and did `last` and did a-b.c_d',
    'did `odd\\`type` and did `last` and did a-b.c_d',
  ],
  ['sum(a.b.value) > 1', 'sum(a.b.value) > 1'],
  ['sum(`a b`.value) > 1', 'sum(`a b`.value) > 1'],
  ['sum(`last`.VALUE where value > 1) > 1', 'sum(last.value where value > 1) > 1'],
  ['did x where property.`a b` = 1 and true', 'did x where property.`a b` = 1 and true'],
  ['did x where (value < 3)', 'did x where value < 3'],
  ['did x where (not value < 3)', 'did x where (not value < 3)'],
  ['did x where (not value = 3)', 'did x where value != 3'],
  ['did x where (true)', 'did x where (true)'],
  ['did x where Property.Size = 1', 'did x where property.Size = 1'],
  ['suppressed(`e mail`, bounced)', 'suppressed(`e mail`, bounced)'],
  ['points > 1 or points > 2 and points > 3', 'points > 1 or points > 2 and points > 3'],
  ['(points > 1 or points > 2) and points > 3', '(points > 1 or points > 2) and points > 3'],
  ['(points > 1 and points > 2) or points > 3', 'points > 1 and points > 2 or points > 3'],
  ['points > 1 and (points > 2 and points > 3)', 'points > 1 and (points > 2 and points > 3)'],
  ['not (not points > 1)', 'not not points > 1'],
  ['not (points is empty)', 'points is not empty'],
];

describe('canonical text', () => {
  test.each(ROWS)('%s', (text, canonical) => {
    const ast = read(text);
    expect(printFilter(ast, CATALOGUE)).toBe(canonical);
    expect(read(canonical)).toEqual(ast);
  });
});

test('two spellings, one AST', () => {
  const pairs = [
    ['country != "FR"', 'not country = "FR"'],
    ['country not in ("FR")', 'not country in ("FR")'],
    ['created_at before today', 'created_at < today'],
    ['tagged "vip"', 'tags has any ("vip")'],
    ['tags has none ("vip")', 'not tagged "vip"'],
    ['did page.hit', 'count(page.hit) >= 1'],
    ['company = "x"', 'company.name = "x"'],
    ['points is not empty', 'not points is empty'],
  ] as const;
  for (const [a, b] of pairs) expect(read(a), `${a} and ${b}`).toEqual(read(b));
});

test('what is odd but allowed is told as a warning', () => {
  const warningsOf = (text: string): readonly string[] => readFilter(text, CATALOGUE).warnings;
  const odd = (bounds: string): string[] => [
    `\`between ${bounds}\` is never true: the lower bound stands first`,
  ];
  expect(warningsOf('points between 5 and 1')).toEqual(odd('5 and 1'));
  const [late, early] = ['2026-03-02', '2026-03-01'];
  const backwards = `between ${late} and ${early}`;
  for (const text of [`created_at ${backwards}`, `did page.hit ${backwards}`])
    expect(warningsOf(text), text).toEqual(odd(`${late} and ${early}`));
  for (const bounds of [`${early} and ${late}`, `${early} and ${early}`, `${late} and today`])
    expect(warningsOf(`created_at between ${bounds}`), bounds).toEqual([]);
});

test('tags and event types that a filter names are found wherever they stand, as written', () => {
  const { ast } = readFilter(
    [
      'tagged "Vip" or not (tags has none ("x", "Vip") and tags has all ("y")) or interests has any ("sailing")',
      'did a or not did B.c in last 3 days or count(d where property.z > 1) > 2',
      'first(e) before today or last(f) is empty or sum(g.value since 2026-01-01) > 1',
      'avg(g.value) > 1 or min(h.value) < 1 or max(i.value) < 1 or did a where value = 1',
    ].join(' or '),
    CATALOGUE,
  );
  expect(namedTags(ast)).toEqual(['Vip', 'x', 'y']);
  expect(namedEventTypes(ast)).toEqual(['a', 'B.c', 'd', 'e', 'f', 'g', 'h', 'i']);
});

test('channels and reasons that a filter names are found wherever they stand, as written', () => {
  const text =
    'suppressed(EMAIL, Bounced) or not (suppressed(fax) and suppressed(fax, x)) or suppressed';
  const { ast, warnings } = readFilter(text, CATALOGUE);
  expect(namedConsent(ast)).toEqual({ channels: ['EMAIL', 'fax'], reasons: ['Bounced', 'x'] });
  expect(warnings).toEqual([]);
});

test('a renamed field or segment prints under its new name', () => {
  const ast = read('country = "FR" and in segment hot');
  const renamed = {
    fields: CATALOGUE.fields.map((field) =>
      field.name === 'country' ? { ...field, name: 'last' } : field,
    ),
    segments: CATALOGUE.segments.map((segment) =>
      segment.alias === 'hot' ? { ...segment, alias: 'très chaud' } : segment,
    ),
  };
  expect(printFilter(ast, renamed)).toBe('`last` = "FR" and in segment `très chaud`');
  expect(readFilter('`LAST` = "FR" and in segment `TRÈS CHAUD`', renamed).ast).toEqual(ast);
});

test('an unpublished segment may be allowed, a cycle is none without a segment of its own', () => {
  expect(readFilter('in segment draft', CATALOGUE, { unpublished: 'allow' }).ast).toEqual({
    kind: 'inSegment',
    segment: 3,
  });
  expect(readFilter('in segment hot', CATALOGUE, { self: 3 }).ast).toEqual({
    kind: 'inSegment',
    segment: 2,
  });
});

test('parsing needs no catalogue', () => {
  expect(() => parseFilter('nosuch = "x" and')).toThrow('expected a condition after `and`');
  expect(parseFilter('nosuch = "x"', 'file.yaml')).toMatchObject({
    source: 'file.yaml',
    root: { kind: 'test' },
  });
});
