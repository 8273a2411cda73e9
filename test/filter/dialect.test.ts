/**
 * A second dialect, of words that no database has: what the compiler writes beside them is SQL that
 * every database reads.
 */
import { type SQL, sql } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { describe, expect, test } from 'vitest';
import {
  AGGREGATE_OPERATORS,
  ALL_OPERATORS,
  compileFilter,
  PREDICATE_OPERATORS,
  readFilter,
} from '../../src/filter/index.ts';
import type { Dialect } from '../../src/sql/dialect.ts';
import { REFERENCE_CATALOGUE } from './reference-world.ts';
import { TIME } from './world.ts';

const word =
  (name: keyof Dialect) =>
  (...values: unknown[]): SQL =>
    sql`${sql.raw(`word_${name}`)}(${values[0]})`;

const WORDS: Dialect = {
  constant: word('constant'),
  textEquals: word('textEquals'),
  keyEquals: word('keyEquals'),
  textIn: word('textIn'),
  textFits: word('textFits'),
  countDistinct: word('countDistinct'),
  setHas: word('setHas'),
  same: word('same'),
  numberIn: word('numberIn'),
  sum: ({ value }, { holds }) => holds(sql`word_sum(${value})`),
  average: ({ value }, { holds }) => holds(sql`word_average(${value})`),
  property: word('property'),
  notLookedUp: word('notLookedUp'),
  plannable: (condition) => condition,
  isDay: word('isDay'),
};

/**
 * Of SQL:2003, and `substr`, which SQLite and PostgreSQL both have. What calls `re_match` is a
 * `Matched`, which an adapter may replace.
 */
const STANDARD = [
  ...['select', 'from', 'where', 'group', 'by', 'having', 'filter', 'exists', 'in'],
  ...['and', 'or', 'not', 'is', 'null', 'between'],
  ...['count', 'min', 'max', 'substr', 're_match'],
];
const TABLES = 'causes companies contact_tags events joined suppressions tags'.split(' ');
const ALIASES = ['c', 'co', 'ct', 'e', 'k', 'm', 's', 't'];

/** The filter as SQL, without its values. */
function statementOf(text: string, shape: 'scan' | 'probe' | 'gather'): string {
  const { ast } = readFilter(text, REFERENCE_CATALOGUE);
  const condition = compileFilter(ast, {
    dialect: WORDS,
    shape,
    time: TIME,
    catalogue: REFERENCE_CATALOGUE,
  });
  return new SQLiteSyncDialect().sqlToQuery(condition).sql;
}

/** Words that are no name of a column: those stand behind their table, or in quotes. */
function wordsOf(statement: string): string[] {
  const bare = statement.replace(/"[^"]*"/g, '').replace(/\b[a-z]+\.\w*/g, '');
  return [...new Set(bare.match(/[a-zA-Z_]\w*/g))];
}

const EXAMPLES = [
  ...ALL_OPERATORS,
  ...Object.values(AGGREGATE_OPERATORS),
  ...Object.values(PREDICATE_OPERATORS),
].map(({ example }) => example);
const COMBINED = [
  'true',
  'false',
  'not (country = "FR" or points > 3)',
  'company.employees is empty',
  'company.name = "Acme"',
  'anniversary(birthday) in next 7 days',
  'tags is empty',
  `tags has all (${Array.from({ length: 9 }, (_, index) => `"t${index}"`).join(', ')})`,
  'did purchase where value > 3 in last 30 days',
  'count(purchase where property.currency = "EUR") >= 2',
  'not sum(purchase.value) > 3',
];

describe.each([...new Set([...EXAMPLES, ...COMBINED])])('%s', (text) => {
  test.each(['scan', 'probe', 'gather'] as const)('as %s is standard SQL', (shape) => {
    const statement = statementOf(text, shape);
    const own = Object.keys(WORDS).map((name) => `word_${name}`);
    expect(
      wordsOf(statement).filter(
        (each) => ![...STANDARD, ...TABLES, ...ALIASES, ...own].includes(each),
      ),
      statement,
    ).toEqual([]);
    // `is` of two values, and a sign before a column, are SQLite's
    expect(statement).not.toMatch(/\bis (?!null\b|not null\b)/);
    expect(statement).not.toMatch(/[+-]\s*[a-z]/);
  });
});
