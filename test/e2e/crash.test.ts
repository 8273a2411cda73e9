import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { meet } from '../nightly/crash/crowd.js';
import { liveTwice, type Told } from '../nightly/crash/life.js';
import { hasOlder } from '../nightly/crash/older-store.js';
import { canMount, type Ended, hasStrace, runProgram } from '../nightly/crash/program.js';
import { seeded } from '../nightly/crash/random.js';
import { copyStore, lookingAtCopy } from '../nightly/crash/state.js';
import { watch } from '../nightly/crash/watching.js';
import { makeStores, migrateStores } from '../nightly/crash/whole.js';
import { contactRow, contactsFile, makeWorld } from '../nightly/crash/world.js';

/*
 * A few rounds of what `node test/nightly/crash.js` does by the hundred, from one seed;
 * docs/crash-safety.md says what is looked at. What needs strace, or a file system of our own, is
 * reported as skipped where there is none.
 */

const SEED = 20_260_301;
const CONTACTS = 150;
/** Each round is several processes: a busy machine needs its time. */
const TIMEOUT_MS = 300_000;
const WITHOUT_LINKS = { 'link,linkat': 'EPERM' };

let root: string;
let world: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'rollcall-crash-'));
  world = await makeWorld(root, CONTACTS, seeded(SEED));
});
afterAll(() => rmSync(root, { recursive: true }));

