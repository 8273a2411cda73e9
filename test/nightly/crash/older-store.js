import { readFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { lookingAtCopy } from './state.js';

const MIGRATIONS = new URL('../../../drizzle/', import.meta.url);
/** Who made the store and what is under way; all else a migration keeps. */
const NOT_KEPT = [
  '__drizzle_migrations',
  'capture',
  'capture_kinds',
  'contact_changes',
  'sqlite_sequence',
];

/** The version that migrations lead to. */
export const NEWEST = readMigrations().length;

/** Whether there is an older version to migrate from. */
export const hasOlder = NEWEST > 1;

/** @returns {string[]} the text of each, in their order */
function readMigrations() {
  const { entries } = /** @type {{ entries: { tag: string }[] }} */ (
    JSON.parse(readFileSync(new URL('meta/_journal.json', MIGRATIONS), 'utf8'))
  );
  return entries.map(({ tag }) => readFileSync(new URL(`${tag}.sql`, MIGRATIONS), 'utf8'));
}

/**
 * Makes a store of the first version.
 * @param {string} path
 * @param {number} contacts
 */
export function makeOlder(path, contacts) {
  const db = new Sqlite(path);
  try {
    for (const statement of (readMigrations()[0] ?? '').split('--> statement-breakpoint'))
      db.exec(statement);
    db.exec(`create table __drizzle_migrations (id serial primary key, hash text not null, created_at numeric);
      insert into segments (alias, name, kind, filter, created_at, updated_at, members)
        values ('list', 'List', 'static', null, 0, 0, ${contacts});
      with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${contacts})
      insert into contacts (email, points, created_at, updated_at)
        select 'c' || n || '@example.org', n % 100, 0, 0
        from numbers;
      insert into memberships (segment_id, contact_id, since, via) select 1, id, 0, 'manual' from contacts;
      insert into events (contact_id, type, occurred_at) select id, 'page.hit', id from contacts;
      update capture set schema_version = (select schema_version from pragma_schema_version)`);
    db.pragma('journal_mode = wal');
  } finally {
    db.close();
  }
}

/** @param {string} path */
export function versionOf(path) {
  return lookingAtCopy(path, (db) => Number(db.pragma('user_version', { simple: true })));
}

/**
 * Table → its rows, each as columns and values; what is a view now counts as the table that it was.
 * @param {string} path
 * @returns {Map<string, Record<string, unknown>[]>}
 */
export function contentsOf(path) {
  return lookingAtCopy(path, (db) => {
    const tables = /** @type {string[]} */ (
      db
        .prepare(
          `select name from sqlite_schema
          where type = 'table' or name in ('memberships', 'membership_history')`,
        )
        .pluck()
        .all()
    );
    return new Map(
      tables
        .filter((table) => !NOT_KEPT.includes(table))
        .map((table) => [
          table,
          /** @type {Record<string, unknown>[]} */ (db.prepare(`select * from "${table}"`).all()),
        ]),
    );
  });
}

/**
 * What is missing of the tables and columns that were there.
 * @param {Map<string, Record<string, unknown>[]>} contents
 * @param {Map<string, Record<string, unknown>[]>} wanted
 */
export function lossesOf(contents, wanted) {
  return [...wanted].flatMap(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {});
    const kept = (contents.get(table) ?? []).map((row) =>
      Object.fromEntries(columns.map((column) => [column, row[column]])),
    );
    return JSON.stringify(kept) === JSON.stringify(rows) ? [] : [`${table} is not what it was`];
  });
}
