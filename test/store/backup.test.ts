import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { editField } from '../../src/contact/field-changes.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import { createSegment } from '../../src/segment/definition.ts';
import type { BackupRequest, RestoreRequest } from '../../src/store/index.ts';
import { backupStore } from '../../src/store/sqlite/backup/backup.ts';
import { restoreStore } from '../../src/store/sqlite/backup/restore.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { NOW } from './conformance/fixture.ts';
import { contentsOf, fillStore } from './filled-store.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

let fixture: SqliteFixture;
let folder = '';
beforeEach(async () => {
  fixture = await sqliteFixture();
  await fillStore(fixture.store, fixture.raw);
  folder = mkdtempSync(join(tmpdir(), 'rollcall-backups-'));
});
afterEach(async () => {
  await fixture.cleanup();
  rmSync(folder, { recursive: true });
});

const SECOND = 1_000;
/** What stands beside a store, or may. */
const NAMES_OF_STORE = [
  'crm.db-wal',
  'crm.db-shm',
  'crm.db-journal',
  'crm.db.lock',
  'crm.db.scan-1',
  'crm.db.new-1',
  'crm.db.backup-v3-20200101T000000Z.new-1',
  'crm.db.backup-20200101T000000Z.new-1',
  'crm.db.before-restore-20200101T000000Z.new-1',
];
const backup = async (more: Partial<BackupRequest> = {}) =>
  backupStore(fixture.path, { target: folder, now: NOW, ...more });
const restore = async (file: string, more: Partial<RestoreRequest> = {}) =>
  restoreStore(fixture.path, { file, now: NOW, confirm: async () => undefined, ...more });
const countIn = (raw: Sqlite.Database): unknown =>
  raw.prepare('select count(*) from contacts').pluck().get();
const contactsIn = (path: string): unknown => reading(path, countIn);
const suppressionsIn = (path: string): unknown =>
  reading(path, (raw) =>
    raw
      .prepare('select contact_id, channel, reason from suppressions order by 1, 2, 3')
      .raw()
      .all(),
  );

const addressesIn = (path: string): unknown =>
  reading(path, (raw) =>
    raw.prepare('select address, channel, reason from address_suppressions').raw().all(),
  );

function reading<T>(path: string, work: (raw: Sqlite.Database) => T): T {
  const raw = new Sqlite(path, { readonly: true });
  try {
    return work(raw);
  } finally {
    raw.close();
  }
}

function addContact(raw: Sqlite.Database, email: string): void {
  raw.prepare('insert into contacts (email, created_at, updated_at) values (?, 0, 0)').run(email);
}

/** All that the store is, but for what tells one life from another. */
function rowsIn(path: string): unknown {
  return reading(path, (raw) => contentsOf(raw).rows);
}

