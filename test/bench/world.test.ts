import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeContacts } from '../../bench/changes.js';
import { requireMembersByHand } from '../../bench/members.js';
import { TABLES } from '../../bench/peers/tables.js';
import { rollcall } from '../../bench/rollcall.js';
import { SEGMENTS, segmentsOf } from '../../bench/segments.js';
import { copyStore, copyWorld, NOW } from '../../bench/world.js';
import { MINUTE } from '../../bench/world/values.js';

/* The bench's world and its hundred segments, so that they do not rot between two benches. */

let folder: string;
let built: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rollcall-bench-test-'));
  built = await world('built.db', 2000);
  update(built, NOW);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function world(name: string, contacts: number): Promise<string> {
  return copyWorld(path.join(folder, name), { contacts, cache: path.join(folder, 'worlds') });
}

function copyOfBuilt(name: string): string {
  copyStore(built, path.join(folder, name));
  return path.join(folder, name);
}

function update(store: string, now: number): void {
  rollcall('segments:update', '--db', store, '--now', new Date(now).toISOString());
}

function reading<T>(store: string, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(store);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

test('a seed and a scale give the same data to the last cell', async () => {
  const store = await world('thousand.db', 1000);
  const hash = createHash('sha256');
  reading(store, (db) => {
    for (const [table, columns] of Object.entries(TABLES)) {
      for (const row of db
        .prepare(`select ${Object.keys(columns).join(', ')} from ${table}`)
        .raw()
        .iterate())
        hash.update(JSON.stringify(row));
    }
  });
  expect(hash.digest('hex').slice(0, 16)).toBe('5f52f5ce96198528');
});

describe('two thousand contacts', () => {
  test('are what the bench says they are', () => {
    const share = (table: string, where = 'true'): number =>
      reading(
        built,
        (db) =>
          db.prepare<[], number>(`select count(*) from ${table} where ${where}`).pluck().get() ?? 0,
      ) / 2000;
    expect(share('contacts')).toBe(1);
    expect(share('companies')).toBe(1 / 20);
    expect(Math.abs(share('events') - 2.93)).toBeLessThan(0.1);
    expect(share('contact_tags')).toBeCloseTo(0.5, 1);
    expect(share('contacts', 'country is not null')).toBeCloseTo(0.95, 1);
    expect(share('contacts', 'last_active_at is not null')).toBeCloseTo(0.8, 1);
    expect(share('contacts', 'company_id is not null')).toBeCloseTo(0.7, 1);
  });

  test('have the members that the statements by hand find, after a first build and after changes', () => {
    const store = copyOfBuilt('changed.db');
    requireMembersByHand(store, NOW);
    const later = NOW + 15 * MINUTE;
    changeContacts(store, { count: 100, now: later, seed: 'test' });
    update(store, later);
    requireMembersByHand(store, later);
  });

  test('have members in every shape, and are decided one by one as in sets', () => {
    reading(built, (db) => {
      for (const { alias, sql, condition } of SEGMENTS) {
        const found = db.prepare(sql(NOW)).pluck().all();
        expect(found, alias).toEqual(
          db
            .prepare(`select id from contacts where ${condition(NOW)} order by id`)
            .pluck()
            .all(),
        );
        expect(found.length, alias).toBeGreaterThan(0);
      }
    });
  });

  test('have those of more segments than the hundred, which are all different', async () => {
    const segments = segmentsOf(200);
    expect(segments.filter(({ alias }) => SEGMENTS.some((one) => one.alias === alias))).toEqual(
      SEGMENTS.map((one) => ({
        ...one,
        sql: expect.any(Function),
        condition: expect.any(Function),
      })),
    );
    for (const count of [200, 1000, 5000])
      expect(new Set(segmentsOf(count).map(({ filter }) => filter)).size).toBe(count);
    const options = { contacts: 2000, cache: path.join(folder, 'worlds') };
    const store = await copyWorld(path.join(folder, 'more.db'), options, segments);
    update(store, NOW);
    requireMembersByHand(store, NOW, segments);
  });

  test('are refused as equal when a member is missing', () => {
    const store = copyOfBuilt('wrong.db');
    reading(store, (db) =>
      db.exec(`
      delete from joined
      where (segment_id, contact_id) = (
          select segment_id, max(contact_id) from joined
          where segment_id = (select id from segments where alias = 'page-hit-9'))`),
    );
    expect(() => requireMembersByHand(store, NOW)).toThrow(
      /page-hit-9 has \d+ members, by hand \d+/,
    );
  });
});

test('the load leaves no record of changes behind, every build a full one, and a sound store', async () => {
  const store = await world('state.db', 1000);
  const state = reading(store, (db) =>
    db
      .prepare(
        `select (select count(*) from contact_changes) as logged, bulk,
            (select min(pruned_before) from capture_kinds) = epoch as forgotten
          from capture`,
      )
      .get(),
  );
  expect(state).toEqual({ logged: 0, bulk: 0, forgotten: 1 });
  expect(() => rollcall('doctor', '--db', store)).not.toThrow();
});
