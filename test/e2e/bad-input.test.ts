import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ran } from '../helpers/run.ts';
import { openShell, type Shell } from '../helpers/shell.ts';
import { dumpStore } from '../helpers/store-dump.ts';

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  const lines = [
    'rollcall init --db crm.db',
    'rollcall fields:create plan --type select --options free,pro,team --db crm.db',
    'rollcall segments:create Newsletter --db crm.db',
    'rollcall contacts:import contacts.csv --map Prénom=first_name --segment newsletter --db crm.db',
    `rollcall segments:create Customers --where 'plan in ("pro", "team")' --db crm.db`,
    `rollcall segments:create Winners --where 'in segment customers and points >= 50' --db crm.db`,
    'rollcall segments:update --db crm.db',
  ];
  for (const line of lines) expect(shell.run(line), line).toMatchObject({ status: 0 });
  copyFileSync(path('crm.db'), path('newer.db'));
  copyFileSync(path('crm.db'), path('older.db'));
  setVersion('newer.db', 999);
  setVersion('older.db', 0);
  new Sqlite(path('other.db')).exec('create table notes (text)').close();
  writeFileSync(
    path('binary.db'),
    Buffer.from('SQLite format 3\0 and then something else that is no database at all'.repeat(20)),
  );
  mkdirSync(path('folder'));
});
afterAll(() => shell.remove());

function path(name: string): string {
  return join(shell.folder, name);
}

function setVersion(name: string, version: number): void {
  const db = new Sqlite(path(name));
  db.pragma(`user_version = ${version}`);
  db.close();
}

/**
 * Everything that a command could have changed: the rows of the store, and which files there are
 * but for rows to mend.
 */
function everything(): unknown {
  const files = readdirSync(shell.folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/\.db-(wal|shm)$|\.db\.lock$|\.rejects\.csv$/.test(name),
  );
  return { files: files.sort(), rows: dumpStore(path('crm.db')) };
}

/**
 * One clear error: its code, what it says, what to do next or where to look; nothing on stdout, no
 * trace, nothing changed.
 */
function expectRefusal(run: () => Ran, status: number, message: RegExp): void {
  const before = everything();
  const ran = run();
  expect({ ...ran, stderr: '' }).toEqual({ status, stdout: '', stderr: '' });
  expect(ran.stderr).toMatch(
    /^error: [^\n]+\n(?:(?: {2}[^\n]*\n)*hint: [^\n]+\n| {2}[^\n]+:\d+:\d+\n {2}[^\n]+\n {2} *\^+\n)$/,
  );
  expect(ran.stderr).toMatch(message);
  expect(everything()).toEqual(before);
}

describe('a store', () => {
  test.each([
    ['that is missing', 'nowhere.db', /nowhere\.db[\s\S]*rollcall init/],
    ['in a folder that is missing', 'no/such/crm.db', /no\/such\/crm\.db/],
    ['that is a CSV file', 'contacts.csv', /contacts\.csv is not a rollcall store/],
    ['that is the database of something else', 'other.db', /other\.db is not a rollcall store/],
    ['that is damaged', 'binary.db', /binary\.db/],
    ['that is a folder', 'folder', /folder/],
    ['made by a newer version', 'newer.db', /newer/],
    ['made by an older version', 'older.db', /older[\s\S]*db:migrate/],
  ])('%s is 69', (_, name, message) => {
    for (const command of ['segments:update', 'segments:list', 'contacts:import contacts.csv'])
      expectRefusal(() => shell.run(`rollcall ${command} --db ${name}`), 69, message);
  });
});

describe('a CSV file', () => {
  test.each([
    ['without the key column', 'odd/no-key.csv', 65, /email/],
    ['with a broken quote', 'odd/broken-quote.csv', 65, /quote|line 2/],
    ['that is missing', 'missing.csv', 66, /missing\.csv/],
    ['that is a folder', 'folder', 66, /folder/],
    [
      'with an unknown column in --map',
      'contacts.csv --map "Prenom=first_name"',
      2,
      /Prenom[\s\S]*Prénom/,
    ],
    [
      'with an unknown field in --map',
      'contacts.csv --map "Prénom=fist_name"',
      2,
      /fist_name[\s\S]*first_name/,
    ],
    [
      'with an unknown segment',
      'contacts.csv --segment newsleter',
      2,
      /newsleter[\s\S]*newsletter/,
    ],
    ['with an unknown key', 'contacts.csv --key city', 2, /city/],
    ['with a wrong delimiter', 'contacts.csv --delimiter ";"', 65, /delimiter|quote|email/],
    ['with more rejects than allowed', 'odd/rejects.csv --max-rejects 2', 65, /reject/],
  ])('%s is refused', (_, args, status, message) => {
    expectRefusal(() => shell.run(`rollcall contacts:import ${args} --db crm.db`), status, message);
  });

  test('of events of unknown contacts alone is 65', () => {
    writeFileSync(
      path('strangers.csv'),
      'email,type,occurred_at\nnobody@example.org,page.hit,2026-01-01T10:00:00Z\n',
    );
    expectRefusal(
      () => shell.run('rollcall events:import strangers.csv --db crm.db'),
      65,
      /strangers\.csv|valid/,
    );
  });
});