describe('a backup', () => {
  test('is the store, one file, for its owner alone, and named by time in a folder', async () => {
    const previous = process.umask(0o022);
    const { path, version, contacts, bytes } = await backup().finally(() =>
      process.umask(previous),
    );
    expect(path).toBe(join(folder, 'crm.db.backup-20260301T100000Z'));
    expect([statSync(path).mode & 0o777, statSync(path).size, contacts]).toEqual([
      0o600,
      bytes,
      12,
    ]);
    expect(rowsIn(path)).toEqual(rowsIn(fixture.path));
    expect(
      reading(path, (raw) => [
        raw.pragma('journal_mode', { simple: true }),
        raw.pragma('integrity_check', { simple: true }),
        raw.pragma('user_version', { simple: true }),
      ]),
    ).toEqual(['delete', 'ok', version]);
    expect(readdirSync(folder)).toEqual(['crm.db.backup-20260301T100000Z']);
  });

  test('ends beside a writer that never pauses, and holds a state of one moment', async () => {
    fixture.raw.exec(
      'create table noise (a, b); insert into noise select value, zeroblob(2000) ' +
        'from json_each(json_array(1)), (with recursive n(i) as (select 1 union all ' +
        'select i + 1 from n where i < 20000) select i from n)',
    );
    const writer = spawn(
      process.execPath,
      [
        '-e',
        `const db = new (require('better-sqlite3'))(${JSON.stringify(fixture.path)}); ` +
          `process.stdout.write('.'); for (;;) db.exec("begin immediate; update contacts ` +
          'set points = points + 1; update noise set a = a + 1 where rowid % 1000 = 0; commit")',
      ],
      { cwd: process.cwd() },
    );
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      const { path } = await backup();
      expect(
        reading(path, (raw) =>
          raw.prepare('select count(distinct points - id) from contacts').pluck().get(),
        ),
      ).toBe(
        reading(fixture.path, (raw) =>
          raw.prepare('select count(distinct points - id) from contacts').pluck().get(),
        ),
      );
      expect(writer.exitCode).toBeNull();
    } finally {
      writer.kill('SIGKILL');
      await new Promise((resolve) => writer.once('close', resolve));
    }
  });

  test('does not take the place of another file', async () => {
    writeFileSync(join(folder, 'mine'), 'mine');
    await expect(backup({ target: join(folder, 'mine') })).rejects.toMatchObject({
      code: 'BACKUP_EXISTS',
      exit: 73,
    });
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    await expect(backup({ target: join(folder, 'dangling') })).rejects.toMatchObject({
      code: 'BACKUP_EXISTS',
      exit: 73,
    });
    await expect(backup({ target: '/dev/null' })).rejects.toMatchObject({
      code: 'NO_OUTPUT',
      exit: 73,
      message: '/dev/null is a device, where the backup is to be a file of its own',
    });
    await expect(backup({ target: join(folder, 'none', 'b.db') })).rejects.toMatchObject({
      exit: 73,
    });
    await expect(backup({ target: `${folder}/none/` })).rejects.toMatchObject({ exit: 73 });
    await expect(backup({ target: join(folder, 'b.db'), keep: 2 })).rejects.toMatchObject({
      exit: 2,
    });
    expect([readFileSync(join(folder, 'mine'), 'utf8'), readdirSync(folder).sort()]).toEqual([
      'mine',
      ['dangling', 'mine'],
    ]);
  });

  test('takes no name of the store, by whatever way', async () => {
    symlinkSync(fixture.path, join(folder, 'link'));
    await expect(backup({ target: join(folder, 'link') })).rejects.toMatchObject({
      code: 'SAME_FILE',
      exit: 2,
    });
    symlinkSync(fixture.folder, join(folder, 'linked'));
    for (const name of [...NAMES_OF_STORE, 'crm.db']) {
      const named = `the backup ${join(folder, 'linked', name)} is `;
      const refused = backup({ target: join(folder, 'linked', name) });
      await expect(refused, name).rejects.toMatchObject({
        code: 'SAME_FILE',
        exit: 2,
        message: expect.stringContaining(named) as string,
      });
    }
    expect(readdirSync(folder).sort()).toEqual(['link', 'linked']);
  });

  test('has no name that could not be restored', async () => {
    const refused = backup({ target: join(folder, 'kept.db ') });
    await expect(refused).rejects.toMatchObject({ code: 'BAD_NAME', exit: 2 });
  });

  test('drops the oldest of this store, and nothing else', async () => {
    const other = await sqliteFixture();
    await backupStore(other.path, { target: folder, now: NOW - 9 * SECOND });
    await other.cleanup();
    writeFileSync(join(folder, 'crm.db.backup-20200101T000000Z'), 'no store');
    copyFileSync(fixture.path, join(folder, 'crm.db.backup-v3-20200101T000000Z'));
    symlinkSync(fixture.path, join(folder, 'crm.db.backup-20210101T000000Z'));
    const strangers = readdirSync(folder).sort();
    for (const second of [0, 1, 2]) await backup({ now: NOW + second * SECOND });
    const { dropped } = await backup({ now: NOW + 3 * SECOND, keep: 2 });
    expect(dropped).toEqual(
      ['0', '1'].map((second) => join(folder, `crm.db.backup-20260301T10000${second}Z`)),
    );
    expect(readdirSync(folder).sort()).toEqual(
      [...strangers, 'crm.db.backup-20260301T100002Z', 'crm.db.backup-20260301T100003Z'].sort(),
    );
    // a clock that went back: the new one stays all the same
    expect((await backup({ now: NOW - 4 * SECOND, keep: 1 })).dropped.length).toBe(2);
    expect(existsSync(join(folder, 'crm.db.backup-20260301T095956Z'))).toBe(true);
  });

  test('of a damaged store is none, and drops none', async () => {
    await backup();
    const damagedPath = join(folder, 'crm.db');
    fixture.raw.pragma('wal_checkpoint(truncate)');
    copyFileSync(fixture.path, damagedPath);
    const bytes = readFileSync(damagedPath);
    const root =
      fixture.raw
        .prepare<[], number>("select rootpage from sqlite_schema where name = 'contacts'")
        .pluck()
        .get() ?? 0;
    bytes.fill(0xff, (root - 1) * 4096, root * 4096);
    writeFileSync(damagedPath, bytes);
    await expect(
      backupStore(damagedPath, { target: folder, now: NOW + SECOND, keep: 1 }),
    ).rejects.toMatchObject({
      code: 'DAMAGED',
      exit: 69,
      hint: `earlier backups were left alone; restore the last one: rollcall restore FILE --db ${damagedPath}`,
    });
    expect(readdirSync(folder).sort()).toEqual(['crm.db', 'crm.db.backup-20260301T100000Z']);
  });

  test('says what shells have left in the store', async () => {
    fixture.raw.pragma('foreign_keys = off');
    fixture.raw.exec(
      "update segments set members = 1000 where alias = 'cold'; update contacts set company_id = 99 where id = 1",
    );
    expect((await backup()).warnings).toEqual([
      '1 row names a row that does not exist',
      '1 segment does not count as many members as there are',
    ]);
  });

  const place = mkdtempSync(join(tmpdir(), 'rollcall-disk-'));
  const canMount =
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', place]).status === 0;
  if (canMount) execFileSync('umount', [place]);
  rmSync(place, { recursive: true });
  test.skipIf(!canMount)('on a full disk leaves nothing there (74)', async () => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', disk]);
    try {
      await expect(backup({ target: disk })).rejects.toMatchObject({
        code: 'DISK_FULL',
        exit: 74,
        message: expect.stringContaining(`written to ${disk}/crm.db.backup-`) as string,
      });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('a restore', () => {
  test('is seen by whoever has the store open, who goes on writing into it', async () => {
    const { path } = await backup();
    addContact(fixture.raw, 'late@example.org');
    const reader = new Sqlite(fixture.path);
    reader.exec('begin');
    expect(countIn(reader)).toBe(13);
    const { isReplaced, contacts } = await restore(path);
    expect([isReplaced, contacts, countIn(reader)]).toEqual([false, 12, 13]); // its snapshot
    reader.exec('commit');
    expect(countIn(reader)).toBe(12);
    addContact(reader, 'later@example.org');
    reader.close();
    expect(contactsIn(fixture.path)).toBe(13);
    const later = fixture.raw.prepare("select id from contacts where email = 'later@example.org'");
    expect(later.pluck().get()).toBe(14); // 13 was given out before
    expect(fixture.raw.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  test('brings everybody back, keeps the store that was there, and leaves nothing else', async () => {
    const { path } = await backup();
    const before = rowsIn(fixture.path) as { contacts: unknown };
    addContact(fixture.raw, 'late@example.org');
    const { kept } = await restore(path);
    expect((rowsIn(fixture.path) as { contacts: unknown }).contacts).toEqual(before.contacts);
    expect(contactsIn(kept ?? '')).toBe(13);
    expect(statSync(kept ?? '').mode & 0o777).toBe(statSync(fixture.path).mode & 0o777);
    expect(
      readdirSync(fixture.folder).filter(
        (name) => !/^crm\.db(-wal|-shm|\.lock|\.before-restore-20260301T100000Z)?$/.test(name),
      ),
    ).toEqual([]);
  });

  test('loses nothing that is committed while it works', async () => {
    const { path } = await backup();
    let asked = 0;
    const { kept } = await restore(path, {
      confirm: async () => {
        asked += 1;
        addContact(fixture.raw, 'while@example.org');
      },
    });
    expect([asked, contactsIn(kept ?? ''), contactsIn(fixture.path)]).toEqual([1, 13, 12]);
  });

  test('waits for a run (75), and for what is not agreed to changes nothing', async () => {
    const { path } = await backup();
    const lock = await fixture.store.lockRuns(0);
    await expect(restore(path)).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    await lock?.release();
    const before = rowsIn(fixture.path);
    await expect(
      restore(path, { confirm: async () => Promise.reject(new Error('no')) }),
    ).rejects.toThrow('no');
    expect([
      rowsIn(fixture.path),
      readdirSync(fixture.folder).filter((name) => !/^crm\.db(-wal|-shm|\.lock)?$/.test(name)),
    ]).toEqual([before, []]);
  });

  test('of what is no backup is refused', async () => {
    writeFileSync(join(folder, 'text'), 'no database, but longer than a header '.repeat(100));
    writeFileSync(join(folder, 'empty'), '');
    new Sqlite(join(folder, 'foreign')).exec('create table t (a)').close();
    for (const name of ['text', 'empty', 'foreign'])
      await expect(restore(join(folder, name)), name).rejects.toMatchObject({
        code: 'BAD_BACKUP',
        exit: 65,
      });
    await expect(restore(join(folder, 'none'))).rejects.toMatchObject({
      code: 'NO_INPUT',
      exit: 66,
    });
    await expect(restore(folder)).rejects.toMatchObject({ exit: 65 });
    expect(contactsIn(fixture.path)).toBe(12);
  });

  test('of the store itself or what stands beside it is refused', async () => {
    await expect(restore(fixture.path)).rejects.toMatchObject({ code: 'SAME_FILE', exit: 2 });
    for (const suffix of ['-wal', '-shm', '.lock']) {
      writeFileSync(`${fixture.path}${suffix}`, '', { flag: 'a' });
      await expect(restore(`${fixture.path}${suffix}`), suffix).rejects.toMatchObject({
        code: 'SAME_FILE',
        exit: 2,
      });
    }
    linkSync(fixture.path, join(folder, 'same'));
    await expect(restore(join(folder, 'same'))).rejects.toMatchObject({ exit: 2 });
    expect(contactsIn(fixture.path)).toBe(12);
  });

  test('of a newer version or of a torn file is refused', async () => {
    const { path } = await backup();
    const newer = new Sqlite(path);
    newer.pragma('user_version = 999');
    newer.close();
    await expect(restore(path)).rejects.toMatchObject({ code: 'NEWER_STORE', exit: 69 });
    const torn = (await backup({ now: NOW + SECOND })).path;
    truncateSync(torn, statSync(torn).size - 4096 * 8);
    await expect(restore(torn)).rejects.toMatchObject({ code: 'BAD_BACKUP', exit: 65 });
    expect(contactsIn(fixture.path)).toBe(12);
  });

  test('carries suppressions over to whoever may be the same person', async () => {
    const { path } = await backup();
    fixture.raw.exec(`
      update contacts set email = 'moved@example.org' where id = 2;
      insert into contacts (id, email, member_no, created_at, updated_at)
        values (50, 'stranger@example.org', null, 77, 0), (51, 'gone@example.org', null, 77, 0);
      delete from contacts where id in (3, 4);
      insert into contacts (id, email, member_no, created_at, updated_at) select 60, null, 'm2', 77, 0;
      insert into suppressions (contact_id, channel, reason, created_at)
        values (2, 'email', 'unsubscribed', 5), (5, 'sms', 'manual', 6),
          (50, 'email', 'bounced', 7), (60, 'email', 'bounced', 8)`);
    const own = new Sqlite(path);
    own.exec(
      "insert into contacts (id, email, created_at, updated_at) values (50, 'somebody-else@example.org', 1, 0)",
    );
    own.close();
    const { suppressions } = await restore(path);
    expect(suppressionsIn(fixture.path)).toEqual([
      [1, 'email', 'bounced'],
      [2, 'email', 'unsubscribed'],
      [3, 'email', 'bounced'],
      [5, 'sms', 'manual'],
    ]);
    // the stranger's waits for the address
    expect(suppressions).toEqual({ carried: 3, unplaced: 0, fieldless: [] });
    expect(addressesIn(fixture.path)).toContainEqual(['stranger@example.org', 'email', 'bounced']);
  });

  test('knows a person by all unique fields, as their values compare', async () => {
    await fixture.store.write(async (tx) =>
      editField(tx, 'contact', 'phone', { unique: true }, NOW),
    );
    fixture.raw.exec(`
      insert into contacts (id, email, phone, created_at, updated_at)
        values (70, 'Éva@example.org', null, 1, 0), (71, null, '+33 1 23 45', 1, 0)`);
    const { path } = await backup();
    fixture.raw.exec(`
      delete from contacts where id in (70, 71);
      insert into contacts (id, email, phone, created_at, updated_at)
        values (80, 'éva@example.org', null, 2, 0), (81, null, '+331(23)45', 2, 0);
      insert into suppressions (contact_id, channel, reason, created_at)
        values (80, 'email', 'unsubscribed', 5), (81, 'sms', 'manual', 6)`);
    expect((await restore(path)).suppressions).toMatchObject({ carried: 2, unplaced: 0 });
    expect(suppressionsIn(fixture.path)).toEqual(
      expect.arrayContaining([
        [70, 'email', 'unsubscribed'],
        [71, 'sms', 'manual'],
      ]),
    );
  });

  test('knows the same person by whatever is unique, as filters compare', async () => {
    await fixture.store.write(async (tx) => {
      await editField(tx, 'contact', 'phone', { unique: true }, NOW);
    });
    const people = `
      (70, null, 'É7', null, 1, 0), (71, null, null, '+33 612', 1, 0),
      (72, 'É72@x.example', null, null, 1, 0), (73, 'kim@bücher.example', null, null, 1, 0)`;
    const columns = '(id, email, member_no, phone, created_at, updated_at)';
    fixture.raw.exec(`insert into contacts ${columns} values ${people}`);
    const { path } = await backup();
    fixture.raw.exec(`
      delete from contacts where id >= 70;
      insert into contacts ${columns} values
        (80, null, 'é7', null, 2, 0), (81, null, null, '0033612', 2, 0);
      insert into suppressions select id, 'sms', 'manual', 5 from contacts where id >= 80;
      insert into address_suppressions values
        ('é72@x.example', 'email', 'bounced', 6),
        ('kim@xn--bcher-kva.example', 'email', 'manual', 7)`);
    expect((await restore(path)).suppressions).toMatchObject({ unplaced: 0 });
    expect(suppressionsIn(fixture.path)).toEqual(
      expect.arrayContaining([
        [70, 'sms', 'manual'],
        [71, 'sms', 'manual'],
        [72, 'email', 'bounced'],
        [73, 'email', 'manual'],
      ]),
    );
  });

  test('carries them over in whatever way an address or a unique value is written', async () => {
    fixture.raw.exec(`
      update fields set is_unique = 1 where object = 'contact' and alias = 'phone';
      update contacts set email = 'JÖRG@example.org' where id = 2;
      update contacts set email = 'kim@bücher.example' where id = 3;
      update contacts set email = null, phone = '+33 6 12' where id = 4;
      update contacts set email = null, member_no = 'É7' where id = 5`);
    const { path } = await backup();
    fixture.raw.exec(`
      delete from contacts where id between 2 and 5;
      insert into contacts (id, email, phone, member_no, created_at, updated_at)
        values (52, 'jörg@example.org', null, null, 77, 0),
          (53, 'kim@xn--bcher-kva.example', null, null, 77, 0),
          (54, null, '0033612', null, 77, 0), (55, null, null, 'é7', 77, 0);
      delete from suppressions;
      insert into suppressions (contact_id, channel, reason, created_at)
        select id, 'sms', 'manual', 5 from contacts where id between 52 and 55`);
    const { suppressions } = await restore(path);
    expect(suppressions).toMatchObject({ carried: 4, unplaced: 0 });
    expect(suppressionsIn(fixture.path)).toEqual(
      expect.arrayContaining([2, 3, 4, 5].map((id) => [id, 'sms', 'manual'])),
    );
  });

  test('of an older version brings it up to date', async () => {
    const { gunzipSync } = await import('node:zlib');
    writeFileSync(
      join(folder, 'old.db'),
      gunzipSync(readFileSync(new URL('versions/1.db.gz', import.meta.url))),
    );
    expect((await restore(join(folder, 'old.db'))).version).toBe(1);
    const store = await openStore(fixture.path);
    expect(
      (await updateSegments(store, { segments: [], now: NOW })).reports.map(({ reason }) => reason),
    ).toEqual(Array.from({ length: 3 }, () => 'the store was restored or copied'));
    await store.close();
  });

  test('exchanges a damaged store after asking twice, with its log', async () => {
    const { path } = await backup();
    const store = join(folder, 'crm.db');
    copyFileSync(path, store);
    writeFileSync(store, Buffer.concat([Buffer.alloc(100, 7), readFileSync(store).subarray(100)]), {
      mode: 0o640,
    });
    writeFileSync(`${store}-wal`, 'the log of another');
    const asked: string[] = [];
    const request = {
      file: path,
      now: NOW,
      confirm: async (question: string) => void asked.push(question),
    };
    const { kept, isReplaced, suppressions } = await restoreStore(store, request);
    expect([isReplaced, suppressions, asked.length, asked[0]]).toEqual([
      true,
      null,
      2,
      expect.stringContaining(
        'is damaged (file is not a database) and can only be exchanged: ' +
          'programs that have it open must be stopped first',
      ),
    ]);
    expect([
      contactsIn(store),
      existsSync(kept ?? ''),
      existsSync(`${store}-wal`),
      existsSync(`${store}-shm`),
    ]).toEqual([12, true, false, false]);
    rmSync(store);
    writeFileSync(`${store}-wal`, 'orphaned');
    expect(await restoreStore(store, { ...request, now: NOW + SECOND })).toMatchObject({
      kept: null,
      isReplaced: true,
      suppressions: { carried: 0, unplaced: 0 },
    });
    expect([
      contactsIn(store),
      readFileSync(`${store}.before-restore-20260301T100001Z-wal`, 'utf8'),
    ]).toEqual([12, 'orphaned']);
  });
});

describe('what a backup and a restore make', () => {
  const isRoot = process.geteuid?.() === 0;
  const OWNER = 65_534;
  /**
   * What stands in the folder while each part of the work is done: its kind, mode, and name without
   * what is random.
   */
  const seenIn =
    (place: string, seen: Set<string>): BackupRequest['watch'] =>
    async (_label, work) => {
      for (const name of readdirSync(place)) {
        const { mode } = statSync(join(place, name));
        if (name.includes('.new-')) seen.add(`${name.replace(/-\w{6}$/, '')} ${mode.toString(8)}`);
      }
      return work(() => undefined);
    };

  test('is made in folders that nobody else can enter, under names that nobody knows before', async () => {
    const seen = new Set<string>();
    const { path } = await backup({ watch: seenIn(folder, seen) });
    await restore(path, { watch: seenIn(fixture.folder, seen) });
    expect([...seen]).toEqual(['crm.db.backup-20260301T100000Z.new 40700', 'crm.db.new 40700']);
  });

  test.skipIf(!isRoot)('belongs to the owner of the store', async () => {
    chownSync(fixture.path, OWNER, OWNER);
    const { path } = await backup();
    const { kept } = await restore(path);
    expect([path, kept ?? '', fixture.path].map((file) => statSync(file).uid)).toEqual([
      OWNER,
      OWNER,
      OWNER,
    ]);
  });

  test('comes from nothing that somebody else put beside the backup', async () => {
    const { path } = await backup();
    symlinkSync(`${fixture.path}-wal`, `${path}-wal`);
    await expect(restore(path)).rejects.toMatchObject({ code: 'NOT_A_FILE', exit: 69 });
    expect(existsSync(`${path}-wal`)).toBe(true);
  });
});

describe('a store that is put in place by hand', () => {
  const update = async (path = fixture.path): Promise<string[]> => {
    const store = await openStore(path);
    const lock = await store.lockRuns(0);
    const { reports } = await updateSegments(store, { segments: [], now: NOW });
    await lock?.release();
    await store.close();
    return reports
      .filter(({ alias }) => alias === 'rich')
      .map(({ mode, reason }) => `${String(mode)}: ${String(reason)}`);
  };
  beforeEach(async () => {
    await fixture.store.write(async (tx) =>
      createSegment(tx, { name: 'Rich', where: 'points > 3' }, { now: NOW, by: null }),
    );
    await update();
  });
  const inOneFile = (): void => {
    fixture.raw.pragma('wal_checkpoint(truncate)');
  };

  test('is as it was while nobody does that', async () => {
    expect(await update()).toEqual(['skip: nothing changed']);
  });

  test('is noticed by the next update, as is a copy of it, and a lock file gone or garbage', async () => {
    const restored = (line: string): boolean => line === 'full: the store was restored or copied';
    inOneFile();
    copyFileSync(fixture.path, join(folder, 'copy.db'));
    await update();
    await fixture.store.close();
    fixture.raw.close();
    const life = reading(fixture.path, (raw) =>
      raw.prepare('select timeline from capture').pluck().get(),
    ) as string;
    copyFileSync(join(folder, 'copy.db'), fixture.path);
    expect((await update()).every(restored)).toBe(true);
    const later = reading(fixture.path, (raw) =>
      raw.prepare('select timeline from capture').pluck().get(),
    ) as string;
    expect([later === life, later.slice(0, 16) === life.slice(0, 16)]).toEqual([false, true]);
    expect((await update()).some(restored)).toBe(false);
    rmSync(`${fixture.path}.lock`);
    expect((await update()).every(restored)).toBe(true);
    expect((await update(join(folder, 'copy.db'))).every(restored)).toBe(true);
  });

  test('by cp beside the log of another is mended by a restore', async () => {
    inOneFile();
    const { path } = await backup();
    const stale = join(folder, 'stale-wal');
    fixture.raw.exec(`update contacts set points = 99;
      insert into events (contact_id, type, occurred_at) select id, 'x', 1 from contacts`);
    copyFileSync(`${fixture.path}-wal`, stale);
    await fixture.store.close();
    fixture.raw.close();
    copyFileSync(path, fixture.path);
    copyFileSync(stale, `${fixture.path}-wal`);
    expect(
      reading(fixture.path, (raw) => raw.prepare('select min(points) from contacts').pluck().get()),
    ).toBe(99); // the old log was played over it
    await restore(path);
    expect(
      reading(fixture.path, (raw) => [
        raw.prepare('select min(points) < 99 from contacts').pluck().get(),
        raw.pragma('integrity_check', { simple: true }),
      ]),
    ).toEqual([1, 'ok']);
    expect(await update()).toContain('full: the store was restored or copied');
  });
});

describe('a file that is exchanged under a command', () => {
  const refused = (what: string) => ({
    name: 'UserError',
    code: 'REPLACED',
    exit: 69,
    message: expect.stringContaining(what) as string,
  });
  const reading1 = async (): Promise<unknown> =>
    fixture.store.read(async (tx) => tx.contacts.count({}));
  const writing1 = async (): Promise<unknown> =>
    fixture.store.write(async (tx) => tx.contacts.insert({ city: 'x' }, NOW));

  test.each<[string, string, () => void]>([
    ['deleted', 'is not there any more', () => rmSync(fixture.path)],
    ['moved', 'is not there any more', () => renameSync(fixture.path, `${fixture.path}.away`)],
    [
      'replaced by another',
      'is another file',
      () => renameSync(join(folder, 'b.db'), fixture.path),
    ],
    ['robbed of its log', 'has lost its log', () => rmSync(`${fixture.path}-wal`)],
  ])('%s: neither reads nor writes go on', async (_, what, exchange) => {
    await backup({ target: join(folder, 'b.db') });
    await reading1();
    exchange();
    await expect(reading1()).rejects.toMatchObject(refused(what));
    await expect(writing1()).rejects.toMatchObject(refused(what));
  });

  test('acknowledges nothing written meanwhile, and plays no old log over the new file', async () => {
    await backup({ target: join(folder, 'b.db') });
    fixture.raw.close();
    const writing = fixture.store.write(async (tx) => {
      await tx.contacts.insert({ city: 'lost' }, NOW);
      renameSync(join(folder, 'b.db'), fixture.path);
    });
    await expect(writing).rejects.toMatchObject(refused('is another file'));
    await fixture.store.close();
    expect(contactsIn(fixture.path)).toBe(12);
    expect(reading(fixture.path, (raw) => raw.pragma('integrity_check', { simple: true }))).toBe(
      'ok',
    );
  });

  test('written over: what was written before is not played over it', async () => {
    const { path } = await backup();
    fixture.raw.close();
    const store = await openStore(fixture.path, { isOnly: true });
    await store.write(async (tx) => tx.contacts.insert({ city: 'x' }, NOW));
    copyFileSync(path, fixture.path);
    await expect(store.read(async (tx) => tx.contacts.count({}))).rejects.toMatchObject(
      refused('was written over'),
    );
    await store.close();
    await fixture.store.close();
    expect([
      contactsIn(fixture.path),
      reading(fixture.path, (raw) => raw.pragma('integrity_check', { simple: true })),
    ]).toEqual([12, 'ok']);
  });

  test('is no such thing while SQLite folds the log in, changes the schema or vacuums', async () => {
    const store = await openStore(fixture.path, { isOnly: true });
    for (const statement of [
      'update contacts set points = 1; pragma wal_checkpoint(truncate)',
      'create table more (a)',
      'pragma wal_checkpoint(passive)',
      'vacuum',
      'pragma wal_checkpoint(truncate)',
      'drop table more',
    ]) {
      fixture.raw.exec(statement);
      expect(await store.read(async (tx) => tx.contacts.count({})), statement).toBe(12);
    }
    await store.close();
  });

  test('and a restore ends what goes on over several transactions', async () => {
    const { path } = await backup();
    await reading1();
    await restore(path);
    await expect(reading1()).rejects.toMatchObject(refused('was restored from a backup'));
    const store = await openStore(fixture.path);
    const { segments } = await verifySegments(store, { segments: [], now: NOW });
    expect(segments.length).toBe(2);
    await store.close();
  });
});
