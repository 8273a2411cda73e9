import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closedToOwner } from '../../src/store/sqlite/file/owner-reach.ts';
import type { Ran } from '../helpers/run.ts';
import { openShell, type Shell } from '../helpers/shell.ts';

/**
 * What the disk, the system and other users do to a store: whoever meets it reads which file it is,
 * and what to do.
 */

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

let shell: Shell;
beforeAll(() => {
  shell = openShell();
  expect(
    shell.run('rollcall init --db crm.db && rollcall contacts:add ann@example.org --db crm.db'),
  ).toMatchObject({
    status: 0,
  });
  expect(
    shell.run(`rollcall segments:create Everybody --where 'points >= 0' --db crm.db`),
  ).toMatchObject({
    status: 0,
  });
});
afterAll(() => shell.remove());
beforeEach(() => rmSync(path('crm.db.lock'), { recursive: true, force: true }));

const path = (name: string): string => join(shell.folder, name);
const run = (line: string): Ran => shell.run(`timeout 20 rollcall ${line}`);
const refusal = (status: number, message: string, hint: string): Ran => ({
  status,
  stdout: '',
  stderr: `error: ${message}\nhint: ${hint}\n`,
});

/** What `doctor` says of a place that the owner of the store cannot open. */
const closed = (place: string, remedy: string): string =>
  `error    writable       the owner of the store cannot open ${place}\n         hint: ${remedy}\n`;

describe('what is no file', () => {
  test.each([
    ['mkfifo', 'a pipe'],
    ['mkdir', 'a folder'],
    ['ln -s nowhere', 'a link'],
  ])('%s as the lock: said by name, not waited for', (make, kind) => {
    shell.run(`${make} crm.db.lock`);
    const message = `${path('crm.db.lock')} is ${kind}, not the lock file of the store`;
    const hint = `move it away: mv ${path('crm.db.lock')} /somewhere/else`;
    for (const command of ['status', 'segments:update'])
      expect(run(`${command} --db crm.db`)).toEqual(refusal(69, message, hint));
    const looked = run('doctor --db crm.db');
    expect([looked.status, looked.stdout]).toEqual([
      4,
      expect.stringContaining(`error    lock           ${message}\n         hint: ${hint}\n`),
    ]);
  });

  test.each(['-wal', '-shm', '-journal'])('a pipe at %s is not waited for', (suffix) => {
    copyFileSync(path('crm.db'), path('pipes.db'));
    shell.run(`mkfifo pipes.db${suffix}`);
    const store = path('pipes.db');
    const message = `${store}${suffix} is a pipe, where the store ${store} keeps a file of its own`;
    for (const command of [
      'status',
      'contacts:list',
      'segments:update',
      'doctor',
      'db:migrate',
      'init',
    ]) {
      expect(run(`${command} --db pipes.db`)).toEqual(
        refusal(69, message, `move it away: mv ${path('pipes.db')}${suffix} /somewhere/else`),
      );
    }
    rmSync(path(`pipes.db${suffix}`));
  });

  test('a pipe, a device as the store', () => {
    shell.run('mkfifo pipe.db');
    for (const [name, kind] of [
      ['pipe.db', 'a pipe'],
      ['/dev/zero', 'a device'],
      ['/dev/null', 'a device'],
    ]) {
      for (const command of ['status', 'init', 'db:migrate', 'contacts:add a@example.org']) {
        expect(run(`${command} --db ${name}`)).toEqual(
          refusal(69, `${name} is ${kind}, not a rollcall store`, 'name the store file with --db'),
        );
      }
    }
  });
});

test('a link that leads to no store: what is said to help helps', () => {
  shell.run('ln -s nowhere.db dead.db; ln -s circle.db circle.db');
  const hint = 'name the store itself with --db, or remove the link';
  for (const name of ['dead.db', 'circle.db']) {
    const message = `there is no store at ${name}: it is a link that leads to none`;
    for (const command of ['status', 'init'])
      expect(run(`${command} --db ${name}`)).toEqual(refusal(69, message, hint));
  }
});

test('a store whose name leaves no room for the files beside it is not made (73)', () => {
  const name = `${'n'.repeat(205)}.db`;
  const { status, stderr } = run(`init --db ${name}`);
  expect([status, stderr]).toEqual([
    73,
    expect.stringMatching(/^error: the name of the store .* is too long\nhint: /),
  ]);
  const longest = name.slice(1);
  for (const command of ['init', 'segments:update', 'backup .', 'status'])
    expect(run(`${command} --db ${longest}`)).toMatchObject({ status: 0, stderr: '' });
  expect(run(`restore crm.db --yes --db ${longest}`)).toMatchObject({ status: 0, stderr: '' });
});