describe('a filter', () => {
  test.each([
    ['an unknown field', 'contry = "FR"', /contry[\s\S]*\^[\s\S]*country/],
    ['an unknown operator', 'country has "FR"', /\^/],
    ['an operator of another type', 'points contains "5"', /points[\s\S]*\^/],
    ['an unknown segment', 'in segment custmers', /custmers[\s\S]*\^[\s\S]*customers/],
    ['a bad number', 'points >= fifty', /\^/],
    ['no end', 'points >= 50 and', /\^/],
    ['an unknown option', 'plan = "gold"', /gold[\s\S]*\^/],
    ['an unclosed string', 'country = "FR', /\^/],
  ])('with %s is 2', (_, where, message) => {
    for (const line of [
      `rollcall segments:create Wrong --where '${where}'`,
      `rollcall contacts:list --where '${where}'`,
    ]) {
      expectRefusal(() => shell.run(`${line} --db crm.db`), 2, message);
    }
  });

  test('that closes a circle of segments is 2', () => {
    for (const where of [
      'in segment winners',
      'points > 5 or not in segment winners',
      'in segment customers',
    ]) {
      expectRefusal(
        () => shell.run(`rollcall segments:filters:set customers '${where}' --db crm.db`),
        2,
        /winners|customers|itself/,
      );
    }
  });
});

describe('a name', () => {
  test.each([
    ['an unknown command', 'segments:updat', 2, /segments:update/],
    ['an unknown option', 'segments:update --if-lockd skip', 2, /--if-locked/],
    ['an unknown segment', 'segments:update custmers', 2, /customers/],
    ['an unknown contact', 'segments:add newsletter nobody@example.org', 2, /nobody@example\.org/],
    ['an unknown field type', 'fields:create size --type nubmer', 2, /number/],
    ['a taken alias', 'segments:create Customers', 1, /customers/],
    ['a segment that others refer to', 'segments:delete customers --yes', 1, /winners/],
    ['a field that a filter uses', 'fields:delete plan --yes', 1, /customers/],
    ['nobody to ask', 'segments:delete newsletter', 2, /--yes/],
  ])('%s is refused', (_, args, status, message) => {
    expectRefusal(() => shell.run(`rollcall ${args} --db crm.db`), status, message);
  });
});

describe('without permission', () => {
  /** Takes all permission (or, of a folder, that to write) away for the time of the work. */
  function withMode(name: string, mode: number, work: () => void): void {
    chmodSync(path(name), mode);
    try {
      work();
    } finally {
      chmodSync(path(name), 0o755);
    }
  }

  test('to read the store: 77', () => {
    copyFileSync(path('crm.db'), path('private.db'));
    withMode('private.db', 0, () => {
      for (const command of ['segments:update', 'segments:list', 'segments:export customers'])
        expectRefusal(
          () => shell.runRefusable(`rollcall ${command} --db private.db`),
          77,
          /private\.db/,
        );
    });
  });

  test('to write the store: 77', () => {
    mkdirSync(path('shown'));
    copyFileSync(path('crm.db'), path('shown/crm.db'));
    chmodSync(path('shown/crm.db'), 0o444);
    withMode('shown', 0o555, () => {
      for (const command of [
        'segments:update',
        'contacts:add new@example.org',
        'contacts:import contacts.csv',
      ])
        expectRefusal(
          () => shell.runRefusable(`rollcall ${command} --db shown/crm.db`),
          77,
          /shown/,
        );
    });
  });

  test('to read a CSV file: 77', () => {
    copyFileSync(path('contacts.csv'), path('private.csv'));
    for (const suffix of ['', '-wal', '-shm'])
      if (existsSync(path(`crm.db${suffix}`))) chmodSync(path(`crm.db${suffix}`), 0o666);
    chmodSync(shell.folder, 0o777);
    withMode('private.csv', 0, () =>
      expectRefusal(
        () => shell.runRefusable('rollcall contacts:import private.csv --db crm.db'),
        77,
        /private\.csv/,
      ),
    );
  });

  test('to make a store: 77', () => {
    mkdirSync(path('closed'));
    withMode('closed', 0o555, () =>
      expectRefusal(() => shell.runRefusable('rollcall init --db closed/crm.db'), 77, /closed/),
    );
  });

  test('to write an output: 77', () => {
    mkdirSync(path('kept'));
    chmodSync(path('crm.db'), 0o666);
    withMode('kept', 0o555, () =>
      expectRefusal(
        () => shell.runRefusable('rollcall segments:export customers -o kept/out.csv --db crm.db'),
        77,
        /kept/,
      ),
    );
  });
});

