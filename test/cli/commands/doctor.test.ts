import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { openShell } from '../../helpers/shell.ts';
import { done, makeCrm } from './crm.ts';

interface DoctorData {
  readonly clean: boolean;
  readonly checks: readonly {
    readonly id: string;
    readonly title: string;
    readonly severity: string;
    readonly count: number;
    readonly findings: readonly Record<string, unknown>[];
  }[];
}

function makeStore() {
  const crm = makeCrm();
  crm.ok('contacts:add', 'ann@example.org', '--set', 'points=60');
  crm.ok('segments:create', 'Rich', '--where', 'points >= 50');
  crm.ok('segments:update');
  const sql = (statement: string): void => {
    new Sqlite(join(crm.world.folder, 'crm.db')).exec(statement).close();
  };
  return { ...crm, sql, path: join(crm.world.folder, 'crm.db') };
}

test('a store in order: one line, nothing with -q, every check with -v, all of them as JSON', () => {
  const { run, json } = makeStore();
  expect(run('doctor')).toEqual(done('25 checks: all well\n'));
  expect(run('doctor', '-q')).toEqual(done(''));
  const verbose = run('doctor', '-v', '--deep');
  expect(verbose.stdout.split('\n')[0]).toBe('ok       integrity      the file is whole');
  expect(verbose.stdout.match(/^ok /gm)).toHaveLength(25);
  const data = json('doctor') as DoctorData;
  expect(data.clean).toBe(true);
  expect(data.checks).toHaveLength(25);
  expect(data.checks[0]).toMatchObject({
    id: 'integrity',
    title: 'the file is whole',
    severity: 'ok',
    count: 0,
    findings: [],
  });
});

test('a fault is 4, with an example and what to do; also with -q', () => {
  const { run, sql } = makeStore();
  sql('update segments set members = 7');
  const lines = [
    'warning  members        segment rich says 7 members, 0 anonymous; there are 1 member, 0 anonymous',
    '         segment=rich members=7 members_counted=1 anonymous=0 anonymous_counted=0',
    '         hint: rollcall segments:verify --repair --db crm.db',
  ];
  expect(run('doctor')).toEqual({
    status: 4,
    stdout: `${[...lines, '25 checks: 1 warning'].join('\n')}\n`,
    stderr: '',
  });
  expect(run('doctor', '-q')).toEqual({ status: 4, stdout: `${lines.join('\n')}\n`, stderr: '' });
  const { status, stdout } = run('doctor', '--json');
  const document = JSON.parse(stdout) as { schema: string; data: DoctorData };
  expect([status, document.schema, document.data.clean]).toEqual([4, 'rollcall/doctor/1', false]);
  expect(document.data.checks.find(({ id }) => id === 'members')).toMatchObject({
    severity: 'warning',
    count: 1,
    findings: [
      {
        severity: 'warning',
        count: 1,
        examples: [
          { segment: 'rich', members: 7, members_counted: 1, anonymous: 0, anonymous_counted: 0 },
        ],
        hint: 'rollcall segments:verify --repair --db crm.db',
      },
    ],
  });
});

test('notes are no fault, and -q leaves them out; --stale says what is old', () => {
  const { world } = makeStore();
  const at = (...args: string[]) =>
    world.runWith({ now: '2026-03-06T10:00:00Z' }, 'doctor', '--db', 'crm.db', ...args);
  expect(at()).toEqual(done('25 checks: all well\n'));
  expect(at('--stale', '5')).toEqual(
    done(
      'note     stale          segment rich was last built 5 days ago\n' +
        '         hint: rollcall segments:update rich --db crm.db\n' +
        '25 checks: 1 note\n',
    ),
  );
  expect(at('--stale', '5', '-q')).toEqual(done(''));
  expect(at('--stale', 'soon').status).toBe(2);
});

/** Looks while a run holds its lock and a writer has written and not committed. */
async function besideRunAndWriter<Seen>(path: string, look: () => Seen): Promise<Seen> {
  const holder = await openStore(path);
  const lock = await holder.lockRuns(0);
  const writer = new Sqlite(path);
  writer.exec("begin immediate; update contacts set city = 'Lyon'");
  const seen = look();
  writer.exec('rollback');
  writer.close();
  await lock?.release();
  await holder.close();
  return seen;
}

test('it writes nothing, beside a run and beside a writer', async () => {
  const { world, run, path } = makeStore();
  const before = readFileSync(path);
  const beside = await besideRunAndWriter(path, () => run('doctor'));
  expect([beside.status, beside.stderr]).toEqual([0, '']);
  expect(beside.stdout).toMatch(/^note {5}lock {11}a run is at work/);
  run('doctor', '--deep');
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(world.folder).sort()).toEqual(['crm.db', 'crm.db.lock']);
});

test('no lock file is made where none is', () => {
  const { run, world } = makeCrm();
  expect(run('doctor').status).toBe(0);
  expect(readdirSync(world.folder)).toEqual(['crm.db']);
});

test('a store that may only be read is looked at; another version, something else and nothing are 69', () => {
  const shell = openShell();
  try {
    expect(
      shell.run(
        'rollcall init --db crm.db && cp crm.db older.db && sqlite3 older.db "pragma user_version = 0"',
      ).status,
    ).toBe(0);
    chmodSync(shell.folder, 0o777);
    chmodSync(join(shell.folder, 'crm.db'), 0o444);
    const read = shell.runRefusable('rollcall doctor --db crm.db');
    expect([read.status, read.stderr]).toEqual([4, '']);
    expect(read.stdout).toMatch(/^note {5}writable {7}this user may only read the store$/m);
    expect(read.stdout).toMatch(/^warning {2}permissions {4}others may read or write /m);
    expect(shell.run('rollcall doctor --db older.db')).toMatchObject({
      status: 69,
      stderr: expect.stringContaining('rollcall db:migrate --db older.db') as string,
    });
    expect(shell.run('rollcall doctor --db contacts.csv').status).toBe(69);
    expect(shell.run('rollcall doctor --db nowhere.db').status).toBe(69);
  } finally {
    shell.remove();
  }
});

test('a file whose beginning is damaged is 69, one whose pages are is 4', () => {
  const { run, path } = makeStore();
  const whole = readFileSync(path);
  const page = new Sqlite(path, { readonly: true });
  const root =
    page
      .prepare<[], number>("select rootpage from sqlite_schema where name = 'joined'")
      .pluck()
      .get() ?? 0;
  page.close();
  writeFileSync(path, Buffer.from(whole).fill(0xa5, (root - 1) * 4096, root * 4096));
  const damaged = run('doctor');
  expect([damaged.status, damaged.stderr]).toEqual([4, '']);
  expect(damaged.stdout).toMatch(/^error {4}integrity {6}the file is damaged$/m);
  writeFileSync(path, Buffer.from(whole).fill(0xa5, 100, 4096));
  expect(run('doctor')).toMatchObject({
    status: 69,
    stdout: '',
    stderr: expect.stringMatching(
      /^error: the store crm\.db is damaged: [^\n]+\nhint: [^\n]+\n$/,
    ) as string,
  });
  expect(statSync(path).size).toBe(whole.length);
});
