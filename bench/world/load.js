import Database from 'better-sqlite3';
import { EVENT_COLUMNS, makeEvents } from './events.js';
import {
  COMPANY_COLUMNS,
  CONTACT_COLUMNS,
  makeCompanies,
  makeContacts,
  makeTaggings,
} from './people.js';
import { NOW, TAGS } from './values.js';

/**
 * Fills an empty store with the world. Writes with SQL, because rollcall's imports take minutes,
 * and leaves the store as a large import does: no change is logged row by row, the log is empty,
 * and every next build is a full one (docs/delta.md). Without the triggers it takes a fifth less.
 * @param {string} path
 * @param {string} seed
 * @param {number} contacts
 */
export function loadWorld(path, seed, contacts) {
  const db = new Database(path, { fileMustExist: true });
  try {
    // the file is only a draft: after a crash it is made anew
    db.pragma('journal_mode = off');
    db.pragma('synchronous = off');
    db.pragma('cache_size = -2000000');
    db.exec('begin exclusive');
    withoutTriggers(db, () => insertWorld(db, seed, contacts));
    db.exec(`
      update capture set epoch = epoch + 1;
      update capture_kinds set pruned_before = (select epoch from capture);
      commit`);
    db.pragma('journal_mode = wal');
  } finally {
    db.close();
  }
}

/**
 * @param {Database.Database} db
 * @param {string} seed
 * @param {number} contacts
 */
function insertWorld(db, seed, contacts) {
  insertAll(
    db,
    'companies',
    [...COMPANY_COLUMNS, 'created_at', 'updated_at'],
    withStamps(makeCompanies(seed, contacts), NOW, NOW),
  );
  insertAll(
    db,
    'contacts',
    [...CONTACT_COLUMNS, 'updated_at', 'identified_at'],
    withStamps(makeContacts(seed, contacts), NOW, NOW),
  );
  insertAll(
    db,
    'tags',
    ['name', 'created_at'],
    TAGS.map((tag) => [tag, NOW]),
  );
  insertAll(db, 'contact_tags', ['contact_id', 'tag_id'], makeTaggings(seed, contacts));
  insertAll(db, 'events', EVENT_COLUMNS, makeEvents(seed, contacts));
}

/**
 * Does `work` with the triggers taken away and puts them back, so that the store takes the schema
 * for the one that it knows.
 * @param {Database.Database} db
 * @param {() => void} work
 */
function withoutTriggers(db, work) {
  const triggers = /** @type {{ name: string, sql: string }[]} */ (
    db.prepare("select name, sql from sqlite_schema where type = 'trigger'").all()
  );
  for (const { name } of triggers) db.exec(`drop trigger ${name}`);
  work();
  for (const { sql } of triggers) db.exec(sql);
  const version = db.pragma('schema_version', { simple: true });
  db.prepare('update capture set schema_version = ?').run(version);
}

/**
 * @param {Iterable<import('./people.js').Cell[]>} rows
 * @param {number[]} stamps
 */
function* withStamps(rows, ...stamps) {
  for (const row of rows) yield [...row, ...stamps];
}

/**
 * @param {Database.Database} db
 * @param {string} table
 * @param {readonly string[]} columns
 * @param {Iterable<readonly unknown[]>} rows
 */
function insertAll(db, table, columns, rows) {
  const insert = db.prepare(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows) insert.run(...row);
}
