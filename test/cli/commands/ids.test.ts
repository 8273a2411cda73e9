import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { dumpStore } from '../../helpers/store-dump.ts';
import { type Crm, makeCrm, refused } from './crm.ts';

/*
 * Rows with ids that a double cannot hold, as stores may have them that older versions made: no
 * command takes one record for another, all say so, and `doctor` gives these rows other ids, with
 * all that hangs on them.
 */

const hasShell = spawnSync('sqlite3', ['--version']).status === 0;
const BIG = '9007199254740993'; // read as a double it is its neighbour
const NEIGHBOUR = '9007199254740992';

interface Spoilt extends Crm {
  readonly path: string;
  readonly sql: (statements: string) => void;
}

/**
 * Ann, tagged and a member; then, with the triggers of the store off, rows as SQL may write them.
 */
function spoilt(rows: string): Spoilt {
  const crm = makeCrm();
  const path = join(crm.world.folder, 'crm.db');
  crm.ok('contacts:add', 'ann@example.org', '--tag', 'vip', '--set', 'company=Acme');
  crm.ok('segments:create', 'Hand');
  crm.ok('segments:create', 'All', '--where', 'created_at is not empty');
  crm.ok('segments:add', 'hand', 'ann@example.org');
  crm.ok('segments:update');
  const sql = (statements: string): void => {
    const raw = new Sqlite(path);
    raw.pragma('foreign_keys = off');
    const bounds = raw
      .prepare<[], { name: string; sql: string }>(
        "select name, sql from sqlite_schema where name glob 'bounds_*'",
      )
      .all();
    raw.exec(
      [
        ...bounds.map(({ name }) => `drop trigger ${name}`),
        statements,
        ...bounds.map((trigger) => trigger.sql),
      ].join(';\n'),
    );
    raw.close();
  };
  sql(rows);
  return { ...crm, path, sql };
}

const SNOWFLAKES = `
  insert into contacts (id, email, created_at, updated_at, identified_at)
  values (${BIG}, 'big@example.org', 0, 0, 0), (${NEIGHBOUR}, 'neighbour@example.org', 0, 0, 0),
    (9223372036854775807, 'last@example.org', 0, 0, 0),
    (-9223372036854775807 - 1, 'first@example.org', 0, 0, 0),
    (0, 'zero@example.org', 0, 0, 0), (-5, 'below@example.org', 0, 0, 0);
  insert into events (id, contact_id, type, occurred_at) values (${BIG}, ${BIG}, 'page.hit', 0);
  insert into tags values (${BIG}, 'snow', 0);
  insert into contact_tags values (${BIG}, ${BIG}), (${NEIGHBOUR}, 1);
  insert into suppressions (contact_id, channel, reason, created_at) values (${BIG}, 'email', 'bounced', 0);
  insert into companies (id, name, created_at, updated_at) values (${BIG}, 'Snow', 0, 0);
  update contacts set company_id = ${BIG} where id = ${BIG};
  insert into causes (id, segment_id, at, via, open, uses)
  values (90, 1, 5, 'manual', 1, 1), (91, 1, 1, 'manual', 0, 1), (92, 1, 2, 'manual', 0, 1);
  insert into joined values (1, ${BIG}, 90);
  update segments set members = 2 where id = 1;
  insert into pins (segment_id, contact_id, kind, via, created_at) values (2, ${NEIGHBOUR}, 'out', 'manual', 0);
  insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
  values (1, ${NEIGHBOUR}, 91, 92)`;

const COMMANDS: readonly string[] = [
  'contacts:edit big@example.org --set city=Paris',
  'contacts:edit ann@example.org --set city=Paris',
  'contacts:show big@example.org',
  'contacts:list',
  'contacts:list --limit 2 --after 1',
  'contacts:export',
  'contacts:tag big@example.org --tag x',
  'contacts:add new@example.org',
  'contacts:delete big@example.org --yes',
  'contacts:suppress big@example.org --channel email',
  'companies:list',
  'companies:edit Snow --set city=Paris',
  'companies:export',
  'events:list',
  'events:add big@example.org page.hit',
  'segments:add hand big@example.org',
  'segments:remove hand big@example.org',
  'segments:members hand',
  'segments:has hand big@example.org',
  'segments:export hand',
  'segments:explain all big@example.org',
  'segments:preview points>=0',
  'segments:update',
  'segments:update --dry-run --json',
  'segments:update --full',
  'segments:verify --repair',
  'status',
];

test('no command takes one record for another or leaves any out: each says where to go', () => {
  const { run, path } = spoilt(SNOWFLAKES);
  const before = dumpStore(path);
  const expected =
    'error: the store crm.db has an id out of reach: contacts.id -9223372036854775808 ' +
    '(ids lie between 1 and 9007199254740991, 2^53 - 1)\n' +
    'hint: it can have another one, and nothing is lost: rollcall doctor --db crm.db\n';
  for (const command of COMMANDS) {
    const { status, stdout, stderr } = run(...command.split(' '));
    const said = stderr.startsWith('{') ? undefined : stderr;
    expect({ command, status, stdout }).toEqual({ command, status: 69, stdout: '' });
    if (said !== undefined) expect(said, command).toBe(expected);
  }
  expect(dumpStore(path)).toEqual(before);
});

