import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, SCHEMA_VERSION } from '../../src/store/sqlite/connection/connect.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';
import { FileGuard, identify } from '../../src/store/sqlite/file/file-guard.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { addContacts, importRows, NOW } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let folder = '';
let path = '';
beforeEach(async () => {
  fixture = await sqliteFixture();
  ({ folder, path } = fixture);
  await fixture.store.write(async (tx) => addContacts(tx, { email: 'ada@example.org' }));
});
afterEach(async () => {
  await fixture.cleanup();
});

/** Closes what the fixture has open, so that the file is all there is of the store. */
async function closed(): Promise<void> {
  fixture.raw.close();
  await fixture.store.close();
  expect(readdirSync(folder)).toEqual(['crm.db']);
}

const file = (name: string, content: string | Buffer = ''): string => {
  const made = join(folder, name);
  writeFileSync(made, content);
  return made;
};

describe('what is no store of this version is refused (69), and left as it is', () => {
  test('a missing file', async () => {
    await expect(openStore(join(folder, 'none.db'))).rejects.toMatchObject({
      name: 'UserError',
      code: 'NO_STORE',
      exit: 69,
      message: `there is no store at ${join(folder, 'none.db')}`,
      hint: `name it with --db or ROLLCALL_DB, or make one: rollcall init --db ${join(folder, 'none.db')}`,
    });
    symlinkSync('none.db', join(folder, 'dangling.db'));
    for (const missing of ['none.db', 'dangling.db', 'no/such/folder/crm.db', 'crm.db/inside'])
      await expect(openStore(join(folder, missing))).rejects.toMatchObject({
        code: 'NO_STORE',
        exit: 69,
      });
    expect(existsSync(join(folder, 'none.db'))).toBe(false);
  });

  test('a folder', async () => {
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'NOT_A_STORE',
      exit: 69,
      message: `${folder} is a folder, not a rollcall store`,
    });
  });

  test('a text file, an empty file, a SQLite database of others', async () => {
    const other = join(folder, 'other.db');
    const raw = new Sqlite(other);
    raw.exec('create table notes (id integer primary key); insert into notes values (1)');
    raw.close();
    for (const none of [
      file('text.txt', 'first_name,email\n'.repeat(500)),
      file('short.txt', 'x'),
      file('empty.db'),
      other,
    ]) {
      const before = readFileSync(none);
      await expect(openStore(none)).rejects.toMatchObject({
        name: 'UserError',
        code: 'NOT_A_STORE',
        exit: 69,
        message: `${none} is not a rollcall store`,
      });
      await expect(initStore(none)).rejects.toMatchObject({ code: 'NOT_A_STORE', exit: 69 });
      expect(readFileSync(none).equals(before)).toBe(true);
    }
    expect(
      readdirSync(folder)
        .filter((name) => !name.startsWith('crm.db'))
        .sort(),
    ).toEqual(['empty.db', 'other.db', 'short.txt', 'text.txt']);
  });

  test('a newer and an older store', async () => {
    fixture.raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'NEWER_STORE',
      exit: 69,
      message:
        `${path} was made by a newer rollcall (store version ${SCHEMA_VERSION + 1}, ` +
        `this one knows ${SCHEMA_VERSION})`,
      hint: 'update rollcall on this machine',
    });
    fixture.raw.pragma('user_version = 0');
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'OLDER_STORE',
      exit: 69,
      hint: `bring it up to date, with a backup beside it: rollcall db:migrate --db ${path}`,
    });
    await expect(initStore(path)).rejects.toMatchObject({ code: 'OLDER_STORE', exit: 69 });
  });
});