describe('a lock file', () => {
  test.each(['garbage', 'garbage, more than SQLite needs to look at.\n'.repeat(200)])(
    'with something else in it is said to be that (69)',
    (garbage) => {
      writeFileSync(path('crm.db.lock'), garbage);
      const lock = path('crm.db.lock');
      const message = `the lock file ${lock} holds something that is not rollcall's`;
      const hint = `when no run is at work, move it away: mv ${lock} /somewhere/else`;
      for (const command of ['status', 'segments:update'])
        expect(run(`${command} --db crm.db`)).toEqual(refusal(69, message, hint));
      expect(run('doctor --db crm.db').stdout).toContain(
        `error    lock           ${message}\n         hint: ${hint}\n`,
      );
      expect(readFileSync(lock, 'utf8')).toBe(garbage);
    },
  );

  test.runIf(isRoot)(
    'that root left is named to the owner of the store (77), with what mends it; what root makes now is the owner’s',
    () => {
      const store = ownStore('owned');
      expect(run('segments:update --db owned/crm.db')).toMatchObject({ status: 0 });
      for (const name of readdirSync(path('owned')))
        expect([name, statSync(path(`owned/${name}`)).uid]).toEqual([name, NOBODY]);
      expect(shell.runRefusable('rollcall segments:update --db owned/crm.db')).toMatchObject({
        status: 0,
      });

      chownSync(`${store}.lock`, 0, 0);
      const remedy = `chown ${NOBODY}:${NOBODY} ${store}.lock`;
      for (const command of ['segments:update', 'status']) {
        const refused = refusal(
          77,
          `no permission to open the lock file ${store}.lock`,
          `give it to the owner of the store: ${remedy}`,
        );
        expect(shell.runRefusable(`rollcall ${command} --db owned/crm.db`)).toEqual(refused);
      }
      const finding = closed(`${store}.lock`, remedy);
      expect(run('doctor --db owned/crm.db').stdout).toContain(finding);
      expect(shell.runRefusable('rollcall doctor --db owned/crm.db').stdout).toContain(finding);
      expect(shell.run(remedy).status).toBe(0);
      expect(run('doctor --db owned/crm.db')).toMatchObject({ status: 0 });
      expect(shell.runRefusable('rollcall segments:update --db owned/crm.db')).toMatchObject({
        status: 0,
      });
    },
  );
});

/** A store in a folder of its own that belongs to another user. */
function ownStore(name: string): string {
  mkdirSync(path(name));
  chmodSync(shell.folder, 0o755);
  copyFileSync(path('crm.db'), path(`${name}/crm.db`));
  for (const each of [name, `${name}/crm.db`]) chownSync(path(each), NOBODY, NOBODY);
  return path(`${name}/crm.db`);
}

describe.runIf(isRoot)('what the owner of a store cannot open', () => {
  test('is a log that root left: named in the error (77); SQLite gives it back when root comes by', () => {
    const store = ownStore('logged');
    const raw = new Sqlite(store);
    raw.exec("insert into tags (name, created_at) values ('x', 0)");
    for (const suffix of ['-wal', '-shm']) chownSync(store + suffix, 0, 0);
    const remedy = `chown ${NOBODY}:${NOBODY} ${store}-wal`;
    const found = shell.runRefusable('rollcall contacts:list --db logged/crm.db');
    const message = `no permission to open ${store}-wal, a file of the store logged/crm.db`;
    expect(found).toEqual(refusal(77, message, `give it to the owner of the store: ${remedy}`));
    expect(closedToOwner(store, [store, `${store}-wal`])).toEqual([
      { path: `${store}-wal`, remedy },
    ]);
    expect(run('doctor -q --db logged/crm.db')).toMatchObject({ status: 0 });
    expect(shell.runRefusable('rollcall contacts:list --db logged/crm.db')).toMatchObject({
      status: 0,
    });
    raw.close();
  });

  test('is its folder, or one above it', () => {
    ownStore('shut');
    chownSync(path('shut'), 0, 0);
    const own = closed(path('shut'), `chown ${NOBODY}:${NOBODY} ${path('shut')}`);
    expect(run('doctor --db shut/crm.db').stdout).toContain(own);
    chownSync(path('shut'), NOBODY, NOBODY);
    chmodSync(shell.folder, 0o700);
    const above = closed(shell.folder, `chmod o+x ${shell.folder}`);
    expect(run('doctor --db shut/crm.db').stdout).toContain(above);
    chmodSync(shell.folder, 0o755);
    expect(run('doctor --db shut/crm.db')).toMatchObject({ status: 0 });
  });
});

