import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../helpers/csv-text.ts';
import type { Ran } from '../helpers/run.ts';
import { FIXTURES, openShell, type Shell } from '../helpers/shell.ts';

interface SegmentFile {
  readonly alias: string;
  readonly where?: string;
}

type Row = Record<string, string>;

const read = (name: string): Row[] => parseCsv(readFileSync(join(FIXTURES, name), 'utf8'));
const segments = JSON.parse(readFileSync(join(FIXTURES, 'segments.json'), 'utf8')) as SegmentFile[];
const contacts = read('contacts.csv');
const employees = new Map(
  read('companies.csv').map((row) => [row['Name'], Number(row['Employees'])]),
);
const tags = (row: Row): string[] => (row['tags'] ?? '').split('|');
const pays = (row: Row): boolean => row['Plan'] === 'pro' || row['Plan'] === 'team';
const speaksFrench = (row: Row): boolean =>
  row['Locale']?.startsWith('fr') === true || (row['Locale'] === '' && row['Country'] === 'FR');

/** What the five definitions mean, said again in another language; ann was added by hand. */
const MEANING: Readonly<Record<string, (row: Row) => boolean>> = {
  newsletter: (row) => tags(row).includes('newsletter'),
  customers: pays,
  'hot-leads': (row) =>
    row['E-mail'] === 'ann@example.org' ||
    (Number(row['Points']) >= 50 && !pays(row) && !tags(row).includes('do-not-call')),
  'large-accounts': (row) => pays(row) && (employees.get(row['Company']) ?? 0) >= 250,
  'francophone-leads': (row) => speaksFrench(row) && !pays(row) && Number(row['Points']) > 0,
};

let shell: Shell;
let ran: Ran;
let folder: string;
/** Where a shell and a crontab need more than the bare path. */
const TEMPORARY = 'for now, 5%';
beforeAll(() => {
  shell = openShell();
  mkdirSync(join(shell.folder, TEMPORARY));
  ran = shell.run(`TMPDIR="$PWD/${TEMPORARY}" rollcall demo`);
  const [made = ''] = readdirSync(join(shell.folder, TEMPORARY));
  folder = join(shell.folder, TEMPORARY, made);
});
afterAll(() => shell.remove());

test('the demo runs to its end, and says where the results are and which line keeps them true', () => {
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  const store = join(folder, 'crm.db');
  expect(ran.stdout).toContain(`rollcall segments:list --db "${store}"\n`);
  expect(ran.stdout).toContain(`The hot leads are in ${join(folder, 'hot-leads.csv')}\n`);
  const path = 'PATH=/usr/local/bin:/usr/bin:/bin';
  const inCrontab = store.replace('%', String.raw`\%`);
  expect(ran.stdout.split('\n').at(-2)).toBe(
    `*/15 * * * * ${path} rollcall segments:update -q --if-locked skip --db "${inCrontab}"`,
  );
});

test('each command line stands before what it printed', () => {
  expect(ran.stdout).toMatch(
    /^\$ rollcall contacts:import contacts\.csv .*\n2,000 rows: 2,000 inserted$/m,
  );
  expect(ran.stdout).toMatch(
    /^\$ rollcall segments:update\nsegments=4 changed=4 joined=\d+ left=0 failed=0 ms=\d+$/m,
  );
  expect(ran.stdout).toMatch(
    /^\$ rollcall segments:update\nsegments=4 changed=0 joined=0 left=0 failed=0 ms=\d+$/m,
  );
});

test('the lines that it prints are lines that work', () => {
  const lines = [...ran.stdout.matchAll(/^\$ (rollcall .+)$/gm)].map(([, line = '']) => line);
  expect(lines.length).toBeGreaterThan(15);
  mkdirSync(join(shell.folder, 'again'));
  const script = [`cp *.csv again && cd again && export ROLLCALL_DB=crm.db`, ...lines].join(' && ');
  expect(shell.run(script)).toMatchObject({ status: 0 });
  expect(readFileSync(join(shell.folder, 'again/hot-leads.csv'), 'utf8').split('\n')).toHaveLength(
    readFileSync(join(folder, 'hot-leads.csv'), 'utf8').split('\n').length,
  );
});

describe('the members of the five segments', () => {
  test('all five are told', () =>
    expect(Object.keys(MEANING)).toEqual(segments.map(({ alias }) => alias)));

  test.each(Object.entries(MEANING))('%s', (alias, holds) => {
    const { stdout } = shell.run(
      `rollcall segments:export ${alias} --fields email --db "${join(folder, 'crm.db')}"`,
    );
    const expected = contacts.filter(holds).map((row) => row['E-mail']);
    expect(expected.length).toBeGreaterThan(20);
    expect(parseCsv(stdout).map(({ email }) => email)).toEqual(expected);
  });
});