describe('a damaged store is said to be damaged (69)', () => {
  const readEverything = async (damaged: string): Promise<unknown> => {
    const store = await openStore(damaged);
    try {
      return await store.read(async (tx) => tx.contacts.list({}, ['email', 'city']));
    } finally {
      await store.close();
    }
  };
  const fill = async (): Promise<void> => {
    const rows = Array.from({ length: 2000 }, (_, index) => ({
      line: index,
      key: `c${index}@example.org`,
      values: [`c${index}@example.org`, 'x'.repeat(200)],
    }));
    await importRows(
      fixture.store,
      {
        kind: 'contacts',
        key: 'email',
        columns: ['email', 'city'],
        uniques: [],
        duplicates: 'last',
      },
      rows,
    );
  };

  test('when a page holds something else', async () => {
    await fill();
    await closed();
    const handle = openSync(path, 'r+');
    for (let at = 50 * 4096; at < statSync(path).size - 4096; at += 4096)
      writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, at);
    closeSync(handle);
    await expect(readEverything(path)).rejects.toMatchObject({
      name: 'UserError',
      code: 'DAMAGED',
      exit: 69,
      message: expect.stringContaining(`the store ${path} is damaged: `) as string,
      hint: `put the last backup in its place: rollcall restore FILE --db ${path}`,
    });
  });

  test('when its end is missing', async () => {
    await fill();
    await closed();
    truncateSync(path, 60 * 4096);
    await expect(readEverything(path)).rejects.toMatchObject({ code: 'DAMAGED', exit: 69 });
  });

  test('or to be none when its head is', async () => {
    await closed();
    const handle = openSync(path, 'r+');
    writeSync(handle, 'not SQLite any more', 0);
    closeSync(handle);
    await expect(openStore(path)).rejects.toMatchObject({ code: 'NOT_A_STORE', exit: 69 });
  });
});

describe('a busy store', () => {
  test('is waited for, then given up (75), and was not written', async () => {
    fixture.raw.exec('begin immediate');
    await expect(fixture.store.write(async (tx) => addContacts(tx, {}))).rejects.toMatchObject({
      name: 'UserError',
      code: 'LOCKED',
      exit: 75,
      message: `the store ${path} is busy`,
      hint: 'another command is writing to it: try again',
    });
    expect(await fixture.store.read(async (tx) => tx.contacts.count({}))).toBe(1);
    fixture.raw.exec('rollback');
    await fixture.store.write(async (tx) => addContacts(tx, {}));
    expect(await fixture.store.read(async (tx) => tx.contacts.count({}))).toBe(2);
  });
});

describe('a full disk (74)', () => {
  const fillUp = async (store: SqliteFixture['store']): Promise<unknown> =>
    store.write(async (tx) => {
      for (let index = 0; index < 2000; index += 1)
        await tx.contacts.insert({ city: 'x'.repeat(1000) }, NOW);
    });

  test('takes the transaction back, and the store goes on', async () => {
    const raw = connect(path);
    raw.pragma(`max_page_count = ${Number(raw.pragma('page_count', { simple: true })) + 10}`);
    const store = new SqliteStore(raw, {
      location: path,
      realPath: path,
      guard: new FileGuard(raw, path, { location: path, file: identify(path) }),
    });
    await expect(fillUp(store)).rejects.toMatchObject({
      name: 'UserError',
      code: 'DISK_FULL',
      exit: 74,
      message: `the disk is full: what was being written to ${path} was taken back`,
    });
    expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
    await store.write(async (tx) => addContacts(tx, {}));
    expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(2);
    await store.close();
  });

  const disk = mkdtempSync(join(tmpdir(), 'rollcall-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]).status === 0;
  if (mounted) execFileSync('umount', [disk]);
  afterAll(() => rmSync(disk, { recursive: true }));

  test.skipIf(!mounted)('of one megabyte does the same', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
    try {
      const small = join(disk, 'crm.db');
      await initStore(small);
      const store = await openStore(small);
      await store.write(async (tx) => addContacts(tx, {}));
      await expect(fillUp(store)).rejects.toMatchObject({ code: 'DISK_FULL', exit: 74 });
      expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(1);
      await store.close();
      rmSync(small);
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(900_000));
      await expect(initStore(small)).rejects.toMatchObject({ code: 'DISK_FULL', exit: 74 });
      expect(readdirSync(disk)).toEqual(['ballast']);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});