function newFolder(): string {
  const folder = mkdtempSync(join(root, 'test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Gathers what happened; `wrong` are the rounds that left something wrong. */
function gathering(): {
  readonly tell: (told: Told) => void;
  readonly wrong: () => Told[];
  readonly ends: () => Set<string>;
} {
  const all: Told[] = [];
  return {
    tell: (told) => void all.push(told),
    wrong: () => all.filter(({ problems }) => problems.length > 0),
    ends: () => new Set(all.map(({ end }) => end)),
  };
}

async function live(
  kinds: readonly string[],
  jobs: readonly string[],
  attempts: number,
): Promise<Set<string>> {
  const { tell, wrong, ends } = gathering();
  await liveTwice({
    random: seeded(SEED),
    world,
    contacts: CONTACTS,
    folder: newFolder(),
    jobs,
    attempts,
    kinds,
    inARow: [1, 2],
    tell,
  });
  expect(wrong()).toEqual([]);
  return ends();
}

describe('nothing is lost, half done or seen half done', { timeout: TIMEOUT_MS }, () => {
  test('when commands are killed at any time', async () => {
    await live(
      ['signal'],
      ['import of many contacts', 'update after edits', 'mirror of a file', 'undo of an import'],
      1,
    );
  });

  test.skipIf(!hasStrace)('when they are killed at any of their calls (needs strace)', async () => {
    const ends = await live(
      ['signal at a call'],
      ['import with rejects', 'update after a bulk change'],
      2,
    );
    expect([...ends].some((end) => end.startsWith('SIG'))).toBe(true);
  });

  test.skipIf(!hasStrace)('when their calls fail with ENOSPC or EIO (needs strace)', async () => {
    const ends = await live(
      ['failing call', 'failing calls'],
      ['import of contacts', 'update as time goes by', 'adding members'],
      2,
    );
    expect(ends).toContain('74');
  });

  test.skipIf(!canMount)(
    'when the disk is full, or is read-only (needs mounts of its own)',
    async () => {
      const ends = await live(['full disk', 'read-only disk'], ['import of events'], 3);
      expect(ends).toContain('77');
    },
  );

  test('when files may not grow', async () => {
    await live(['size limit'], ['first build'], 2);
  });

  test('when a new store is being made', async () => {
    const { tell, wrong } = gathering();
    await makeStores({ random: seeded(SEED), folder: newFolder(), attempts: 4, tell });
    expect(wrong()).toEqual([]);
  });

  test.skipIf(!hasOlder)(
    'when an older store is being migrated (needs an older version)',
    async () => {
      const { tell, wrong } = gathering();
      await migrateStores({
        random: seeded(SEED),
        folder: newFolder(),
        attempts: 4,
        contacts: CONTACTS,
        tell,
      });
      expect(wrong()).toEqual([]);
    },
  );

  test.each([false, true])(
    'when an import, three updates and two exports meet; one of them killed: %s',
    async (killOne) => {
      const { tell, wrong } = gathering();
      await meet({
        random: seeded(SEED),
        world,
        contacts: CONTACTS,
        folder: newFolder(),
        killOne,
        tell,
      });
      expect(wrong()).toEqual([]);
    },
  );
});

/** A store of its own for one test. */
function ownStore(): {
  readonly db: string;
  readonly folder: string;
  readonly run: (args: readonly string[], wrapper?: readonly string[]) => Promise<Ended>;
} {
  const folder = newFolder();
  const db = join(folder, 'crm.db');
  return {
    db,
    folder,
    run: async (args, wrapper = []) => runProgram({ args }, { db, cwd: folder, wrapper }),
  };
}

/** Words before a command that make calls fail: names with commas between → the error. */
const failing = (calls: Readonly<Record<string, string>>, ...paths: string[]): string[] => [
  ...[
    'strace',
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${Object.keys(calls).join()}`,
    ...paths.flatMap((path) => ['-P', path]),
  ],
  ...Object.entries(calls).flatMap(([names, error]) => ['-e', `inject=${names}:error=${error}`]),
];

test('what was acknowledged is there when all processes die before the log is folded into the file', async () => {
  const { db, folder, run } = ownStore();
  copyStore(world, db);
  writeFileSync(
    join(folder, 'more.csv'),
    contactsFile(
      Array.from({ length: 40 }, (_, number) => contactRow(seeded(SEED), CONTACTS + number)),
    ),
  );
  const reader = await watch(db, false);
  expect(await run(['contacts:import', 'more.csv'])).toMatchObject({ status: 0 });
  await reader.end(); // by SIGKILL
  expect(statSync(`${db}-wal`).size).toBeGreaterThan(10_000);
  expect(
    lookingAtCopy(db, (copy) => copy.prepare('select count(*) from contacts').pluck().get()),
  ).toBe(CONTACTS + 40);
  expect((await run(['contacts:list', '--format', 'ids'])).stdout.trim().split('\n')).toHaveLength(
    CONTACTS + 40,
  );
});

describe.skipIf(!hasStrace)('what the system refuses is told apart (needs strace)', () => {
  test('a file system without hard links gets its store all the same', async () => {
    const { db, folder, run } = ownStore();
    expect(await run(['init'], failing(WITHOUT_LINKS))).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(folder).filter((name) => name.includes('.new-'))).toEqual([]);
    expect((await run(['segments:list'])).status).toBe(0);
    await run(['contacts:add', 'ann@example.org']);
    expect(await run(['init'], failing(WITHOUT_LINKS))).toMatchObject({ status: 0 });
    expect((await run(['contacts:list', '--format', 'ids'])).stdout).toBe('1\n');
    expect(existsSync(db)).toBe(true);
  });

  test.each([
    ['EPERM', 77, /^error: no permission to write to .*crm\.db\nhint: .+\n$/],
    ['EIO', 74, /^error: cannot write to .*crm\.db: .+\nhint: .+\n$/],
  ])('a store that cannot be put in its place: %s is %i', async (error, status, message) => {
    const { folder, run } = ownStore();
    const ended = await run(
      ['init'],
      failing({ ...WITHOUT_LINKS, 'rename,renameat,renameat2': error }),
    );
    expect(ended.status).toBe(status);
    expect(ended.stderr).toMatch(message);
    expect(readdirSync(folder).filter((name) => name !== 'crm.db.lock')).toEqual([]);
  });

  test('a disk without room for the log is 74, not a matter of permission', async () => {
    const { db, run } = ownStore();
    copyStore(world, db);
    const { status, stderr } = await run(
      ['contacts:add', 'new@example.org'],
      failing({ openat: 'ENOSPC' }, `${db}-wal`),
    );
    expect({ status, stderr }).toEqual({
      status: 74,
      stderr:
        `error: a file of the store ${db} cannot be opened for writing\n` +
        'hint: check the disk, its free space, and that of the folder for temporary files, ' +
        'then run the command again\n',
    });
  });
});

test.skipIf(!canMount)(
  'no room for temporary files is 74 and changes nothing (needs mounts of its own)',
  async () => {
    const { db, folder, run } = ownStore();
    copyStore(world, db);
    writeFileSync(
      join(folder, 'more.csv'),
      contactsFile(
        Array.from({ length: 150_000 }, (_, number) =>
          contactRow(seeded(number), CONTACTS + number),
        ),
      ),
    );
    const onSmallDisk = [
      'unshare',
      '--map-root-user',
      '--mount',
      '/bin/sh',
      '-ec',
      'mount -t tmpfs -o size=64k tmpfs /mnt; TMPDIR=/mnt exec "$@"',
      'sh',
    ];
    const { status, stderr } = await run(['contacts:import', 'more.csv'], onSmallDisk);
    expect({ status, stderr }).toEqual({
      status: 74,
      stderr:
        `error: the disk is full: what was being written to ${db} was taken back\n` +
        'hint: free some space, there and where temporary files are kept (TMPDIR), ' +
        'then run the command again\n',
    });
    expect(
      lookingAtCopy(db, (copy) => copy.prepare('select count(*) from contacts').pluck().get()),
    ).toBe(CONTACTS);
  },
);
