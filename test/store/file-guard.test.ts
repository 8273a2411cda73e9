import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { backupStore } from '../../src/store/sqlite/backup/backup.ts';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { NOW } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

/*
 * A command that has the store for itself in its process looks for files that were written over,
 * and may throw a log away. What SQLite does, for whomever, is never such a thing.
 */

let fixture: SqliteFixture;
let store: Store;
let folder = '';
beforeEach(async () => {
  fixture = await sqliteFixture();
  await fixture.store.close();
  store = await openStore(fixture.path, { isOnly: true, busyTimeoutMs: 200 });
  folder = mkdtempSync(join(tmpdir(), 'rollcall-guard-'));
});
afterEach(async () => {
  await store.close();
  await fixture.cleanup();
  rmSync(folder, { recursive: true });
});

/** A number that whoever uses the store raises, so that a lost commit is seen. */
let added = 0;
beforeEach(() => {
  added = 0;
});

async function addBoth(): Promise<void> {
  await store.write(async (tx) => tx.contacts.insert({ city: 'ours' }, NOW));
  fixture.raw.exec("insert into contacts (city, created_at, updated_at) values ('theirs', 0, 0)");
  added += 2;
}

const count = async (): Promise<number> => store.read(async (tx) => tx.contacts.count({}));

/**
 * Each is done at any moment of the log: while it holds commits, when it is folded in, when it
 * begins anew.
 */
const CHECKPOINTS = [
  'select 1',
  ...['passive', 'full', 'restart', 'truncate'].map((kind) => `pragma wal_checkpoint(${kind})`),
];

const STATEMENTS = [
  'vacuum',
  'pragma page_size = 8192; vacuum',
  'pragma auto_vacuum = full; vacuum; pragma incremental_vacuum',
  'alter table contacts add column theirs text; alter table contacts drop column theirs',
  'create table more (a); drop table more',
  'analyze; drop table sqlite_stat1',
  'reindex',
  'pragma user_version = 99; pragma user_version = 6',
  'begin; create table more (a); insert into more values (randomblob(5000000)); drop table more; commit',
  'begin immediate; delete from contacts; rollback',
];
const MOMENTS = STATEMENTS.flatMap((statement) =>
  CHECKPOINTS.map((checkpoint) => [statement, checkpoint] as const),
);

describe('what SQLite does to a store is no exchange of its file, and loses nothing', () => {
  test.each(MOMENTS)('%s, then %s', async (statement, checkpoint) => {
    await addBoth();
    fixture.raw.exec(statement);
    expect(await count()).toBe(added);
    fixture.raw.exec(checkpoint);
    expect(await count()).toBe(added);
    await addBoth();
    fixture.raw.exec(checkpoint);
    fixture.raw.exec(statement);
    expect(await count()).toBe(added);
  });

  const shells = spawnSync('sqlite3', ['-version']).status === 0;
  const inShell = (...lines: string[]): string => {
    const { stdout, stderr } = spawnSync('sqlite3', [fixture.path, ...lines], { encoding: 'utf8' });
    return (stdout + stderr).trim();
  };

  test.runIf(shells).each(CHECKPOINTS)(
    'a shell that changes how its log is kept, copies it and puts it back, then %s',
    async (checkpoint) => {
      await addBoth();
      expect(inShell('pragma journal_mode = delete')).toMatch(/locked/);
      expect(await count()).toBe(added);
      inShell(
        `.backup ${join(folder, 'copy.db')}`,
        `.restore ${join(folder, 'copy.db')}`,
        checkpoint,
      );
      expect(await count()).toBe(added);
      inShell(
        'vacuum',
        checkpoint,
        `.restore ${join(folder, 'copy.db')}`,
        'pragma writable_schema = on; pragma schema_version = 5000',
      );
      expect(await count()).toBe(added);
      await addBoth();
      expect(await count()).toBe(added);
    },
  );

  test('backups and migrations by others', async () => {
    await addBoth();
    await backupStore(fixture.path, { target: folder, now: NOW });
    await migrateStore(fixture.path, { now: NOW });
    await addBoth();
    expect(await count()).toBe(added);
  });

  test.each([1, 2, -5, 2 ** 31 - 1])('a schema number that somebody sets to %d', async (number) => {
    await addBoth();
    fixture.raw.unsafeMode(true);
    for (const checkpoint of CHECKPOINTS) {
      fixture.raw.pragma(`schema_version = ${number}`);
      fixture.raw.exec(checkpoint);
      expect(await count(), checkpoint).toBe(added);
      await addBoth();
    }
  });
});

describe('where it cannot be told', () => {
  test('the command ends, and the log stays: it may hold what others have committed', async () => {
    await addBoth();
    fixture.raw.unsafeMode(true);
    fixture.raw.pragma('schema_version = 1');
    fixture.raw.pragma('wal_checkpoint(truncate)');
    fixture.raw.pragma('schema_version = 3'); // on the disk is none of the numbers that we know
    fixture.raw.exec("insert into contacts (city, created_at, updated_at) values ('theirs', 0, 0)");
    const log = statSync(`${fixture.path}-wal`).size;
    await expect(count()).rejects.toMatchObject({ code: 'REPLACED', exit: 69 });
    expect(statSync(`${fixture.path}-wal`).size).toBe(log);
    await store.close();
    fixture.raw.close();
    store = await openStore(fixture.path);
    expect(await count()).toBe(added + 1);
  });
});

describe('a backup that is copied over it', () => {
  test.each(['with the times of the store', 'with its own'])(
    'is noticed at once, %s, and no log is played over it',
    async (times) => {
      await addBoth();
      const { path } = await backupStore(fixture.path, { target: folder, now: NOW });
      await addBoth();
      fixture.raw.close();
      const { atime, mtime } = statSync(fixture.path);
      copyFileSync(path, fixture.path);
      if (times !== 'with its own') utimesSync(fixture.path, atime, mtime);
      await expect(count()).rejects.toMatchObject({
        code: 'REPLACED',
        message: expect.stringContaining('was written over') as string,
      });
      await store.close();
      const raw = new Sqlite(fixture.path);
      expect([
        raw.prepare('select count(*) from contacts').pluck().get(),
        raw.pragma('integrity_check', { simple: true }),
      ]).toEqual([2, 'ok']);
      raw.close();
      expect(readdirSync(folder)).toEqual(['crm.db.backup-20260301T100000Z']);
    },
  );

  test.each(['copied over it', 'put in its place'])(
    'after the last that a command does, %s, is what stands there',
    async (how) => {
      const { path } = await backupStore(fixture.path, { target: folder, now: NOW });
      fixture.raw.close();
      await store.write(async (tx) => tx.contacts.insert({ city: 'ours' }, NOW));
      if (how === 'copied over it') copyFileSync(path, fixture.path);
      else renameSync(path, fixture.path);
      await store.close();
      const raw = new Sqlite(fixture.path);
      expect([
        raw.prepare('select count(*) from contacts').pluck().get(),
        raw.pragma('integrity_check', { simple: true }),
      ]).toEqual([0, 'ok']);
      raw.close();
    },
  );

  test('is said to be that where SQLite only finds damage', async () => {
    const { path } = await backupStore(fixture.path, { target: folder, now: NOW });
    const read = store.read(async () => {
      copyFileSync(path, fixture.path);
      throw new Sqlite.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT');
    });
    await expect(read).rejects.toMatchObject({ code: 'REPLACED', exit: 69 });
  });
});