interface DoctorData {
  readonly checks: readonly {
    readonly findings: readonly {
      readonly severity: string;
      readonly message: string;
      readonly hint: string | null;
    }[];
  }[];
}

function faults({ run }: Crm): { readonly message: string; readonly hint: string | null }[] {
  const { data } = JSON.parse(run('doctor', '--json').stdout) as { data: DoctorData };
  return data.checks.flatMap(({ findings }) =>
    findings.filter(({ severity }) => severity !== 'note'),
  );
}

/** Word for word, in a shell; gives what it printed. */
function follow({ world }: Crm, hint: string | null): string {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', hint ?? 'false'], {
    cwd: world.folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** The lines of a list but for its head. */
function rowsOf({ ok }: Crm, ...args: string[]): string[] {
  return ok(...args, '--format', 'csv')
    .trim()
    .split('\n')
    .slice(1);
}

describe.skipIf(!hasShell)('what doctor advises', () => {
  test('gives each row another id, with all that hangs on it', () => {
    const crm = spoilt(SNOWFLAKES);
    const found = faults(crm);
    expect(found.map(({ message }) => message.replace(/:.*/, ''))).toEqual([
      '6 values of contacts.id are not between 1 and 2^53 - 1',
      '1 value of companies.id is not between 1 and 2^53 - 1',
      '1 value of tags.id is not between 1 and 2^53 - 1',
      '1 value of events.id is not between 1 and 2^53 - 1',
    ]);
    const [contacts = ''] = found.map(({ hint }) => follow(crm, hint));
    expect(contacts.split('\n')[4]).toBe(`contacts ${BIG} is now 6`);
    expect(faults(crm)).toEqual([]);
    crm.ok('segments:update');
    expect(crm.ok('segments:verify')).toBe('2 segments verified: nothing found\n');
    expect(crm.run('doctor')).toEqual({ status: 0, stdout: '25 checks: all well\n', stderr: '' });
    expect(rowsOf(crm, 'contacts:list', '--fields', 'id,email,company,tags,bounced')).toEqual([
      '1,ann@example.org,Acme,vip,',
      '2,first@example.org,,,',
      '3,below@example.org,,,',
      '4,zero@example.org,,,',
      '5,neighbour@example.org,,vip,',
      '6,big@example.org,Snow,snow,email',
      '7,last@example.org,,,',
    ]);
    expect(crm.ok('segments:members', 'hand', '--format', 'ids')).toBe('1\n6\n');
    // pinned out: 5
    expect(crm.ok('segments:members', 'all', '--format', 'ids')).toBe('1\n2\n3\n4\n6\n7\n');
    expect(rowsOf(crm, 'events:list').map((line) => line.split(',')[1])).toEqual(['6']);
    expect(
      crm.ok('segments:members', 'hand', '--as-of', '1970-01-01T00:00:00.001Z', '--format', 'ids'),
    ).toBe('5\n');
    expect(crm.json('contacts:add', 'next@example.org')).toMatchObject({ id: 8 });
  });

  test('takes no id that anything left behind still speaks of', () => {
    const crm = spoilt(`insert into joined values (2, 50, 1);
      insert into contacts (id, created_at, updated_at) values (${BIG}, 0, 0)`);
    const [found] = faults(crm).filter(({ message }) => message.includes('contacts.id'));
    expect(follow(crm, found?.hint ?? null)).toBe(`contacts ${BIG} is now 51\n`);
  });

  test.each([
    ['at the last id', "update sqlite_sequence set seq = 9007199254740991 where name = 'contacts'"],
    ['beyond it', "update sqlite_sequence set seq = 9223372036854775807 where name = 'contacts'"],
    [
      'below 0',
      "update sqlite_sequence set seq = -100 where name = 'contacts'; delete from contacts",
    ],
    ['a word', "update sqlite_sequence set seq = 'x' where name = 'contacts'"],
    [
      'behind a row with the last id',
      'insert into contacts (id, created_at, updated_at) values (9007199254740991, 0, 0)',
    ],
  ])('lets new rows come where the counter stands %s', (_, statements) => {
    const crm = spoilt(statements);
    const [found, ...others] = faults(crm).filter(({ message }) =>
      message.startsWith('no id is left'),
    );
    expect([found?.message, others]).toEqual([
      'no id is left for new contacts: the last that was given is at the end of those within reach',
      [],
    ]);
    follow(crm, found?.hint ?? null);
    expect(crm.run('contacts:add', 'new@example.org').status).toBe(0);
    expect(faults(crm).filter(({ message }) => message.startsWith('no id is left'))).toEqual([]);
  });

  test('makes a store go on whose rows point out of reach, to nobody', () => {
    const crm =
      spoilt(`insert into events (contact_id, type, occurred_at) values (${BIG}, 'page.hit', 0);
      update contacts set company_id = ${BIG}`);
    expect(crm.run('events:list')).toMatchObject({ status: 69 });
    expect(crm.ok('contacts:list', '--format', 'ids')).toBe('1\n');
    for (const { hint } of faults(crm)) follow(crm, hint);
    expect([faults(crm), crm.ok('events:list', '--format', 'ids')]).toEqual([[], '']);
  });

  test.each([
    [
      'a run has an id out of reach',
      `insert into runs (id, command, now, started_at) values (${BIG}, 'x', 0, 0)`,
      `runs ${BIG} is now 3\n`,
    ],
    ['the counter is beyond', `update sqlite_sequence set seq = ${BIG} where name = 'runs'`, ''],
  ])('lets segments be updated where %s', (_, statements, said) => {
    const crm = spoilt('');
    crm.ok('segments:update');
    const last = '(select max(id) from runs)';
    crm.sql(
      `${statements}; update causes set run_id = ${last}; update segments set built_run = ${last}`,
    );
    const said69 = expect.stringContaining('an id out of reach: runs.id near') as string;
    expect(crm.run('segments:update', '--full')).toMatchObject({ status: 69, stderr: said69 });
    const [found, ...others] = faults(crm);
    expect(others).toEqual([]);
    expect(follow(crm, found?.hint ?? null)).toBe(said);
    expect([faults(crm), crm.run('segments:update', '--full').status]).toEqual([[], 0]);
    expect(crm.run('runs:show', 'last').stdout).toMatch(/\b(run )?[34]\b/);
  });

  test('gives segments other ids with their members', () => {
    const crm = spoilt(`insert into segments (id, alias, name, kind, created_at, updated_at)
      values (${BIG}, 'snow', 'Snow', 'static', 0, 0)`);
    crm.sql(`insert into causes (id, segment_id, at, via, open, uses) values (90, ${BIG}, 0, 'manual', 1, 1);
      insert into joined values (${BIG}, 1, 90);
      update segments set members = 1 where id = ${BIG}`);
    expect(crm.run('segments:delete', 'snow', '--yes').status).toBe(69);
    const [found] = faults(crm).filter(({ message }) => message.includes('segments.id'));
    expect(follow(crm, found?.hint ?? null)).toBe(`segments ${BIG} is now 3\n`);
    expect(crm.ok('segments:members', 'snow', '--format', 'ids')).toBe('1\n');
  });
});

test('contacts out of reach that somebody deleted take along what was theirs, and nobody else', () => {
  const crm = spoilt(
    `${SNOWFLAKES}; delete from contacts where id < 1 or id > 9007199254740991; ` +
      'delete from companies where id > 2; delete from tags where id > 2',
  );
  crm.sql(`delete from events; update contacts set company_id = 1`);
  crm.ok('segments:update');
  expect(crm.ok('segments:members', 'hand', '--format', 'ids')).toBe('1\n');
  const raw = new Sqlite(crm.path, { readonly: true });
  for (const table of [
    'contact_tags',
    'events',
    'suppressions',
    'joined',
    'pins',
    'membership_history',
  ]) {
    expect([
      table,
      raw.prepare(`select count(*) from ${table} where contact_id <> 1`).pluck().get(),
    ]).toEqual([table, 0]);
  }
  raw.close();
});

test('an id as an argument is never rounded', () => {
  const { run, runWithInput, ok } = spoilt(
    'insert into contacts (id, email, created_at, updated_at) values (9007199254740991, null, 0, 0)',
  );
  const none = (id: string): ReturnType<typeof refused> =>
    refused(
      2,
      `${id} is no id: ids lie between 1 and 9007199254740991 (2^53 - 1)`,
      'ids of other systems belong in a unique text field: name the record by FIELD=VALUE',
    );
  const commands = [
    'contacts:edit ID --set city=x',
    'contacts:show ID',
    'contacts:delete ID --yes',
    'contacts:suppress ID --channel email',
    'contacts:tag ID --tag x',
    'segments:add hand ID',
    'companies:edit ID --set city=x',
    'companies:delete ID --yes',
  ];
  for (const command of commands)
    for (const id of [BIG, '12345678901234567890'])
      expect(run(...command.replace('ID', id).split(' ')), command).toEqual(none(id));
  expect(run('contacts:show', `id=${BIG}`)).toEqual(
    refused(
      2,
      `id: \`${BIG}\` has more digits than a number keeps: make the field text, it keeps them all`,
      'write it like 12.5',
    ),
  );
  expect(runWithInput(`${BIG}\nann@example.org\n`, 'segments:add', 'hand', '-').status).toBe(3);
  expect(run('contacts:list', '--after', BIG)).toMatchObject({ status: 2 });
  expect(run('runs:show', BIG)).toMatchObject({ status: 2 });
  expect(ok('contacts:list', '--after', '9007199254740990', '--format', 'ids')).toBe(
    '9007199254740991\n',
  );
  expect(ok('contacts:show', '9007199254740991')).toContain('9007199254740991');
});
