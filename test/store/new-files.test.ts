import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDraft } from '../../src/store/sqlite/file/draft.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { SideFiles } from '../../src/store/sqlite/scan/side-file.ts';
import { createNewFile } from '../../src/support/new-file.ts';
import { inOwnProcess } from './library-process.ts';

const isRoot = process.geteuid?.() === 0;
/** Who owns nothing here. */
const STRANGER = 65_534;

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-new-'));
  path = join(folder, 'crm.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (file: string): string => (lstatSync(file).mode & 0o777).toString(8);

describe('a file that we make', () => {
  test.each([0o000, 0o022, 0o777])('is for its owner alone under umask %o', (umask) => {
    const previous = process.umask(umask);
    try {
      createNewFile(path);
    } finally {
      process.umask(previous);
    }
    expect(modeOf(path)).toBe('600');
  });

  test('is none that stands there, nor where a link leads', () => {
    writeFileSync(path, 'mine');
    symlinkSync('elsewhere', join(folder, 'link'));
    for (const taken of [path, join(folder, 'link')])
      expect(() => createNewFile(taken)).toThrow(/EEXIST/);
    expect([readFileSync(path, 'utf8'), readdirSync(folder).sort()]).toEqual([
      'mine',
      ['crm.db', 'link'],
    ]);
  });
});

describe('a store that a program makes', () => {
  test('is for its owner alone whatever the umask, with all that stands beside it', () => {
    const modes = inOwnProcess(`
      import { lstatSync, readdirSync } from 'node:fs';
      process.umask(0);
      await initStore(${JSON.stringify(path)});
      const store = await openStore(${JSON.stringify(path)});
      const lock = await store.lockRuns(0);
      await store.write(async (tx) => tx.settings.get());
      const files = readdirSync(${JSON.stringify(folder)});
      const modeOf = (file) => (lstatSync(${JSON.stringify(`${folder}/`)} + file).mode & 0o777).toString(8);
      const modes = files.map((file) => [file, modeOf(file)]);
      await lock.release();
      await store.close();
      process.stdout.write(JSON.stringify(Object.fromEntries(modes)));`);
    expect(modes).toEqual({
      'crm.db': '600',
      'crm.db-wal': '600',
      'crm.db-shm': '600',
      'crm.db.lock': '600',
    });
  });

  test('is made in a folder that nobody else can enter, under a name that nobody knows before', () => {
    const [one, other] = [makeDraft(path), makeDraft(path)];
    expect(one.path).not.toBe(other.path);
    for (const draft of [one, other]) expect(modeOf(join(draft.path, '..'))).toBe('700');
    one.remove();
    other.remove();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not made where a link leads nowhere', async () => {
    symlinkSync(join(folder, 'elsewhere'), path);
    await expect(initStore(path)).rejects.toMatchObject({ exit: 69 });
    expect(readdirSync(folder)).toEqual(['crm.db']);
  });

  test.each(['-wal', '-shm', '-journal'])(
    'is not made where %s of another stands: that would be played over it',
    async (suffix) => {
      writeFileSync(path + suffix, '');
      await expect(initStore(path)).rejects.toMatchObject({
        code: 'LEFT_OVER',
        exit: 73,
        hint: expect.stringContaining(
          `move it away: mv ${path}${suffix} /somewhere/else`,
        ) as string,
        message: expect.stringContaining(
          `${path}${suffix} stands where the new store would keep a file: `,
        ) as string,
      });
      expect(readdirSync(folder)).toEqual([`crm.db${suffix}`]);
    },
  );

  test('has no name that SQLite would read as another', async () => {
    const message = 'a store cannot have the name "crm.db ": it begins or ends with a blank';
    await expect(initStore(`${path} `)).rejects.toMatchObject({
      code: 'BAD_NAME',
      exit: 2,
      message,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('beside a store', () => {
  beforeEach(async () => {
    await initStore(path);
  });
  const take = async (): Promise<void> => {
    const store = await openStore(path);
    try {
      await (await store.lockRuns(0))?.release();
    } finally {
      await store.close();
    }
  };

  test('a planted link is no lock file, and nothing is made where it leads', async () => {
    symlinkSync(join(folder, 'elsewhere'), `${path}.lock`);
    await expect(take()).rejects.toMatchObject({
      code: 'NOT_A_FILE',
      exit: 69,
      message: `${path}.lock is a link, not the lock file of the store`,
    });
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  test.each(['-wal', '-shm', '-journal'])(
    'a planted link at %s is not followed',
    async (suffix) => {
      writeFileSync(join(folder, 'elsewhere'), 'mine');
      symlinkSync(join(folder, 'elsewhere'), path + suffix);
      await expect(take()).rejects.toMatchObject({
        code: 'NOT_A_FILE',
        exit: 69,
        message: `${path}${suffix} is a link, where the store ${path} keeps a file of its own`,
      });
      expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toBe('mine');
    },
  );

  test.skipIf(!isRoot)(
    'a log of somebody who may not write the store is not played over it (77)',
    async () => {
      chmodSync(folder, 0o1777);
      const owner = 4_711;
      chownSync(path, owner, owner);
      writeFileSync(`${path}-wal`, 'planted');
      chownSync(`${path}-wal`, STRANGER, STRANGER);
      await expect(take()).rejects.toMatchObject({
        code: 'STRANGE_FILE',
        exit: 77,
        message: `${path}-wal belongs to another user (${STRANGER}) than the store ${path}: it is not opened`,
      });
      rmSync(`${path}-wal`);
      writeFileSync(`${path}.lock`, '');
      chownSync(`${path}.lock`, STRANGER, STRANGER);
      await expect(take()).rejects.toMatchObject({ code: 'STRANGE_FILE', exit: 77 });
      chmodSync(path, 0o660); // a group writes it: its members make the files
      await take();
    },
  );

  test('a side file takes no place that is taken, and what cannot be removed stops no run', () => {
    const of = { realPath: path, timeline: 't', runId: 1 };
    mkdirSync(`${path}.scan-t-1-1`);
    const files = new SideFiles(of);
    expect(files.make(1)).toBeUndefined();
    const made = files.make(1) ?? '';
    expect([made, modeOf(made)]).toEqual([`${path}.scan-t-1-2`, '600']);
    files.removeAll();
  });

  test.skipIf(!isRoot)(
    'what root makes belongs to the owner of the store, as SQLite does with its log',
    async () => {
      chmodSync(path, 0o660);
      chownSync(path, STRANGER, STRANGER);
      await take();
      expect(statSync(`${path}.lock`)).toMatchObject({ uid: STRANGER, gid: STRANGER });
      expect(modeOf(`${path}.lock`)).toBe('660');
      const side = new SideFiles({ realPath: path, timeline: 't', runId: 1 }).make(1) ?? '';
      expect([statSync(side).uid, modeOf(side)]).toEqual([STRANGER, '600']);
    },
  );
});
