import { ESLint, Linter } from 'eslint';
import { beforeAll, describe, expect, test } from 'vitest';
import tseslint from 'typescript-eslint';

/*
 * Which database this is stands in the adapter alone, and one file reads the clock. The rules are
 * read from the configuration as ESLint resolves it for a file, so that a later block that takes
 * one away is seen.
 */

const RULE = 'no-restricted-syntax';
const OUTSIDE = [
  'src/filter/walk.ts',
  'src/segment/lookup.ts',
  'src/store/store.ts',
  'src/cli/io.ts',
];
const INSIDE = ['src/store/sqlite/open.ts', 'src/main.ts', 'src/index.ts', 'src/scan-worker.ts'];
const CLOCK = 'src/support/clock.ts';
const DRIVER = 'src/store/sqlite/file/driver.ts';

const SPOKEN = {
  'a variable': 'export const sqliteDialect = 1;',
  'a property': 'export const shells = { sqlite3: 1 };',
  'a type': 'export type SqliteOnly = number;',
  'a private name': 'export class Store { #sqlite = 1; }',
  'an imported name': "import { openSqlite } from './open.ts'; openSqlite();",
  'a module': "import { openStore } from './store/sqlite/open.ts'; openStore();",
  'a package': "import Driver from 'better-sqlite3'; Driver();",
  'a type elsewhere': "export type Db = import('better-sqlite3').Database;",
  'a module on demand': "export const open = async () => import('./store/sqlite/open.ts');",
  'what is handed on': "export { openStore } from './store/sqlite/open.ts';",
  'all that is handed on': "export * from './store/sqlite/open.ts';",
};

const UNSPOKEN = {
  'words for users': "export const hint = 'paste this into the sqlite3 shell';",
  'words with values': 'export const hint = (n: number) => `sqlite3 has ${n}`;',
  'a comment': '// SQLite puts the log beside it\nexport const log = 1;',
  'other names': "import { openStore } from './store/open.ts'; openStore();",
};

const eslint = new ESLint();
const rules = new Map<string, Linter.RuleEntry>();

beforeAll(async () => {
  for (const file of [...OUTSIDE, ...INSIDE, CLOCK, DRIVER]) {
    const config = (await eslint.calculateConfigForFile(file)) as Linter.Config;
    rules.set(file, config.rules?.[RULE] ?? 'off');
  }
});

function messagesAt(file: string, code: string): string[] {
  return new Linter()
    .verify(
      code,
      {
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        rules: { [RULE]: rules.get(file) },
      },
      file,
    )
    .map(({ message }) => message);
}

describe.each(OUTSIDE)('in %s', (file) => {
  test.each(Object.entries(SPOKEN))('the database is not named by %s', (_, code) => {
    expect([...new Set(messagesAt(file, code))]).toEqual([
      'only the adapter and the entrances know which database this is: ask the port',
    ]);
  });

  test.each(Object.entries(UNSPOKEN))('%s may stand', (_, code) => {
    expect(messagesAt(file, code)).toEqual([]);
  });
});

test.each(INSIDE)('in %s it may be named', (file) => {
  for (const code of Object.values(SPOKEN)) expect(messagesAt(file, code)).toEqual([]);
});

const READ = {
  'Date.now': 'export const now = Date.now();',
  'Date.now as a function': 'export const clock = Date.now;',
  'a new Date': 'export const now = new Date();',
  'a Date as text': 'export const now = Date();',
  Temporal: 'export const now = Temporal.Now.instant();',
};

test.each([...OUTSIDE, ...INSIDE, DRIVER])('in %s nothing reads the clock', (file) => {
  for (const [what, code] of Object.entries(READ))
    expect(messagesAt(file, code), what).toEqual([
      'readClock reads the clock: see support/clock.ts',
    ]);
  expect(messagesAt(file, 'export const date = (ms: number) => new Date(ms);')).toEqual([]);
});

test('the clock is read where the clock is', () => {
  for (const code of Object.values(READ)) expect(messagesAt(CLOCK, code)).toEqual([]);
});
