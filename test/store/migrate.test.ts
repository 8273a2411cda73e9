import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { triggersOf } from '../../src/store/sqlite/delta/capture.ts';
import { SCHEMA_VERSION } from '../../src/store/sqlite/connection/connect.ts';
import { transacting } from '../../src/store/sqlite/connection/transacting.ts';
import { SqliteSession } from '../../src/store/sqlite/session.ts';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import { applyMigrations, readMigrations } from '../../src/store/sqlite/migration/migrations.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { contentsOf, fillStore } from './filled-store.ts';
import { NOW } from './conformance/fixture.ts';
import { type SqliteFixture, sqliteFixture } from './sqlite-fixture.ts';

const ADDING = [
  'alter table contacts add column nickname text collate nocase',
  "alter table segments add column colour text not null default 'red'",
  'create table notes (id integer primary key autoincrement, contact_id integer not null, text text not null) strict',
  'create index notes_contact on notes (contact_id)',
];
/**
 * As drizzle-kit would change a column: a new table, the known columns copied, the old one dropped,
 * the new one renamed.
 */
const REBUILDING = [
  'create table __new_contacts (id integer primary key autoincrement, ' +
    'email text collate nocase unique, points real default 0, company_id integer, ' +
    'created_at integer not null, updated_at integer not null)',
  'drop trigger suppressed_address_insert',
  'drop trigger suppressed_address_update',
  'drop trigger suppressed_address_delete',
  'drop trigger capture_wishes_noted',
  'drop trigger capture_wishes_lifted',
  'drop trigger capture_wishes_changed',
  'insert into __new_contacts select id, email, points, company_id, created_at, updated_at from contacts',
  'drop view segment_members',
  'drop view by_the_user',
  'drop table contacts',
  'alter table __new_contacts rename to contacts',
];
const ANEW = [
  'create table __new_audit (id integer primary key autoincrement, at integer not null, ' +
    'by text, action text not null, object text not null, detail text, command text, ' +
    'object_id integer, more text) strict',
  'insert into __new_audit select *, null from audit',
  'drop table audit',
  'alter table __new_audit rename to audit',
];
/** The copy is aside, so that the new table may take over the old one's pages. */
const COPYING_BACK = [
  'create table copy as select * from tags',
  'drop table tags',
  'create table tags (id integer primary key autoincrement, ' +
    'name text not null collate nocase unique, created_at integer not null) strict',
  'insert into tags select * from copy',
  'drop table copy',
];

const NEXT = SCHEMA_VERSION + 1;
const BACKUP = `crm.db.backup-v${SCHEMA_VERSION}-20260301T100000Z`;

let fixture: SqliteFixture;
let folder = '';
beforeEach(async () => {
  fixture = await sqliteFixture();
  await fillStore(fixture.store, fixture.raw);
  folder = mkdtempSync(join(tmpdir(), 'rollcall-migrations-'));
});
afterEach(async () => {
  await fixture.cleanup();
  rmSync(folder, { recursive: true });
});

