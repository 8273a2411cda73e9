import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crontabLines } from '../helpers/crontab-lines.ts';
import { parseCsv } from '../helpers/csv-text.ts';
import type { Ran } from '../helpers/run.ts';
import { FIXTURES, openShell, type Shell } from '../helpers/shell.ts';
import { dumpStore } from '../helpers/store-dump.ts';

/**
 * From nothing to a segment that cron keeps true: the lines that the documentation gives, in their
 * order.
 */
const LINES = [
  'rollcall init --db crm.db',
  'rollcall fields:create plan --type select --options free,pro,team --db crm.db',
  'rollcall segments:create Newsletter --db crm.db',
  'rollcall contacts:import contacts.csv --map "E-mail=email,Prénom=first_name,Plan=plan" ' +
    '--segment newsletter --db crm.db',
  'rollcall companies:import companies.csv --key name --db crm.db',
  'rollcall events:import hits.csv --db crm.db',
  `rollcall segments:create "Hot leads" --alias hot --where 'points >= 50' --db crm.db`,
  'rollcall segments:filters:add hot --field country --operator in --value FR --value BE --db crm.db',
  'rollcall segments:add hot ann@example.org --reason "met at the fair" --db crm.db',
  'rollcall segments:convert hot --to static --after-inactivity 30d --db crm.db',
  'rollcall segments:update --db crm.db',
  'rollcall segments:list --format json --db crm.db',
  'rollcall segments:export hot -o hot.csv --db crm.db',
];
/**
 * Of the README, but with the PATH of the shell here; test/e2e/cron.test.ts has cron run it as it
 * is.
 */
const FROM_CRON =
  crontabLines()
    .find(({ page }) => page === 'README.md')
    ?.command.replace(/^PATH=\S+ /, '') ?? '';

const contacts = parseCsv(readFileSync(join(FIXTURES, 'contacts.csv'), 'utf8'));
const companies = parseCsv(readFileSync(join(FIXTURES, 'companies.csv'), 'utf8'));
const hits = parseCsv(readFileSync(join(FIXTURES, 'hits.csv'), 'utf8'));
const hot = contacts.filter(
  ({ Points, Country }) => Number(Points) >= 50 && (Country === 'FR' || Country === 'BE'),
);
const hotWithAnn = [...hot.map((contact) => contact['E-mail']), 'ann@example.org'].sort();

let shell: Shell;
const ran = new Map<string, Ran>();
beforeAll(() => {
  shell = openShell();
  for (const line of LINES) ran.set(line, shell.run(line));
});
afterAll(() => shell.remove());

function ok(line: string): string {
  const { status, stdout, stderr } = shell.run(line);
  if (status !== 0) throw new Error(`${line}\nended with ${status}: ${stderr}`);
  return stdout;
}

function exported(line: string): Record<string, string>[] {
  return parseCsv(ok(line));
}

test.each(LINES)('%s', (line) => {
  expect(ran.get(line)).toMatchObject({
    status: 0,
    stderr: expect.not.stringMatching(/error|warning/) as string,
  });
});

