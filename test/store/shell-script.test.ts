import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import type { Value } from '../../src/store/index.ts';
import { shellArgument, shellScript } from '../../src/store/sqlite/tables/shell-script.ts';
import { makeWorld } from '../helpers/run.ts';
import { RAW_TEXTS } from '../property/filter-pools.ts';

const TEXTS = [
  ...RAW_TEXTS,
  "'",
  "''",
  '"',
  '\\',
  '\\n',
  '\\"',
  "\\'",
  "it's",
  ' a  b ',
  '-- x',
  '.quit',
  ';',
  '$HOME',
  '`id`',
  '?1',
  ':p',
  'NULL',
  '0x10',
  "x'41'",
  '\r\n',
  '\u{feff}',
  '\u{3164}',
  '\u{115f}',
  '😀',
  'é'.normalize('NFD'),
  'x'.repeat(70_000),
];

const NUMBERS = [
  0,
  1,
  -1,
  50,
  49.9,
  0.125,
  -0.001,
  128.203322,
  0.1 + 0.2,
  1 / 3,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2 ** 53 + 2,
  1e21,
  1e22,
  1.7976931348623157e308,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  -3.435046911719725e-297,
  8796093022207.999,
  9999999999999.999,
  1772359200001,
  Infinity,
  -Infinity,
  ...Array.from({ length: 400 }, (_, index) => Math.sin(index) * 10 ** ((index % 61) - 30)),
  ...Array.from({ length: 400 }, (_, index) => Math.round(Math.sin(index) * 1e6) / 1e3),
];

/**
 * What the shell makes of `.parameter set` lines with these values, as another process reads it.
 */
function throughShell(values: readonly Value[]): Value[] {
  const { folder } = makeWorld();
  const path = join(folder, 'values.db');
  const lines = values.map(
    (value, index) => `.parameter set ?${index + 1} ${shellArgument(value)}`,
  );
  const copy =
    'create table found as select cast(substr(key, 2) as integer) as place, value ' +
    'from temp.sqlite_parameters order by 1;';
  execFileSync('sqlite3', ['-batch', '-bail', path], {
    input: `${[...lines, copy].join('\n')}\n`,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const db = new Sqlite(path, { readonly: true });
  try {
    return db.prepare<unknown[], Value>('select value from found order by place').pluck().all();
  } finally {
    db.close();
  }
}

describe.runIf(spawnSync('sqlite3', ['--version']).status === 0)(
  'values set in the sqlite3 shell are those that were meant',
  () => {
    test('texts', () => expect(throughShell(TEXTS)).toEqual(TEXTS));
    test('numbers, to the last bit, and NULL', () =>
      expect(throughShell([...NUMBERS, null])).toEqual([...NUMBERS, null]));
  },
);

test('values read well where they can', () => {
  expect(['Été', "it's", 'say "x"', '50%\\'].map(shellArgument)).toEqual([
    `"'Été'"`,
    `"'it''s'"`,
    `"'say \\"x\\"'"`,
    `"'50%\\\\'"`,
  ]);
  expect([50, -3, 49.9, 0.1234, 1e21].map(shellArgument)).toEqual([
    '50',
    '-3',
    '49.9',
    '"8891907104280307.0 / 72057594037927936"',
    '"7629394531250000.0 * 131072"',
  ]);
  expect(shellArgument('a\nb')).toBe(`"cast(x'610a62' as text)"`);
});

test('a statement is laid out a clause a line, and long conditions a link a line', () => {
  const link = (text: string) => sql`c."some_column_with_a_name" is ${text}`;
  const first = sql`(${link('a')} and c.points between ${1} and ${2})`;
  const second = sql`(fold(c."and (or") is ${'b'} and ${link("it's")})`;
  const { statement, parameters, functions } = shellScript(
    sql`select c.id from contacts c where (${first} or ${second}) order by c.id`,
  );
  expect(statement).toBe(`select c.id
from contacts c
where (
  (c."some_column_with_a_name" is ?1 and c.points between ?2 and ?3)
  or (fold(c."and (or") is ?4 and c."some_column_with_a_name" is ?5)
)
order by c.id;`);
  expect(parameters).toEqual(['a', 1, 2, 'b', "it's"]);
  expect(functions).toEqual(['fold']);
});
