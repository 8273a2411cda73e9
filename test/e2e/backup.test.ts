import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { isRunLocked } from '../../src/store/sqlite/file/lock.ts';
import { CTRL_C, HAS_TERMINAL, onTerminal } from '../helpers/pseudo-terminal.ts';
import { makeWorld, type Ran, type World } from '../helpers/run.ts';
import { runProgram } from '../nightly/crash/program.js';
import { seeded } from '../nightly/crash/random.js';

/*
 * Backups, restores, and files that are exchanged by hand, by the built program.
 */

const TIMEOUT_MS = 120_000;
const CONTACTS = 400;

interface Backed extends World {
  readonly store: string;
  readonly backup: string;
}

/** A store, and a backup from before half of its contacts and all points changed. */
function backedUp(): Backed {
  const world = makeWorld();
  const [store, backup] = [join(world.folder, 'crm.db'), join(world.folder, 'kept.db')];
  const rows = Array.from(
    { length: CONTACTS },
    (_, index) => `c${index}@example.org,${index % 50}\n`,
  );
  world.ok('init', '--db', store);
  world.ok('contacts:import', world.file('a.csv', `email,points\n${rows.join('')}`), '--db', store);
  for (const points of [10, 20, 30]) {
    world.ok('segments:create', `Above ${points}`, '--where', `points > ${points}`, '--db', store);
  }
  world.ok('segments:update', '--db', store);
  world.ok('backup', backup, '--db', store);
  change(store);
  world.ok('segments:update', '--db', store);
  return { ...world, store, backup };
}

function change(store: string): void {
  const raw = new Sqlite(store);
  raw.exec(`delete from contacts where id % 2 = 0; update contacts set points = 49 - points`);
  raw.close();
}

const OLD = CONTACTS;
const NEW = CONTACTS / 2;

const countIn = (raw: Sqlite.Database): unknown =>
  raw.prepare('select count(*) from contacts').pluck().get();

function contactsIn(path: string): unknown {
  const raw = new Sqlite(path);
  try {
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    return countIn(raw);
  } finally {
    raw.close();
  }
}

/** The store holds the backup, and an update leaves nothing wrong in it. */
function expectRestored({ run, store }: Backed): void {
  expect(contactsIn(store)).toBe(OLD);
  expect(run('segments:update', '--db', store)).toMatchObject({ status: 0 });
  expect(run('segments:verify', '--db', store)).toMatchObject({ status: 0 });
  expect(run('doctor', '-q', '--db', store)).toMatchObject({ status: 0 });
}

test('a store that was damaged by an old log beside it is put right by a restore', () => {
  const world = backedUp();
  const { store, backup, folder } = world;
  const raw = new Sqlite(store);
  raw.exec(
    `update contacts set points = 99; insert into tags (name, created_at) values ('late', 0)`,
  );
  copyFileSync(`${store}-wal`, join(folder, 'stale'));
  raw.close();
  copyFileSync(backup, store);
  copyFileSync(join(folder, 'stale'), `${store}-wal`);
  expect(world.run('restore', backup, '--yes', '--db', store)).toMatchObject({ status: 0 });
  expectRestored(world);
});