describe('afterwards', () => {
  test('the fixtures have somebody to find', () => {
    expect(hot.length).toBeGreaterThan(20);
    expect(hot.length).toBeLessThan(contacts.length / 10);
  });

  test('the hot leads are those whom the file says, and ann', () => {
    const members = parseCsv(readFileSync(join(shell.folder, 'hot.csv'), 'utf8'));
    expect(members.map(({ email }) => email).sort()).toEqual(hotWithAnn);
  });

  test('members say since when and through what they are there', () => {
    const members = exported('rollcall segments:members hot --format csv --db crm.db');
    expect(members.map(({ email, via, pin }) => [email, via, pin]).sort()).toEqual(
      [
        ...hot.map((contact) => [contact['E-mail'], 'filter', '']),
        ['ann@example.org', 'manual', 'in'],
      ].sort(),
    );
  });

  test('the list has the figures of the run', () => {
    const list = JSON.parse(ran.get(LINES[11] ?? '')?.stdout ?? '') as {
      schema: string;
      data: Record<string, unknown>[];
    };
    expect(list.schema).toBe('rollcall/segments.list/1');
    expect(list.data).toEqual([
      expect.objectContaining({
        alias: 'newsletter',
        name: 'Newsletter',
        type: 'static',
        members: contacts.length,
        filter: null,
        built_at: null,
      }),
      expect.objectContaining({
        alias: 'hot',
        name: 'Hot leads',
        type: 'dynamic',
        members: hot.length + 1,
        joined_last_run: hot.length,
        left_last_run: 0,
        filter: 'points >= 50 and country in ("FR", "BE")',
      }),
    ]);
  });

  test('every contact came in with its values', () => {
    const stored = exported(
      'rollcall contacts:export --fields email,first_name,last_name,company,city,country,points,plan --db crm.db',
    );
    const given = contacts.map((row) => ({
      email: row['E-mail'],
      first_name: row['Prénom'],
      last_name: row['Last name'],
      company: row['Company'],
      city: row['City'],
      country: row['Country'],
      points: row['Points'],
      plan: row['Plan'],
    }));
    expect(stored).toEqual(given);
  });

  test('every tag came in', () => {
    const stored = exported('rollcall contacts:export --fields email,tags --db crm.db');
    const sorted = (tags = ''): string[] => tags.split('|').sort();
    expect(stored.map(({ email, tags }) => [email, sorted(tags)])).toEqual(
      contacts.map((row) => [row['E-mail'], sorted(row['tags'])]),
    );
  });

  test('companies that contacts named have their own values now', () => {
    const stored = exported(
      'rollcall companies:export --fields name,city,country,employees --db crm.db',
    );
    const byName = (rows: Record<string, string | undefined>[]): unknown[] =>
      rows.toSorted((a, b) => ((a['name'] ?? '') < (b['name'] ?? '') ? -1 : 1));
    expect(byName(stored)).toEqual(
      byName(
        companies.map((row) => ({
          name: row['Name'],
          city: row['City'],
          country: row['Country'],
          employees: row['Employees'],
        })),
      ),
    );
  });

  test('every hit came in', () => {
    expect(ok('rollcall events:list --format ids --db crm.db').trim().split('\n')).toHaveLength(
      hits.length,
    );
  });

  test('members are what contacts:segments and segments:has say', () => {
    expect(ok('rollcall contacts:segments ann@example.org --format csv --db crm.db')).toMatch(
      /hot[\s\S]*newsletter/,
    );
    expect(shell.run('rollcall segments:has hot ann@example.org --db crm.db').status).toBe(0);
    const cold =
      contacts.find(
        ({ Points, 'E-mail': email }) => Number(Points) < 50 && email !== 'ann@example.org',
      )?.['E-mail'] ?? '';
    expect(shell.run(`rollcall segments:has hot ${cold} --db crm.db`).status).toBe(1);
  });

  test('a second update changes nothing, and says so', () => {
    const before = dumpStore(join(shell.folder, 'crm.db'));
    expect(ok('rollcall segments:update --db crm.db')).toMatch(
      /^segments=1 changed=0 joined=0 left=0 failed=0 ms=\d+\n$/,
    );
    const after = dumpStore(join(shell.folder, 'crm.db'));
    for (const table of ['contacts', 'memberships', 'membership_history', 'pins'])
      expect(after[table], table).toEqual(before[table]);
  });

  test('the same files again change nothing', () => {
    const before = dumpStore(join(shell.folder, 'crm.db'));
    for (const line of LINES.slice(3, 6)) ok(line);
    const after = dumpStore(join(shell.folder, 'crm.db'));
    for (const table of ['contacts', 'companies', 'tags', 'contact_tags', 'events', 'memberships'])
      expect(after[table], table).toEqual(before[table]);
  });
});

describe('two at once', () => {
  test('neither spoils the other', async () => {
    const both = await Promise.all([
      shell.start('rollcall segments:update --db crm.db'),
      shell.start('rollcall segments:update --db crm.db'),
    ]);
    const statuses = both.map(({ status }) => status).sort();
    expect([
      [0, 0],
      [0, 75],
    ]).toContainEqual(statuses);
    expect(
      exported('rollcall segments:export hot --db crm.db')
        .map(({ email }) => email)
        .sort(),
    ).toEqual(hotWithAnn);
  });

  /** Does what another run does: holds the lock beside the store. */
  function whileLocked(work: () => void): void {
    const lock = new Sqlite(join(shell.folder, 'crm.db.lock'));
    try {
      lock.exec('begin exclusive');
      work();
    } finally {
      lock.close();
    }
  }

  test('the second one is told to come again', () => {
    whileLocked(() => {
      const { status, stdout, stderr } = shell.run('rollcall segments:update --db crm.db');
      expect({ status, stdout }).toEqual({ status: 75, stdout: '' });
      expect(stderr).toMatch(/^error: .*crm\.db\nhint: .*\n$/);
    });
    expect(shell.run('rollcall segments:update --db crm.db').status).toBe(0);
  });

  test('as JSON too', () => {
    whileLocked(() => {
      const { status, stderr } = shell.run('rollcall segments:update --format json --db crm.db');
      expect(status).toBe(75);
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'LOCKED', exit: 75 } });
    });
  });

  test('the one from cron skips its turn without a word', () => {
    const line = FROM_CRON.replace('/var/lib/rollcall', shell.folder);
    expect(line).toMatch(/^rollcall segments:update -q --if-locked skip --db \/.*crm\.db$/);
    whileLocked(() => expect(shell.run(line)).toEqual({ status: 0, stdout: '', stderr: '' }));
    expect(shell.run(line)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('one that waits gives up after its time', () => {
    whileLocked(() =>
      expect(shell.run('rollcall segments:update --if-locked wait=1 --db crm.db').status).toBe(75),
    );
  });

  test('readers do not wait', () => {
    whileLocked(() =>
      expect(exported('rollcall segments:export hot --db crm.db')).toHaveLength(hotWithAnn.length),
    );
  });
});