describe('an output', () => {
  test.each([
    ['in a folder that is missing', 'no/such/folder/out.csv', 73, /no\/such\/folder/],
    ['that is a folder', 'folder', 73, /folder/],
    ['below a file', 'contacts.csv/out.csv', 73, /contacts\.csv/],
  ])('%s is 73', (_, name, status, message) => {
    expectRefusal(
      () => shell.run(`rollcall segments:export customers -o ${name} --db crm.db`),
      status,
      message,
    );
    expectRefusal(
      () => shell.run(`rollcall init --db ${name === 'folder' ? 'no/such/crm.db' : name}`),
      73,
      name === 'folder' ? /no\/such/ : message,
    );
  });

  test.runIf(existsSync('/dev/full'))('on a full disk is 74', () => {
    for (const command of ['segments:export customers', 'segments:list', 'help', '--version'])
      expectRefusal(() => shell.run(`rollcall ${command} --db crm.db > /dev/full`), 74, /./);
    const { status, stderr } = shell.run('rollcall segments:list --json --db crm.db > /dev/full');
    expect([status, JSON.parse(stderr)]).toMatchObject([
      74,
      { error: { code: 'IO_ERROR', exit: 74 } },
    ]);
  });

  test('that nobody reads any more is no error', () => {
    const { status, stderr } = shell.run(
      '{ rollcall contacts:export --db crm.db; echo $? > code; } | head -n 1 > /dev/null; exit $(cat code)',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

/** Small file systems of our own, where the machine lets us have them. */
const canMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
    .status === 0;

describe.runIf(canMount)('a file system', () => {
  /**
   * Runs lines of shell in a folder `disk` that is a file system of this size, seen by nobody else.
   */
  function onDisk(size: string, ...lines: string[]): Ran {
    mkdirSync(path('disk'), { recursive: true });
    writeFileSync(
      path('on-disk.sh'),
      ['set -e', `mount -t tmpfs -o size=${size} tmpfs disk`, ...lines].join('\n'),
    );
    return shell.run('unshare --map-root-user --mount sh on-disk.sh');
  }

  test('that is read-only: 73 for an output, 77 for a store', () => {
    onDisk('1m'); // its folder and script count as there already
    expectRefusal(
      () =>
        onDisk(
          '1m',
          'mount -o remount,ro disk',
          'rollcall segments:export customers -o disk/out.csv --db crm.db',
        ),
      73,
      /disk/,
    );
    expectRefusal(
      () => onDisk('1m', 'mount -o remount,ro disk', 'rollcall init --db disk/new.db'),
      73,
      /disk/,
    );
    expectRefusal(
      () =>
        onDisk(
          '64m',
          'cp crm.db disk/crm.db',
          'mount -o remount,ro disk',
          'rollcall contacts:add new@example.org --db disk/crm.db',
        ),
      77,
      /disk/,
    );
  });

  test('that is full: 74, and what was there stays', () => {
    onDisk('1m');
    expectRefusal(
      () => onDisk('16k', 'rollcall contacts:export -o disk/out.csv --db crm.db'),
      74,
      /full|space/,
    );
    for (const size of ['64k', '128k', '176k'])
      expectRefusal(() => onDisk(size, 'rollcall init --db disk/new.db'), 74, /full|space/);
    const { status, stdout, stderr } = onDisk(
      '600k',
      'rollcall init --db disk/crm.db > /dev/null',
      'status=0; rollcall contacts:import contacts.csv --db disk/crm.db > /dev/null || status=$?',
      'rollcall contacts:list --format ids --db disk/crm.db',
      'exit $status',
    );
    expect({ status, stdout }).toEqual({ status: 74, stdout: '' });
    expect(stderr).toMatch(/^error: .*(full|space).*\nhint: /);
  });
});