/** The package's migrations and one more. */
function withMigration(statements: readonly string[]): string {
  cpSync(new URL('../../drizzle', import.meta.url), folder, { recursive: true });
  writeFileSync(join(folder, '9999_test.sql'), statements.join(';\n--> statement-breakpoint\n'));
  const journal = join(folder, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as {
    entries: { idx: number; when: number }[];
  };
  const next = {
    ...entries.at(-1),
    idx: entries.length,
    when: entries.at(-1)!.when + 1,
    tag: '9999_test',
  };
  writeFileSync(journal, JSON.stringify({ ...rest, entries: [...entries, next] }));
  return folder;
}

/** As the first so many migrations made it. What today's code forgets beside them is not there. */
async function makeOlder(raw: Sqlite.Database, migrations: number): Promise<void> {
  raw.exec('create temp table member_changes (epoch); create temp table value_suppressions (id)');
  await transacting(raw, async () =>
    applyMigrations(new SqliteSession(raw), readMigrations().slice(0, migrations), 0),
  );
  // of the triggers of today, the one that needs tables which an older store has not
  raw.exec('drop trigger if exists capture_contacts_anew');
  raw.exec('drop table temp.member_changes; drop table temp.value_suppressions');
}

const version = (raw: Sqlite.Database): unknown => raw.pragma('user_version', { simple: true });
const files = (): string[] =>
  readdirSync(fixture.folder).filter((name) => !/-(wal|shm)$|\.lock$/.test(name));

describe('a store that lacks a migration', () => {
  test('gets it, and keeps everything it had', async () => {
    const before = contentsOf(fixture.raw);
    for (const [table, rows] of Object.entries(before.rows))
      expect([table, rows.length > 0]).toEqual([table, true]);
    const { from, to, backup } = await migrateStore(fixture.path, {
      now: NOW,
      folder: withMigration(ADDING),
    });
    expect({ from, to, backup: basename(backup!) }).toEqual({
      from: SCHEMA_VERSION,
      to: NEXT,
      backup: BACKUP,
    });
    const after = contentsOf(fixture.raw);
    expect(version(fixture.raw)).toBe(NEXT);
    for (const [table, rows] of Object.entries(before.rows)) {
      const added = { contacts: { nickname: null }, segments: { colour: 'red' } }[table] ?? {};
      expect([table, after.rows[table]]).toEqual([
        table,
        rows.map((row) => ({ ...(row as object), ...added })),
      ]);
    }
    const altered = new Set(['contacts', 'segments', 'sqlite_sequence']);
    for (const [name, sql] of Object.entries(before.schema))
      if (!altered.has(name)) expect([name, after.schema[name]]).toEqual([name, sql]);
    expect(
      Object.keys(after.schema)
        .filter((name) => !(name in before.schema))
        .sort(),
    ).toEqual(['notes', 'notes_contact']);
    expect(fixture.raw.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(fixture.raw.pragma('foreign_key_check')).toEqual([]);
  });

  test('has its capture restored, and forgets what it had logged', async () => {
    fixture.raw.exec('drop trigger capture_events_delete');
    const epoch = fixture.raw.prepare('select epoch from capture').pluck().get() as number;
    await migrateStore(fixture.path, { now: NOW, folder: withMigration(ADDING) });
    const { standing, wanted } = await triggersOf(new SqliteSession(fixture.raw));
    expect(standing).toEqual(wanted);
    expect(standing.get('capture_contacts_before_insert')).toContain('"member_no"');
    expect(
      fixture.raw
        .prepare(
          'select epoch > ?, schema_version = (select schema_version from pragma_schema_version) from capture',
        )
        .raw()
        .get(epoch),
    ).toEqual([1, 1]);
    expect(fixture.raw.prepare('select count(*) from contact_changes').pluck().get()).toBe(0);
  });

  test('stands beside its backup, which is the store as it was', async () => {
    const before = contentsOf(fixture.raw);
    const previous = process.umask(0o022);
    const { backup } = await migrateStore(fixture.path, {
      now: NOW,
      folder: withMigration(ADDING),
    }).finally(() => process.umask(previous));
    expect(statSync(backup!).mode & 0o777).toBe(0o600);
    const copy = new Sqlite(backup);
    expect(contentsOf(copy)).toEqual(before);
    expect([version(copy), copy.pragma('integrity_check', { simple: true })]).toEqual([
      SCHEMA_VERSION,
      'ok',
    ]);
    copy.close();
    const store = await openStore(backup!);
    expect(await store.read(async (tx) => tx.contacts.count({}))).toBe(12);
    await store.close();
  });

  test.skipIf(process.geteuid?.() !== 0)(
    'gives the backup that root makes to the owner of the store',
    async () => {
      chownSync(fixture.path, 65_534, 65_534);
      const { backup } = await migrateStore(fixture.path, {
        now: NOW,
        folder: withMigration(ADDING),
      });
      expect(statSync(backup!)).toMatchObject({ uid: 65_534, gid: 65_534 });
      expect(statSync(backup!).mode & 0o777).toBe(0o600);
    },
  );

  test('reached by a link is migrated where it is', async () => {
    symlinkSync('crm.db', join(fixture.folder, 'link.db'));
    const { backup } = await migrateStore(join(fixture.folder, 'link.db'), {
      now: NOW,
      folder: withMigration(ADDING),
    });
    expect([version(fixture.raw), existsSync(backup!), basename(backup!)]).toEqual([
      NEXT,
      true,
      BACKUP,
    ]);
  });
});

/** The triggers of the first rollcall in place of today's. */
async function giveFirstTriggers(raw: Sqlite.Database): Promise<void> {
  const first = readFileSync(new URL('../../drizzle/0000_init.sql', import.meta.url), 'utf8').match(
    /^create trigger capture_\w+ [^]*?^end;$/gm,
  )!;
  expect(first).toHaveLength(29);
  for (const name of (await triggersOf(new SqliteSession(raw))).standing.keys())
    raw.exec(`drop trigger ${name}`);
  for (const trigger of first) raw.exec(trigger);
}

/** Memberships as they were before they had causes. */
const BEFORE_CAUSES = `
  create temp table old_memberships as select * from memberships;
  create temp table old_history as select * from membership_history;
  drop trigger count_pins_insert; drop trigger count_pins_update; drop trigger count_pins_delete;
  drop view segment_members; drop view segment_causes;
  drop view memberships; drop view membership_history;
  drop trigger suppressed_address_insert; drop trigger suppressed_address_update;
  drop trigger suppressed_address_delete; drop trigger suppressed_contact_insert;
  drop trigger suppressed_contact_update; drop table address_suppressions;
  drop table import_ids; drop table import_tags; drop table import_pins;
  alter table imports drop column merged; alter table imports drop column "left";
  alter table imports drop column imported_by; alter table imports drop column hash;
  alter table imports drop column options; alter table imports drop column kept_since;
  alter table imports drop column undone_at;
  drop table joined; drop table joined_history; drop table causes; drop table cause_words;
  drop table moved; drop table deleted_history; drop table deleted_segments;
  drop table deleted_joined; drop table deleted_pins;
  alter table segment_versions drop column note; alter table segment_versions drop column attributes;
  alter table capture drop column moves_from; alter table capture drop column history_from;
  alter table triggers drop column made_by; alter table triggers drop column event_mark;
  alter table triggers drop column cause_mark; alter table triggers drop column error;
  alter table triggers drop column seen_epoch;
  drop trigger events_fired_deleted; drop table trigger_fired; drop table trigger_above; drop table change_hooks;
  alter table audit drop column command; alter table audit drop column object_id;
  drop table erased_key; drop table value_suppressions;
  drop trigger if exists capture_contacts_anew; drop table former_values; drop table merged_contacts;
  alter table pins drop column cause_id;
  create table memberships (
    segment_id integer not null, contact_id integer not null, since integer not null,
    via text not null, run_id integer, primary key (segment_id, contact_id)
  ) strict, without rowid;
  create table membership_history (
    id integer primary key autoincrement, segment_id integer not null,
    contact_id integer not null, joined_at integer not null, left_at integer not null,
    joined_via text not null, left_via text not null, joined_run integer, left_run integer
  ) strict;
  create index membership_history_contact on membership_history (segment_id, contact_id);
  insert into memberships select * from old_memberships;
  insert into membership_history select * from old_history;
  create view segment_members as select contact_id from memberships;
  drop table old_memberships; drop table old_history`;

describe('a store of version 1', () => {
  /** As the first rollcall made it: the first migration alone. */
  async function firstStore(...statements: string[]): Promise<Sqlite.Database> {
    const raw = new Sqlite(join(folder, 'first.db'));
    await makeOlder(raw, 1);
    await giveFirstTriggers(raw);
    for (const statement of statements) raw.exec(statement);
    return raw;
  }

  test('learns when the members of its segments joined or left last', async () => {
    const segment = (alias: string): string =>
      `insert into segments (alias, name, kind, created_at, updated_at)
        values ('${alias}', '${alias}', 'static', 1, 1)`;
    const raw = await firstStore(
      ...['joined', 'left', 'never'].map(segment),
      'insert into contacts (id, created_at, updated_at) values (1, 0, 0), (2, 0, 0)',
      `insert into memberships (segment_id, contact_id, since, via)
        values (1, 1, 30, 'manual'), (1, 2, 20, 'manual'), (2, 1, 10, 'manual')`,
      `insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via,
          left_via)
        values (1, 2, 5, 25, 'manual', 'manual'), (2, 2, 5, 40, 'manual', 'manual')`,
      "insert into runs (command, now, started_at, status) values ('segments:update', 1, 1, 'ok')",
    );
    await expect(openStore(join(folder, 'first.db'))).rejects.toMatchObject({
      code: 'OLDER_STORE',
    });
    expect(await migrateStore(join(folder, 'first.db'), { now: NOW })).toMatchObject({
      from: 1,
      to: SCHEMA_VERSION,
    });
    expect(
      raw
        .prepare('select alias, moved_at, converted_at, convert_on from segments order by id')
        .raw()
        .all(),
    ).toEqual([
      ['joined', 30, null, null],
      ['left', 40, null, null],
      ['never', null, null, null],
    ]);
    raw.close();
    const store = await openStore(join(folder, 'first.db'));
    expect(await store.read(async (tx) => tx.runs.last('segments:update', 'ok'))).toMatchObject({
      id: 1,
      endedPins: 0,
      converted: 0,
    });
    await store.close();
  });
});

describe('a store of version 2', () => {
  test('gets the triggers of today, and loses nobody whom the old ones had logged', async () => {
    const raw = fixture.raw;
    await giveFirstTriggers(raw);
    raw.exec(BEFORE_CAUSES);
    raw.exec(
      'alter table contact_changes drop column aspects; alter table imports drop column held_out; ' +
        'drop table member_changes',
    );
    for (const name of raw
      .prepare("select name from sqlite_schema where name glob 'bounds_*'")
      .pluck()
      .all())
      raw.exec(`drop trigger ${String(name)}`);
    for (const index of ['contacts_email', 'companies_name', 'tags_name'])
      raw.exec(`drop index odd_${index}`);
    raw.pragma('user_version = 2');
    const gone = raw.prepare('select contact_id from memberships limit 1').pluck().get();
    raw.exec(`pragma foreign_keys = off; delete from contacts where id = ${String(gone)}`);
    expect(await migrateStore(fixture.path, { now: NOW })).toMatchObject({
      from: 2,
      to: SCHEMA_VERSION,
    });
    const { standing, wanted } = await triggersOf(new SqliteSession(raw));
    expect(standing).toEqual(wanted);
    expect(
      raw.prepare('select count(*) from memberships where contact_id = ?').pluck().get(gone),
    ).toBe(0);
    expect(
      raw
        .prepare(
          `select (select count(*) from contact_changes),
              min(pruned_before) = (select epoch from capture)
            from capture_kinds`,
        )
        .raw()
        .get(),
    ).toEqual([0, 1]);
  });
});

describe('a store from before suppressions had a row for each reason', () => {
  const ONE_A_CHANNEL = readMigrations().findIndex(({ sql }) =>
    sql.some((statement) => statement.startsWith('-- rebuilds: suppressions')),
  );
  const path = (): string => join(folder, 'older.db');
  /**
   * Suppressions of two contacts and of one that is gone, and what somebody else hung on the table.
   */
  async function olderStore(...statements: string[]): Promise<Sqlite.Database> {
    const raw = new Sqlite(path());
    await makeOlder(raw, ONE_A_CHANNEL);
    raw.pragma('foreign_keys = off');
    raw.exec(`
      insert into contacts (id, created_at, updated_at) values (1, 0, 0), (2, 0, 0);
      insert into suppressions
        values (1, 'email', 'bounced', 10), (1, 'sms', 'Complaint', 20),
          (2, 'email', 'unsubscribed', 30), (99, 'email', 'manual', 40);
      insert into imports (kind, file, finished_at, "rows", inserted, updated, unchanged,
          rejected)
        values ('contacts', 'a.csv', 0, 1, 1, 0, 0, 0);
      create index of_theirs on suppressions (reason);
      create trigger by_them after insert on suppressions begin
        update contacts set points = points + 1 where id = new.contact_id;
      end;
      create view suppressed_emails as select contact_id from suppressions where channel = 'email'`);
    for (const statement of statements) raw.exec(statement);
    return raw;
  }

  test('keeps every one with its reason, and has room for more', async () => {
    const raw = await olderStore();
    expect(await migrateStore(path(), { now: NOW })).toMatchObject({
      from: ONE_A_CHANNEL,
      to: SCHEMA_VERSION,
    });
    expect(raw.prepare('select * from suppressions').raw().all()).toEqual([
      [1, 'email', 'bounced', 10],
      [1, 'sms', 'Complaint', 20],
      [2, 'email', 'unsubscribed', 30],
      [99, 'email', 'manual', 40],
    ]);
    expect([
      raw.prepare('select points from contacts').pluck().all(),
      raw.prepare('select held_out from imports').pluck().all(),
    ]).toEqual([[0, 0], [0]]);
    const { standing, wanted } = await triggersOf(new SqliteSession(raw));
    expect(standing).toEqual(wanted);
    raw.exec("insert into suppressions values (1, 'email', 'unsubscribed', 50)");
    expect(
      raw.prepare('select contact_id from suppressed_emails order by contact_id').pluck().all(),
    ).toEqual([1, 1, 2, 99]);
    expect(raw.prepare('select points from contacts').pluck().all()).toEqual([1, 0]);
    expect(raw.prepare('select kind, id from contact_changes').raw().all()).toContainEqual([
      'consent',
      1,
    ]);
    expect(() => raw.exec("insert into suppressions values (1, 'EMAIL', 'Bounced', 50)")).toThrow(
      /UNIQUE constraint failed/,
    );
    expect(
      raw
        .prepare(
          "select name from sqlite_schema where tbl_name = 'suppressions' and name not glob 'capture_*' order by name",
        )
        .pluck()
        .all(),
    ).toEqual([
      'bounds_suppressions_insert',
      'bounds_suppressions_update',
      'by_them',
      'of_theirs',
      'suppressed_address_delete',
      'suppressed_address_insert',
      'suppressed_address_update',
      'suppressions',
    ]);
    raw.exec('pragma foreign_keys = on; delete from contacts where id = 1');
    expect(
      raw.prepare('select contact_id from suppressions order by contact_id').pluck().all(),
    ).toEqual([2, 99]);
    raw.close();
  });

  test('is left as it is where somebody else added a column', async () => {
    const raw = await olderStore('alter table suppressions add column note text');
    const refused = migrateStore(path(), { now: NOW });
    await expect(refused).rejects.toMatchObject({
      name: 'UserError',
      code: 'FOREIGN_COLUMNS',
      exit: 1,
      message:
        "the table suppressions has columns that are not rollcall's, and would lose them: note",
    });
    expect([
      version(raw),
      raw.prepare('select count(note is null) from suppressions').pluck().get(),
      readdirSync(folder).filter((name) => name.includes('backup')),
    ]).toEqual([ONE_A_CHANNEL, 4, []]);
    raw.close();
  });

  test('is not emptied by a migration that says it rebuilds', async () => {
    const rebuilding = withMigration([
      '-- rebuilds: audit\nselect 1',
      'drop table audit',
      'create table audit (id integer primary key autoincrement, at integer not null, ' +
        'by text, action text not null, object text not null, detail text, command text, ' +
        'object_id integer) strict',
    ]);
    await expect(migrateStore(fixture.path, { now: NOW, folder: rebuilding })).rejects.toThrow(
      /empties the table audit/,
    );
  });
});

describe('nothing is done', () => {
  test('to a store that is up to date', async () => {
    const before = [
      files(),
      contentsOf(fixture.raw),
      fixture.raw.prepare('select * from capture').get(),
    ];
    expect(await migrateStore(fixture.path, { now: NOW })).toEqual({
      from: SCHEMA_VERSION,
      to: SCHEMA_VERSION,
      backup: undefined,
    });
    expect([
      files(),
      contentsOf(fixture.raw),
      fixture.raw.prepare('select * from capture').get(),
    ]).toEqual(before);
    expect(existsSync(`${fixture.path}.lock`)).toBe(false);
  });

  test('the second time', async () => {
    withMigration(ADDING);
    await migrateStore(fixture.path, { now: NOW, folder });
    const before = files();
    expect(await migrateStore(fixture.path, { now: NOW + 1000, folder })).toEqual({
      from: NEXT,
      to: NEXT,
      backup: undefined,
    });
    expect(files()).toEqual(before);
  });
});

describe('a failure leaves the store as it was, and no backup', () => {
  const failures: [string, readonly string[], RegExp][] = [
    [
      'in the second statement',
      [ADDING[0]!, 'insert into nowhere values (1)'],
      /no such table: nowhere/,
    ],
    [
      'of a migration that makes a table anew',
      REBUILDING,
      /rebuilds or empties the table contacts/,
    ],
    [
      'of a migration that makes a table anew and loses nothing',
      ANEW,
      /rebuilds or empties the table audit/,
    ],
    [
      'of a migration that makes a table anew in its old place',
      COPYING_BACK,
      /rebuilds or empties the table (contact_)?tags/,
    ],
    [
      'of a migration that drops a table',
      ['drop table erased'],
      /rebuilds or empties the table erased/,
    ],
    [
      'of a migration that deletes rows',
      ['delete from audit'],
      /rebuilds or empties the table audit/,
    ],
    [
      'of a migration that drops a column',
      ['alter table companies drop column phone'],
      /rebuilds or empties the table companies/,
    ],
  ];
  test.each(failures)('%s', async (_, statements, message) => {
    const before = [
      files(),
      contentsOf(fixture.raw),
      fixture.raw.prepare('select * from capture').get(),
      version(fixture.raw),
    ];
    await expect(
      migrateStore(fixture.path, { now: NOW, folder: withMigration(statements) }),
    ).rejects.toThrow(message);
    expect([
      files(),
      contentsOf(fixture.raw),
      fixture.raw.prepare('select * from capture').get(),
      version(fixture.raw),
    ]).toEqual(before);
    const lock = await fixture.store.lockRuns(0);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});

describe('it is refused', () => {
  const refused = async (path: string): Promise<unknown> =>
    migrateStore(path, { now: NOW, folder: withMigration(ADDING), busyTimeoutMs: 20 });

  test('while a run is under way (75)', async () => {
    const lock = await fixture.store.lockRuns(0);
    await expect(refused(fixture.path)).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    await lock?.release();
    expect([version(fixture.raw), files()]).toEqual([SCHEMA_VERSION, ['crm.db']]);
  });

  test('while another writes (75)', async () => {
    fixture.raw.exec('begin immediate');
    await expect(refused(fixture.path)).rejects.toMatchObject({ code: 'LOCKED', exit: 75 });
    fixture.raw.exec('rollback');
    expect([version(fixture.raw), files()]).toEqual([SCHEMA_VERSION, ['crm.db']]);
  });

  test('where the backup would stand in the place of another file', async () => {
    const backup = `${fixture.folder}/${BACKUP}`;
    writeFileSync(backup, 'mine');
    await expect(refused(fixture.path)).rejects.toMatchObject({
      name: 'UserError',
      code: 'BACKUP_EXISTS',
      exit: 73,
      message: `the backup would take the place of ${backup}`,
      hint: 'move that file away, or try again in a second',
    });
    expect([version(fixture.raw), readFileSync(backup, 'utf8')]).toEqual([SCHEMA_VERSION, 'mine']);
  });

  test('for a newer store, a missing one, and what is none (69)', async () => {
    fixture.raw.pragma(`user_version = ${NEXT + 1}`);
    await expect(refused(fixture.path)).rejects.toMatchObject({ code: 'NEWER_STORE', exit: 69 });
    await expect(refused(join(fixture.folder, 'none.db'))).rejects.toMatchObject({
      code: 'NO_STORE',
      exit: 69,
    });
    const other = join(fixture.folder, 'other.txt');
    writeFileSync(other, 'x'.repeat(5000));
    await expect(refused(other)).rejects.toMatchObject({ code: 'NOT_A_STORE', exit: 69 });
    expect(files()).toEqual(['crm.db', 'other.txt']);
  });
});
