import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { examineStore } from '../../src/segment/doctor/examine.ts';
import { membersOf } from '../../src/segment/members-list.ts';
import { updateSegments } from '../../src/segment/update/run.ts';
import { verifySegments } from '../../src/segment/update/verify.ts';
import { SCHEMA_VERSION } from '../../src/store/sqlite/connect.ts';
import { migrateStore } from '../../src/store/sqlite/migrate.ts';
import { openStore } from '../../src/store/sqlite/open.ts';

/*
 * Every schema version that ever landed has a store that the program of its time made (versions/make.js). Each is migrated by the program of today.
 */

const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1);
const NOW = Date.parse('2026-03-01T08:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'rollcall-versions-'));
const usual = process.umask(0o077); // as the program has it
afterAll(() => {
  process.umask(usual);
  rmSync(folder, { recursive: true });
});

const fixtureOf = (version: number): string => new URL(`versions/${version}.db.gz`, import.meta.url).pathname;

test.each(VERSIONS)('version %d has a stored fixture (if not: npm run build, then node test/store/versions/make.js)', (version) => {
  expect(existsSync(fixtureOf(version))).toBe(true);
});

type Rows = Record<string, Record<string, unknown>[]>;

/** Deleted in a shell, so that a migration, which forgets what was recorded, takes along what hung on it. */
const DELETED = 13;
const COUNTED = ['members', 'anonymous'];

/** All rows but the bookkeeping of changes and migrations. */
function rowsOf(path: string): Rows {
  const raw = new Sqlite(path);
  try {
    const tables = raw.prepare<[], string>(`select name from sqlite_schema where type = 'table' and name not in ('capture', 'capture_kinds', 'contact_changes', '__drizzle_migrations')`).pluck().all();
    return Object.fromEntries(tables.map((table) => [table, raw.prepare(`select * from "${table}" order by 1, 2`).all() as Record<string, unknown>[]]));
  } finally {
    raw.close();
  }
}

/** The columns that the older store had; what comes with a migration is beside the point. */
function keptOf(after: Rows, before: Rows): Rows {
  return Object.fromEntries(Object.entries(before).map(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {});
    const kept = (after[table] ?? []).filter((row) => row['contact_id'] !== DELETED);
    return [table, kept.map((row) => Object.fromEntries(columns.filter((column) => !COUNTED.includes(column)).map((column) => [column, row[column]])))];
  }));
}

describe.each(VERSIONS)('a store of version %d', (version) => {
  let path = '';
  beforeEach(() => {
    path = join(mkdtempSync(join(folder, 'v')), 'crm.db');
    writeFileSync(path, gunzipSync(readFileSync(fixtureOf(version))), { mode: 0o600 });
  });

  test('is what it says, and holds something of everything', () => {
    const raw = new Sqlite(path, { readonly: true });
    expect([raw.pragma('user_version', { simple: true }), raw.pragma('integrity_check', { simple: true })]).toEqual([version, 'ok']);
    raw.close();
    const rows = rowsOf(path);
    for (const table of ['contacts', 'companies', 'tags', 'contact_tags', 'events', 'suppressions', 'segments', 'segment_versions', 'memberships', 'membership_history', 'pins', 'runs', 'run_segments', 'settings', 'fields']) {
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
      const sound = async (): Promise<string[]> => (await examineStore(store, { now: NOW, deep: true, staleMs: 1e12 })).flatMap(({ id, findings }) => findings.filter(({ severity }) => severity !== 'note').map(({ message }) => `${id}: ${message}`));
      const update = async () => updateSegments(store, { segments: [], now: NOW });
      expect(await sound()).toEqual([]);
      expect((await update()).failed).toBe(0);
      expect((await membersOf(store, 'rich', {}, NOW).next()).done).toBe(false);
      expect((await update()).reports.map(({ mode }) => mode)).toEqual(['skip', 'skip', 'skip']);
      const raw = new Sqlite(path);
      raw.exec(`insert into contacts (email, points, created_at, updated_at) values ('new@example.org', 99, 0, 0); update contacts set points = 0 where email = 'c12@example.org'`);
      raw.close();
      expect((await update()).reports.find(({ alias }) => alias === 'rich')).toMatchObject({ mode: 'delta', joined: 1, left: 1 });
      const { segments } = await verifySegments(store, { segments: [], now: NOW });
      for (const { alias, missing, extra, misnamed, counters, error } of segments) expect({ alias, wrong: [missing.length, extra.length, misnamed.length, counters.length], error }).toEqual({ alias, wrong: [0, 0, 0, 0], error: null });
      expect(await sound()).toEqual([]);
    } finally {
      await store.close();
    }
  });
});