test('a counter of ids at its end is no full disk: said which table’s, with what lets it go on', () => {
  copyFileSync(path('crm.db'), path('spent.db'));
  const sql = (text: string): void => void new Sqlite(path('spent.db')).exec(text).close();
  sql("update sqlite_sequence set seq = 9223372036854775807 where name = 'contacts'");
  const { status, stderr } = run('contacts:add bob@example.org --db spent.db');
  expect([status, stderr.split('\n')[0]]).toEqual([
    69,
    'error: spent.db has no id left for new contacts: the counter of ids stands at its end',
  ]);
  const remedy = /^hint: let it go on behind the last row: (sqlite3 .*)$/m.exec(stderr)?.[1] ?? '';
  expect(shell.run(remedy)).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(run('contacts:add bob@example.org --db spent.db')).toMatchObject({ status: 0 });
});

test('-o /dev/stdout is standard output: a reader that has seen enough ends it quietly, and >> adds', () => {
  for (const name of ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    const line = `{ rollcall contacts:export --db crm.db -o ${name}; echo $? > code; } | head -c 0; exit $(cat code)`;
    expect(shell.run(line)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(
      shell.run(
        `echo first > log; rollcall settings:get timezone --db crm.db -o ${name} >> log; cat log`,
      ).stdout,
    ).toBe('first\nUTC\n');
  }
  shell.run('mkfifo out.pipe');
  const piped =
    '{ rollcall contacts:export --db crm.db -o out.pipe; echo $? > code; } & ' +
    'exec 3< out.pipe; exec 3<&-; wait; exit $(cat code)';
  expect(shell.run(piped)).toEqual({ status: 0, stdout: '', stderr: '' });
});

describe('a store in a folder that this user may not write', () => {
  const reading = [
    'status',
    'contacts:list',
    'segments:list',
    'contacts:export',
    "contacts:list --where 'points > 3'",
    "segments:preview 'points > 3'",
    'segments:explain everybody ann@example.org',
    'doctor',
  ];
  const writing = [
    'contacts:add bob@example.org',
    'segments:update',
    'contacts:import contacts.csv',
    'settings:set timezone UTC',
  ];

  function inClosedFolder(mode: number, work: (store: string) => void): void {
    rmSync(path('closed'), { recursive: true, force: true });
    mkdirSync(path('closed'));
    copyFileSync(path('crm.db'), path('closed/crm.db'));
    chmodSync(path('closed/crm.db'), mode);
    chmodSync(shell.folder, 0o755);
    chmodSync(path('closed'), 0o555);
    try {
      work(path('closed/crm.db'));
    } finally {
      chmodSync(path('closed'), 0o755);
    }
  }

  test.each([0o444, 0o666])('of mode %o is read as it stands, and not written (77)', (mode) => {
    inClosedFolder(mode, () => {
      for (const command of reading) {
        const { status, stdout, stderr } = shell.runRefusable(
          `rollcall ${command} -q --db closed/crm.db`,
        );
        expect([command, status, stderr]).toEqual([command, command === 'doctor' ? 4 : 0, '']);
        if (command === 'contacts:list') expect(stdout).toContain('ann@example.org');
      }
      for (const command of writing) {
        const { status, stderr } = shell.runRefusable(`rollcall ${command} --db closed/crm.db`);
        expect([command, status]).toEqual([command, 77]);
        expect(stderr).toMatch(
          /^error: no permission to (write to the store|make the lock file) .*closed\/crm\.db.*\nhint: .*\n$/,
        );
      }
    });
  });

  test('is read beside who writes it, log and all', () => {
    inClosedFolder(0o644, (store) => {
      const raw = new Sqlite(store);
      raw.exec(
        "insert into contacts (email, created_at, updated_at) values ('late@example.org', 0, 0)",
      );
      expect(shell.runRefusable('rollcall contacts:list --db closed/crm.db').stdout).toContain(
        'late@example.org',
      );
      raw.close();
    });
  });

  test('is not read without its log: said why (77)', () => {
    const raw = new Sqlite(path('crm.db'));
    raw.exec("update contacts set city = 'Lyon'");
    copyFileSync(path('crm.db-wal'), path('kept-wal'));
    raw.close();
    inClosedFolder(0o444, (store) => {
      copyFileSync(path('kept-wal'), `${store}-wal`);
      chmodSync(`${store}-wal`, 0o444);
      const why = `its latest changes are in ${store}-wal, which cannot be read without writing there`;
      expect(shell.runRefusable('rollcall contacts:list --db closed/crm.db')).toEqual(
        refusal(
          77,
          `cannot read ${store} where its folder cannot be written: ${why}`,
          'read it as its owner, or copy it with its -wal file to a folder of your own while nobody writes to it',
        ),
      );
    });
  });
});

/** Small file systems of our own, where the machine lets us have them. */
const canMount =
  spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
    .status === 0;

describe.runIf(canMount)('a file system', () => {
  /**
   * Runs lines of shell in a folder `disk` that is a file system of its own with the store on it.
   */
  function onDisk(...lines: string[]): Ran {
    mkdirSync(path('disk'), { recursive: true });
    const script = ['mount -t tmpfs -o size=4m tmpfs disk', 'cp crm.db disk/crm.db', ...lines];
    writeFileSync(path('on-disk.sh'), script.join('\n'));
    return shell.run('unshare --map-root-user --mount sh on-disk.sh');
  }

  test('that is read-only: reading works, writing is 77', () => {
    const lines = ['contacts:list --format ids', 'status -q', 'doctor -q'].map(
      (command) => `rollcall ${command} --db disk/crm.db || exit 9`,
    );
    const update = 'rollcall segments:update --db disk/crm.db';
    const { status, stdout, stderr } = onDisk('mount -o remount,ro disk', ...lines, update);
    expect([status, stderr]).toEqual([
      77,
      expect.stringMatching(
        /^error: cannot make the lock file .*\/crm\.db\.lock: read-only file system\nhint: mount it for writing, .*\n$/,
      ),
    ]);
    const add = onDisk(
      'mount -o remount,ro disk',
      'rollcall contacts:add bob@example.org --db disk/crm.db',
    );
    const hint = 'mount it for writing, or copy the store to a place that can be written';
    expect(add).toEqual(refusal(77, 'the store disk/crm.db is on a read-only file system', hint));
    expect(stdout).toMatch(/^1\nstore disk\/crm\.db\n/);
  });

  test('that is full: reading works, writing says that it is full (74)', () => {
    const fill = 'cat /dev/zero > disk/ballast 2> /dev/null';
    const reads = ['contacts:list --format ids', 'status'].map(
      (command) => `rollcall ${command} --db disk/crm.db || exit 9`,
    );
    for (const command of [
      'contacts:add bob@example.org',
      'segments:update',
      'contacts:import contacts.csv',
    ]) {
      const { status, stdout, stderr } = onDisk(
        fill,
        ...reads,
        `rollcall ${command} --db disk/crm.db`,
      );
      expect([command, status]).toEqual([command, 74]);
      expect(stderr).toMatch(
        /^error: the disk is full: .*disk\/crm\.db was taken back\nhint: free some space, .*\n$/,
      );
      expect(stdout).toMatch(/^1\nstore disk\/crm\.db\n/);
    }
  });
});

describe.runIf(spawnSync('strace', ['-V']).status === 0)('a file system that refuses locks', () => {
  /**
   * Opens a store and makes one where the system refuses each lock: node itself asks the same call
   * for other things when it starts.
   */
  function withoutLocks(error: string): unknown[] {
    const script = path('without-locks.mjs');
    const library = new URL('../../dist/index.js', import.meta.url).href;
    writeFileSync(
      script,
      `import { writeSync } from 'node:fs';
       import { initStore, openStore } from ${JSON.stringify(library)};
       for (const work of [() => openStore('crm.db'), () => initStore('new.db')]) {
         const told = await work().then(() => 'done', ({ code, exit, message }) => ({ code, exit, message }));
         writeSync(1, JSON.stringify(told) + '\\n');
       }`,
    );
    const options = { cwd: shell.folder, encoding: 'utf8', timeout: 9_000 } as const;
    spawnSync(
      'strace',
      ['-f', '-qq', '-o', 'calls.txt', '-e', 'trace=fcntl', process.execPath, script],
      options,
    );
    rmSync(path('new.db'), { force: true });
    const first =
      readFileSync(path('calls.txt'), 'utf8')
        .split('\n')
        .findIndex((line) => line.includes('F_SETLK')) + 1;
    const inject = `inject=fcntl:error=${error}:when=${first}+`;
    const { stdout } = spawnSync(
      'strace',
      ['-f', '-qq', '-o', '/dev/null', '-e', inject, process.execPath, script],
      options,
    );
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  test.each(['ENOLCK', 'EOPNOTSUPP'])('with %s is said to (74), at once', (error) => {
    const message = `the file system of ${shell.folder} refuses the locks that a store needs`;
    const refused = { code: 'NO_LOCKS', exit: 74, message };
    expect(withoutLocks(error)).toEqual([refused, refused]);
    expect([
      existsSync(path('new.db')),
      readdirSync(shell.folder).filter((name) => name.includes('.new-')),
    ]).toEqual([false, []]);
  });
});
