import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { AGGREGATE_OPERATORS, ALL_OPERATORS, PREDICATE_OPERATORS, printFilter, readFilter, SPELLINGS, type Catalogue, type CatalogueField, type FieldType } from '../../src/filter/index.ts';
import { World } from './world.ts';

const PAGE = new URL('../../docs/filter-language.md', import.meta.url);
const page = readFileSync(PAGE, 'utf8');

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** `text, email, url, phone, select` is what people call text. */
const typesOf = (types: readonly string[]): string => types.join(', ').replace('text, email, url, phone, select', 'text').replace(/^text, number.*$/, 'all');

const TABLES: Readonly<Record<string, string>> = {
  tests: table(
    ['test', 'with `not`', 'of', 'example', 'holds when'],
    ALL_OPERATORS.map(({ words, negated, types, example, doc }) => [words.map(code).join(' '), negated === undefined ? '' : code(negated), typesOf(types), code(example), doc]),
  ),
  aggregates: table(
    ['figure', 'is a', 'example', 'what it is'],
    Object.entries(AGGREGATE_OPERATORS).map(([name, { type, ofValues, example, doc }]) => [code(ofValues ? `${name}(TYPE.value …)` : `${name}(TYPE …)`), type, code(example), doc]),
  ),
  conditions: table(['example', 'holds when'], [...SPELLINGS, ...Object.values(PREDICATE_OPERATORS)].map(({ example, doc }) => [code(example), doc])),
};

const region = (name: string): RegExp => new RegExp(`(<!-- begin ${name}\\b[^>]*-->\\n)([\\s\\S]*?)(<!-- end ${name} -->)`);

if (process.env.UPDATE_DOCS !== undefined) {
  writeFileSync(PAGE, Object.entries(TABLES).reduce((text, [name, shown]) => text.replace(region(name), (_, begin: string, __, end: string) => `${begin}${shown}\n${end}`), page));
}

test.each(Object.keys(TABLES))('the table of %s is what the operators say', (name) => {
  expect(region(name).exec(readFileSync(PAGE, 'utf8'))?.[2]).toBe(`${TABLES[name]!}\n`);
});

const CONTACT_FIELDS: Readonly<Record<string, FieldType>> = {
  email: 'email', phone: 'phone', city: 'text', zipcode: 'text', country: 'text', website: 'url', owner: 'text', points: 'number', created_at: 'datetime', identified_at: 'datetime',
  last_active_at: 'datetime', plan: 'select', customer: 'boolean', birthday: 'date', renewal: 'date', interests: 'multiselect',
};

const fields: CatalogueField[] = [
  ...Object.entries(CONTACT_FIELDS).map(([name, type], index) => ({ id: index + 1, object: 'contact' as const, name, label: name, type, column: name, options: name === 'plan' ? ['free', 'pro', 'team'] : [] })),
  ...['name', 'industry'].map((name, index) => ({ id: index + 101, object: 'company' as const, name, label: name, type: 'text' as const, column: name, options: [] })),
];
const catalogue: Catalogue = { fields, segments: ['churned', 'hot', 'newsletter'].map((alias, index) => ({ id: index + 1, alias, published: true, refersTo: [] })) };

const world = new World([]);
for (const column of ['zipcode text', 'owner text', 'identified_at integer', 'renewal text']) world.exec(`alter table contacts add column ${column} collate nocase`);
afterAll(() => {
  world.close();
});

/** The language's column of the tables for newcomers: several conditions in one cell stand in code spans of their own. */
const newcomers = [...page.slice(page.indexOf('\n## Coming from')).matchAll(/^\| [^|]*\| (`.*) \|$/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text));
const blocks = [...page.matchAll(/^```filter\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
const records = [...ALL_OPERATORS, ...Object.values(AGGREGATE_OPERATORS), ...SPELLINGS, ...Object.values(PREDICATE_OPERATORS)].map(({ example }) => example);

describe('every example runs', () => {
  test.each([...new Set([...records, ...blocks, ...newcomers])])('%s', (text) => {
    const { ast } = readFilter(text, catalogue);
    expect(readFilter(printFilter(ast, catalogue), catalogue).ast).toEqual(ast);
    for (const shape of ['scan', 'probe'] as const) expect(world.select(ast, shape, undefined, catalogue)).toEqual([]);
  });

  test('there are examples for newcomers from each system', () => {
    expect([blocks.length, newcomers.length > 60]).toEqual([1, true]);
  });
});
