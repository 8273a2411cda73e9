import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { afterAll, describe, expect, test } from 'vitest';
import { AGGREGATES, PERIOD_UNITS, RELATIONS, RELATIVE_DAYS, UNITS } from '../../src/filter/ast.ts';
import {
  AGGREGATE_OPERATORS,
  ALL_OPERATORS,
  PREDICATE_OPERATORS,
  printFilter,
  readFilter,
  SPELLINGS,
} from '../../src/filter/index.ts';
import { membersOf, REFERENCE_CATALOGUE, referenceWorld } from './reference-world.ts';

const PAGE = new URL('../../docs/filter-language.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const table = async (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<string> =>
  format(
    [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
    { parser: 'markdown' },
  );

/** `text, email, url, phone, select` is what people call text. */
const typesOf = (types: readonly string[]): string =>
  types
    .join(', ')
    .replace('text, email, url, phone, select', 'text')
    .replace(/^text, number.*$/, 'all');

const TABLES: Readonly<Record<string, string>> = {
  tests: await table(
    ['test', 'with `not`', 'of', 'example', 'holds when'],
    ALL_OPERATORS.map(({ words, negated, types, example, doc }) => [
      words.map(code).join(' '),
      negated === undefined ? '' : code(negated),
      typesOf(types),
      code(example),
      doc,
    ]),
  ),
  aggregates: await table(
    ['figure', 'is a', 'example', 'what it is'],
    Object.entries(AGGREGATE_OPERATORS).map(([name, { type, reads, example, doc }]) => [
      code(reads === 'value' ? `${name}(TYPE.value …)` : `${name}(TYPE …)`),
      type,
      code(example),
      doc,
    ]),
  ),
  conditions: await table(
    ['example', 'holds when'],
    [...SPELLINGS, ...Object.values(PREDICATE_OPERATORS)].map(({ example, doc }) => [
      code(example),
      doc,
    ]),
  ),
};

const region = (name: string): RegExp =>
  new RegExp(`(<!-- begin ${name}\\b[^>]*-->\\n)([\\s\\S]*?)(<!-- end ${name} -->)`);

if (process.env.UPDATE_DOCS !== undefined) {
  writeFileSync(
    PAGE,
    Object.entries(TABLES).reduce(
      (text, [name, shown]) =>
        text.replace(
          region(name),
          (_, begin: string, __, end: string) => `${begin}\n${shown}\n${end}`,
        ),
      page,
    ),
  );
}

test.each(Object.keys(TABLES))('the table of %s is what the operators say', (name) => {
  expect(region(name).exec(readFileSync(PAGE, 'utf8'))?.[2]).toBe(`\n${TABLES[name]!}\n`);
});

const world = referenceWorld();
afterAll(() => {
  world.close();
});

const newcomers = readFileSync(new URL('../../docs/coming-from.md', import.meta.url), 'utf8');

/** The cells of a row; a `\|` is no border. */
const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
const spansOf = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\|.*\|$/gm)]
    .map(([row]) => cellsOf(row))
    .filter(([, second = '']) => !/^-+$|here$/.test(second));

const records = [
  ...ALL_OPERATORS,
  ...Object.values(AGGREGATE_OPERATORS),
  ...SPELLINGS,
  ...Object.values(PREDICATE_OPERATORS),
].map(({ example }) => example);
const windows = rowsOf(
  page.slice(page.indexOf('\n## Windows'), page.indexOf('\n## What always')),
).flatMap(([cell = '']) => spansOf(cell));
const translated = rowsOf(newcomers).flatMap(([, cell = '']) => spansOf(cell));
const blocks = [page, newcomers].flatMap((text) =>
  [...text.matchAll(/^```filter\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block),
);
// those of the newcomers have a world of their own
const examples = [...new Set([...records, ...windows, ...blocks])];

describe('every example runs', () => {
  test.each(examples)('%s', (text) => {
    const { ast, answers } = membersOf(world, text);
    const [members = []] = answers;
    for (const answer of answers) expect(answer).toEqual(members);
    expect(readFilter(printFilter(ast, REFERENCE_CATALOGUE), REFERENCE_CATALOGUE).ast).toEqual(ast);
    expect(membersOf(world, `not (${text})`).answers[0]).toHaveLength(
      world.rows.length - members.length,
    );
    if (text === 'true') return;
    expect(
      [members.length > 0, members.length < world.rows.length],
      'some match and some do not',
    ).toEqual([true, true]);
  });

  test('the pages hold examples', () => {
    expect([blocks.length, windows.length > 45, translated.length > 180]).toEqual([2, true, true]);
  });
});

describe('what is said of other systems', () => {
  test('each row has a filter, or says plainly that there is none', () => {
    for (const [theirs, here = '', note = ''] of rowsOf(newcomers)) {
      expect(spansOf(here).length > 0 || (here === '—' && note.length > 10), theirs).toBe(true);
    }
  });
});

/** Every word of the language that an AST can hold, and where in the pages' examples it occurs. */
function wordsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (typeof node !== 'object' || node === null) return [];
  const textOf = (key: string): string[] =>
    Object.entries(node).flatMap(([name, value]) =>
      name === key && typeof value === 'string' ? [value] : [],
    );
  const [kind = 'step'] = textOf('kind');
  const joined = [...textOf('unit'), ...textOf('of')].map((word) => `${kind} ${word}`);
  return [kind, ...joined, ...Object.values(node).flatMap(wordsIn)];
}

test('every operator, predicate, operand, window, date, unit and period has an example', () => {
  const used = new Set(
    [...examples, ...translated].flatMap((text) =>
      wordsIn(readFilter(text, REFERENCE_CATALOGUE).ast),
    ),
  );
  const source = readFileSync(new URL('../../src/filter/ast.ts', import.meta.url), 'utf8');
  const kinds = [...source.matchAll(/kind: ((?:'\w+'(?: \| )?)+)/g)].flatMap(([, list = '']) =>
    [...list.matchAll(/'(\w+)'/g)].map(([, kind = '']) => kind),
  );
  const wanted = [
    ...kinds,
    ...RELATIVE_DAYS,
    ...UNITS.flatMap((unit) => [`inLast ${unit}`, `step ${unit}`]),
    ...RELATIONS.flatMap((relation) => PERIOD_UNITS.map((unit) => `${relation} ${unit}`)),
    ...['start', 'end'].flatMap((side) =>
      ['day', ...PERIOD_UNITS].map((unit) => `${side} ${unit}`),
    ),
    ...AGGREGATES.map((name) => `aggregate ${name}`),
  ];
  expect(kinds.length).toBeGreaterThan(40);
  expect([...new Set(wanted)].filter((word) => !used.has(word))).toEqual([]);
});
