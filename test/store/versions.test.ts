import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { examineStore } from '../../src/segment/doctor/examine.ts';
import { listMembers } from '../../src/segment/members-list.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import type { Store } from '../../src/store/index.ts';
import { restoreStore } from '../../src/store/sqlite/backup/restore.ts';
import { SCHEMA_VERSION } from '../../src/store/sqlite/connection/connect.ts';
import { migrateStore } from '../../src/store/sqlite/migration/migrate.ts';
import { initStore, openStore } from '../../src/store/sqlite/open.ts';

/*
 * Every schema version that ever landed has a store that the program of its time made
 * (versions/make.js). Each is migrated by the program of today.
 */

const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
const NOW = Date.parse('2026-03-01T08:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'rollcall-versions-'));
const usual = process.umask(0o077); // as the program has it
afterAll(() => {
  process.umask(usual);
  rmSync(folder, { recursive: true });
});

const fixtureOf = (version: number): string =>
  new URL(`versions/${version}.db.gz`, import.meta.url).pathname;

test.each(VERSIONS)(
  'version %d has a stored fixture (if not: npm run build, then node test/store/versions/make.js)',
  (version) => {
    expect(existsSync(fixtureOf(version))).toBe(true);
  },
);

type Rows = Record<string, Record<string, unknown>[]>;

const AGREED = { now: NOW, confirm: async (): Promise<void> => undefined };

/**
 * Deleted in a shell, so that a migration, which forgets what was recorded, takes along what hung
 * on it.
 */
const DELETED = 13;
const COUNTED = ['members', 'anonymous', 'open', 'uses'];

/** All rows but the bookkeeping of changes and migrations. */
function rowsOf(path: string): Rows {
  const raw = new Sqlite(path);
  try {
    const tables = raw
      .prepare<[], string>(
        `select name
          from sqlite_schema
          where (type = 'table' or name in ('memberships', 'membership_history'))
            and name not in ('capture', 'capture_kinds', 'contact_changes', 'member_changes',
              '__drizzle_migrations', 'sqlite_sequence')`,
      )
      .pluck()
      .all();
    return Object.fromEntries(
      tables.map((table) => [
        table,
        raw.prepare(`select * from "${table}" order by 1, 2`).all() as Record<string, unknown>[],
      ]),
    );
  } finally {
    raw.close();
  }
}

/** Its causes say that it left. */
const isOfDeleted = (row: Rows[string][number]): boolean =>
  row['contact_id'] === DELETED || row['via'] === 'deleted';

/** The columns that the older store had; what comes with a migration is beside the point. */
function keptOf(after: Rows, before: Rows): Rows {
  return Object.fromEntries(
    Object.entries(before).map(([table, rows]) => {
      const columns = Object.keys(rows[0] ?? {});
      const kept = (after[table] ?? []).filter((row) => !isOfDeleted(row));
      return [
        table,
        kept.map((row) =>
          Object.fromEntries(
            columns
              .filter((column) => !COUNTED.includes(column))
              .map((column) => [column, row[column]]),
          ),
        ),
      ];
    }),
  );
}

/** A trigger that came within version 10: stores from before have it after their next update. */
function lacking(version: number): string[] {
  return version === 10
    ? ['capture: 1 trigger that records changes missing: capture_contacts_anew']
    : [];
}

/** What is carried over, is built anew, counts on, and tells of the restore itself. */
const OF_ANOTHER_LIFE = [
  ...['address_suppressions', 'value_suppressions', 'suppressions'],
  ...['segments', 'audit', 'erased_key'],
];

/**
 * The schema but for what comes with custom fields: their columns, their indexes and the capture
 * triggers.
 */
function schemaOf(path: string): unknown[] {
  const raw = new Sqlite(path, { readonly: true });
  try {
    return raw
      .prepare(
        `select type, name, tbl_name, iif(type = 'table' and name in ('contacts', 'companies'), null, sql) as sql
         from sqlite_schema
         where sql is not null and name not glob 'capture_*' and name not glob 'field_*'
           and name <> 'odd_contacts_member_no'
         order by type, name`,
      )
      .all();
  } finally {
    raw.close();
  }
}

/** By e-mail address: ids are another store's. */
function suppressionsOf(path: string): unknown[] {
  const raw = new Sqlite(path, { readonly: true });
  try {
    const joined = 'suppressions join contacts on contacts.id = contact_id';
    return raw.prepare(`select email, channel, reason from ${joined} order by 1, 2, 3`).raw().all();
  } finally {
    raw.close();
  }
}

/** What doctor would have one do. */
async function complaintsOf(store: Store): Promise<string[]> {
  const checks = await examineStore(store, { now: NOW, deep: true, staleMs: 1e12 });
  return checks.flatMap(({ id, findings }) =>
    findings
      .filter(({ severity }) => severity !== 'note')
      .map(({ message }) => `${id}: ${message}`),
  );
}

async function complaintsAbout(path: string): Promise<string[]> {
  const store = await openStore(path);
  try {
    return await complaintsOf(store);
  } finally {
    await store.close();
  }
}

/** As somebody changes a store in a shell. */
function changeBehind(path: string, statements: string): void {
  const raw = new Sqlite(path);
  raw.exec(statements);
  raw.close();
}

async function expectVerified(store: Store): Promise<void> {
  const { segments } = await verifySegments(store, { segments: [], now: NOW });
  for (const { alias, missing, extra, counters, error } of segments)
    expect({
      alias,
      wrong: [missing.length, extra.length, counters.length],
      error,
    }).toEqual({ alias, wrong: [0, 0, 0], error: null });
}

describe.each(VERSIONS)('a store of version %d', (version) => {
  let path = '';
  beforeEach(() => {
    path = join(mkdtempSync(join(folder, 'v')), 'crm.db');
    writeFileSync(path, gunzipSync(readFileSync(fixtureOf(version))), { mode: 0o600 });
  });

  test('is what it says, and holds something of everything', () => {
    const raw = new Sqlite(path, { readonly: true });
    expect([
      raw.pragma('user_version', { simple: true }),
      raw.pragma('integrity_check', { simple: true }),
    ]).toEqual([version, 'ok']);
    raw.close();
    const rows = rowsOf(path);
    for (const table of [
      'contacts',
      'companies',
      'tags',
      'contact_tags',
      'events',
      'suppressions',
      'segments',
      'segment_versions',
      'memberships',
      'membership_history',
      'pins',
      'runs',
      'run_segments',
      'settings',
      'fields',
      ...(version < 8 ? [] : ['imports', 'import_ids', 'import_tags', 'address_suppressions']),
      ...(version < 10 ? [] : ['value_suppressions']),
    ]) {
      expect([table, rows[table]?.length], table).not.toEqual([table, 0]);
    }
  });

  test('migrates, keeps all it had, is sound, and goes on recording changes', async () => {
    const before = rowsOf(path);
    const { from, to } = await migrateStore(path, { now: NOW });
    expect([from, to]).toEqual([version, SCHEMA_VERSION]);
    expect(keptOf(rowsOf(path), before)).toEqual(keptOf(before, before));
    const store = await openStore(path);
    try {
      const update = async () => updateSegments(store, { segments: [], now: NOW });
      expect(await complaintsOf(store)).toEqual(lacking(version));
      expect([
        (await update()).failed,
        (await (await listMembers(store, 'rich', {}, NOW)).rows[Symbol.asyncIterator]().next())
          .done,
      ]).toEqual([0, false]);
      expect((await update()).reports.map(({ mode }) => mode)).toEqual(['skip', 'skip', 'skip']);
      changeBehind(
        path,
        `insert into contacts (email, points, created_at, updated_at)
          values ('new@example.org', 99, 0, 0);
        update contacts set points = 0 where email = 'c12@example.org'`,
      );
      expect((await update()).reports.find(({ alias }) => alias === 'rich')).toMatchObject({
        mode: 'delta',
        joined: 1,
        left: 1,
      });
      await expectVerified(store);
      expect(await complaintsOf(store)).toEqual([]);
    } finally {
      await store.close();
    }
  });

  test('migrated has exactly the schema of a new one', async () => {
    await migrateStore(path, { now: NOW });
    await initStore(`${path}.fresh`);
    expect(schemaOf(path)).toEqual(schemaOf(`${path}.fresh`));
    expect(await complaintsAbout(path)).toEqual(lacking(version));
  });

  test('is a backup that can be restored: as if migrated, with the suppressions of today', async () => {
    const backup = `${path}.old`;
    renameSync(path, backup);
    writeFileSync(path, gunzipSync(readFileSync(fixtureOf(SCHEMA_VERSION))), { mode: 0o600 });
    changeBehind(
      path,
      `insert or ignore into suppressions (contact_id, channel, reason, created_at)
      select contacts.id, 'email', value, 5
      from contacts, json_each('["bounced", "unsubscribed"]')
      where email = 'c12@example.org'`,
    );
    expect(await restoreStore(path, { file: backup, ...AGREED })).toMatchObject({
      version,
      isReplaced: false,
    });
    const both = ['bounced', 'unsubscribed'].map((reason) => ['c12@example.org', 'email', reason]);
    expect(suppressionsOf(path)).toEqual(expect.arrayContaining(both));
    const fresh = `${path}.fresh`;
    await initStore(fresh);
    expect(schemaOf(path)).toEqual(schemaOf(fresh));
    await migrateStore(backup, { now: NOW });
    const migrated = Object.fromEntries(
      Object.entries(rowsOf(backup)).filter(([table]) => !OF_ANOTHER_LIFE.includes(table)),
    );
    expect(keptOf(rowsOf(path), migrated)).toEqual(keptOf(migrated, migrated));
    expect(suppressionsOf(path)).toEqual(expect.arrayContaining(suppressionsOf(backup)));
    expect(await complaintsAbout(path)).toEqual(lacking(version));
  });

  test('that is replaced by a backup leaves its suppressions', async () => {
    const before = suppressionsOf(path);
    const backup = `${path}.new`;
    writeFileSync(backup, gunzipSync(readFileSync(fixtureOf(SCHEMA_VERSION))));
    changeBehind(backup, 'delete from suppressions');
    const { suppressions } = await restoreStore(path, { file: backup, ...AGREED });
    expect(before.length).toBeGreaterThan(0);
    expect([suppressions?.unplaced, suppressionsOf(path)]).toEqual([0, before]);
  });
});
