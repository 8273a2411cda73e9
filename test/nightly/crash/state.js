import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/**
 * A store in short: what it is about → a digest of its rows. Left out is what tells one way to a
 * state from another: runs, how often a file was imported, the record of changes, ids that nobody
 * sees, and what hangs on contacts that were deleted with SQL until the next update takes it along.
 * @typedef {ReadonlyMap<string, string>} State
 */

const WHOLE = {
  contacts: 'select * from contacts order by id',
  companies: 'select * from companies order by id',
  tags: 'select name from tags order by name',
  tagged: 'select contact_id, name from contact_tags join tags on tags.id = tag_id order by 1, 2',
  events: 'select * from events order by id',
  suppressions: 'select contact_id, channel, reason from suppressions order by 1, 2, 3',
  wishes: 'select address, channel, reason from address_suppressions order by 1, 2, 3',
  made: 'select distinct kind, first_id, last_id from import_ids order by 1, 2',
  imported: `select distinct contact_id, name, is_added
    from import_tags join tags on tags.id = tag_id
    where contact_id in (select id from contacts)
    order by 1, 2`,
  overridden: `select distinct segment_id, contact_id, via
    from import_pins
    where contact_id in (select id from contacts)
    order by 1, 2`,
  undone: 'select count(*) from imports where undone_at is not null',
  fields: 'select * from fields order by id',
  settings: 'select * from settings order by key',
  pins: `select segment_id, contact_id, kind, via, reason
    from pins
    where contact_id in (select id from contacts)
    order by 1, 2`,
};
const OF_SEGMENTS = {
  members: `select contact_id, since, via
      from memberships
      where segment_id = ? and contact_id in (select id from contacts)
      order by contact_id`,
  history: `select contact_id, joined_at, left_at, joined_via, left_via
      from membership_history
      where segment_id = ? and contact_id in (select id from contacts)
      order by 1, 2, 3, 4, 5`,
  counters: 'select members, anonymous from segments where id = ?',
  built: 'select built_at from segments where id = ?',
  definition: 'select alias, name, kind, published, filter, manual from segments where id = ?',
};
/** What a reader sees while a command is at work: little enough to look often. */
const SEEN = ['members', 'history', 'counters'];

/**
 * All of a store, from one snapshot.
 * @param {Sqlite.Database} db
 * @returns {Map<string, string>}
 */
export function stateOf(db) {
  return inSnapshot(
    db,
    () =>
      new Map([
        ...Object.entries(WHOLE).map(([name, query]) => entry(db, name, query)),
        ...ofSegments(db, Object.keys(OF_SEGMENTS)),
      ]),
  );
}

/**
 * What a reader sees: members, history and counters of each segment, and how many contacts and
 * events there are.
 * @param {Sqlite.Database} db
 * @returns {Map<string, string>}
 */
export function viewOf(db) {
  return inSnapshot(
    db,
    () =>
      new Map([
        ['contacts', countOf(db, 'contacts')],
        ['events', countOf(db, 'events')],
        ...ofSegments(db, SEEN),
      ]),
  );
}

/**
 * The same without touching the store: a copy of its file and log is looked at, so that whoever
 * opens the store next finds it as it was left.
 * @template T
 * @param {string} path
 * @param {(db: Sqlite.Database) => T} look
 * @returns {T}
 */
export function lookingAtCopy(path, look) {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-look-'));
  try {
    copyStore(path, join(folder, 'crm.db'));
    const db = new Sqlite(join(folder, 'crm.db'));
    try {
      return look(db);
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Puts a store, and the log of one that was not closed, in another place. Nobody may have it open.
 * @param {string} from
 * @param {string} to
 */
export function copyStore(from, to) {
  for (const suffix of ['', '-wal', '-shm', '-journal', '.lock'])
    rmSync(to + suffix, { force: true });
  for (const suffix of ['', '-wal', '-journal'])
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
}

/**
 * @template T
 * @param {Sqlite.Database} db
 * @param {() => T} look
 * @returns {T}
 */
function inSnapshot(db, look) {
  return db.transaction(look).deferred();
}

/**
 * @param {Sqlite.Database} db
 * @param {readonly string[]} parts
 * @returns {[string, string][]}
 */
function ofSegments(db, parts) {
  const ids = /** @type {number[]} */ (
    db.prepare('select id from segments order by id').pluck().all()
  );
  return Object.entries(OF_SEGMENTS)
    .filter(([part]) => parts.includes(part))
    .flatMap(([part, query]) => ids.map((id) => entry(db, `${part} ${id}`, query, [id])));
}

/**
 * @param {Sqlite.Database} db
 * @param {string} name
 * @param {string} query
 * @param {readonly number[]} params
 * @returns {[string, string]}
 */
function entry(db, name, query, params = []) {
  const digest = createHash('md5');
  let rows = 0;
  for (const row of db
    .prepare(query)
    .raw()
    .iterate(...params)) {
    digest.update(JSON.stringify(row));
    rows += 1;
  }
  return [name, `${rows}:${digest.digest('base64url').slice(0, 12)}`];
}

/**
 * @param {Sqlite.Database} db
 * @param {string} table
 * @returns {string} as `entry` begins
 */
function countOf(db, table) {
  return `${String(db.prepare(`select count(*) from ${table}`).pluck().get())}:`;
}