describe('a file that is exchanged under an update', () => {
  /** What `exchange` does while an update has the store open and waits to write. */
  async function under({ start, store }: Backed, exchange: () => void): Promise<Ran> {
    const writer = new Sqlite(store);
    writer.exec('begin immediate');
    const ran = start('segments:update', '--full', '--db', store);
    while (!isRunLocked(store)) await new Promise((resolve) => setImmediate(resolve));
    exchange();
    writer.exec('rollback');
    const ended = await ran;
    writer.close();
    return ended;
  }
  const refused = (what: string) => ({
    status: 69,
    stderr: expect.stringContaining(what) as string,
  });

  test('with cp: the backup stands there, and no log is played over it', async () => {
    const world = backedUp();
    const ended = await under(world, () => copyFileSync(world.backup, world.store));
    expect(ended).toMatchObject(refused('was written over with another file'));
    expectRestored(world);
  });

  test('with mv', async () => {
    const world = backedUp();
    const ended = await under(world, () => renameSync(world.backup, world.store));
    expect(ended).toMatchObject(
      refused('is another file than the one that this command had opened'),
    );
    expectRestored(world);
  });

  test.each(['mv', 'rm'])('away with %s: nothing is made in its place', async (how) => {
    const world = backedUp();
    const away = join(world.folder, 'away.db');
    linkSync(world.store, away);
    const ended = await under(world, () => rmSync(world.store));
    expect(ended, how).toMatchObject(refused('is not there any more'));
    expect([existsSync(world.store), contactsIn(away)]).toEqual([false, NEW]);
  });
});

describe('killed at any time', { timeout: TIMEOUT_MS }, () => {
  const ROUNDS = 8;
  const random = seeded(20_260_301);
  const OURS =
    /^(a\.csv|kept\.db|crm\.db(-wal|-shm|\.lock)?|crm\.db\.before-restore-\w+|.*\.new-\w{6}|made)$/;

  /** Runs it to its end for its time, then kills it so often on the way. */
  async function kill(
    { folder, store }: Backed,
    args: () => string[],
    look: () => void,
  ): Promise<void> {
    const { ms, status } = await runProgram({ args: args() }, { db: store, cwd: folder });
    expect(status).toBe(0);
    for (let round = 0; round < ROUNDS; round += 1) {
      const killed = {
        signal: 'SIGKILL',
        afterMs: ms * (0.3 + 0.7 * (random.int(1_000) / 1_000)),
      } as const;
      await runProgram({ args: args() }, { db: store, cwd: folder, kill: killed });
      look();
      expect(readdirSync(folder).filter((name) => !OURS.test(name))).toEqual([]);
    }
  }

  test('a restore leaves the old store or the new one, and can be done again', async () => {
    const world = backedUp();
    const { store, backup } = world;
    let round = 0;
    const args = (): string[] => [
      '--now',
      `2026-03-01T10:00:${String((round += 1) + 10)}Z`,
      'restore',
      backup,
      '--yes',
    ];
    await kill(world, args, () => {
      expect([OLD, NEW]).toContain(contactsIn(store));
      if (contactsIn(store) === OLD) change(store);
    });
    expect(world.run('restore', backup, '--yes', '--db', store)).toMatchObject({ status: 0 });
    expectRestored(world);
  });

  test('a backup is there whole or not at all, and older ones stay until it is', async () => {
    const world = backedUp();
    const { store, folder } = world;
    let round = 0;
    const args = (): string[] => [
      '--now',
      `2026-03-01T10:00:${String((round += 1) + 10)}Z`,
      'backup',
      'made',
      '--keep',
      '2',
    ];
    world.ok('backup', join(folder, 'first.db'), '--db', store);
    rmSync(join(folder, 'first.db'));
    const made = join(folder, 'made');
    mkdirSync(made);
    let before = 0;
    await kill(world, args, () => {
      const whole = readdirSync(made).filter((name) => !name.includes('.new-'));
      for (const name of whole) expect([name, contactsIn(join(made, name))]).toEqual([name, NEW]);
      expect(whole.length).toBeGreaterThanOrEqual(Math.min(before, 2));
      before = whole.length;
    });
    expect(world.run('doctor', '-q', '--db', store)).toMatchObject({ status: 0 });
  });
});

test('a restore lets a reader end what it reads, and waits for a writer', async () => {
  const world = backedUp();
  const { store, backup, start } = world;
  const [reader, writer] = [new Sqlite(store), new Sqlite(store)];
  reader.exec('begin');
  expect(countIn(reader)).toBe(NEW);
  writer.exec('begin immediate');
  const restoring = start('restore', backup, '--yes', '--db', store);
  while (!isRunLocked(store)) await new Promise((resolve) => setImmediate(resolve));
  writer.exec('commit');
  expect(await restoring).toMatchObject({ status: 0 });
  expect(countIn(reader)).toBe(NEW);
  reader.exec('commit');
  expect(countIn(reader)).toBe(OLD);
  for (const raw of [reader, writer]) raw.close();
  expectRestored(world);
});

describe.skipIf(!HAS_TERMINAL)('a restore on a terminal', () => {
  test.each([
    ['yes', 'y\n', 0, OLD],
    ['no', 'n\n', 1, NEW],
    ['Ctrl-C', CTRL_C, 130, NEW],
  ] as const)('after %s', async (_answer, keys, status, contacts) => {
    const { folder, store } = backedUp();
    const typed = [{ after: '[y/N] ', keys }];
    const shown = await onTerminal(['restore', 'kept.db', '--db', 'crm.db'], { folder, typed });
    expect(shown).toMatchObject({ status });
    expect(shown.screen).toContain(
      'replace the store crm.db (200 contacts) with kept.db (400 contacts)? [y/N] ',
    );
    expect(contactsIn(store)).toBe(contacts);
    const left = readdirSync(folder).filter((name) => name.includes('.new-'));
    expect(left.length).toBe(status === 130 ? 1 : 0);
  });

  test('shows what it does before and after the question, and a backup too', async () => {
    const { folder } = backedUp();
    const typed = [{ after: '[y/N] ', keys: 'y\n' }];
    const restored = await onTerminal(['restore', 'kept.db', '--db', 'crm.db'], { folder, typed });
    const shown = [
      'reading the backup',
      '[y/N] ',
      'keeping the present store',
      'writing',
      'restored crm.db from kept.db',
    ];
    const places = shown.map((text) => restored.screen.indexOf(text));
    expect([places.includes(-1), places]).toEqual([false, [...places].sort((a, b) => a - b)]);
    const made = await onTerminal(['backup', 'more.db', '--db', 'crm.db'], { folder });
    expect(made.screen).toMatch(/copying[^]*verifying[^]*copied crm\.db to more\.db/);
  });
});

test('a store with two names is warned of by init and doctor, which says how to find the other', () => {
  const { folder, store, run } = backedUp();
  linkSync(store, join(folder, 'other.db'));
  const names = 'has 2 names (hard links), and under each a log and a lock of its own';
  expect(run('init', '--db', 'crm.db')).toMatchObject({
    status: 0,
    stderr: expect.stringContaining(`crm.db ${names}`) as string,
  });
  const { status, stdout } = run('doctor', '--db', 'crm.db');
  expect([status, stdout]).toEqual([4, expect.stringContaining(`the store ${names}`)]);
  const hint =
    / remove the others; this finds those on its disk: (find .*)$/m.exec(stdout)?.[1] ?? 'exit 9';
  const found = spawnSync('/bin/sh', ['-c', `${hint} 2> /dev/null`], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(found.stdout.trim().split('\n').sort()).toEqual([store, join(folder, 'other.db')].sort());
  rmSync(join(folder, 'other.db'));
  expect(run('doctor', '-q', '--db', 'crm.db')).toMatchObject({ status: 0 });
});

test('a backup has a name of its own: none of the store, no stream', () => {
  const { store, run, folder } = backedUp();
  const size = statSync(store).size;
  for (const name of ['crm.db', 'crm.db-wal', 'crm.db.lock', '-']) {
    expect([name, run('backup', name, '--db', 'crm.db').status]).toEqual([name, 2]);
  }
  expect(run('backup', '/dev/stdout', '--db', 'crm.db')).toMatchObject({ status: 73 });
  expect(run('restore', 'crm.db.lock', '--yes', '--db', 'crm.db')).toMatchObject({ status: 2 });
  expect([statSync(store).size, existsSync(join(folder, '-'))]).toEqual([size, false]);
});
