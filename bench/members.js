import Database from 'better-sqlite3';
import { SEGMENTS } from './segments.js';

/**
 * A bench that compares different answers is worthless: these functions throw if rollcall's members
 * differ from those of a peer.
 */

/**
 * The number of members of each segment, by alias, in a store of this release or the one before.
 * @param {string} path
 * @returns {Record<string, number>}
 */
export function memberCounts(path) {
  return reading(path, (db) => {
    const count = db
      .prepare(
        `select count(*) from memberships
          where segment_id = (select id from segments where alias = ?)`,
      )
      .pluck();
    return Object.fromEntries(SEGMENTS.map(({ alias }) => [alias, Number(count.get(alias))]));
  });
}

/**
 * @param {string} peer
 * @param {Readonly<Record<string, number>>} theirs
 * @param {Readonly<Record<string, number>>} ours
 */
export function requireEqualCounts(peer, theirs, ours) {
  const different = SEGMENTS.filter(({ alias }) => theirs[alias] !== ours[alias]);
  if (different.length === 0) return;
  const found = different.map(({ alias }) => `${alias} ${theirs[alias]}, not ${ours[alias]}`);
  throw new Error(`${peer} finds other members: ${found.join('; ')}`);
}

/**
 * Requires the stored members to be exactly those that the statements by hand find at `now`.
 * @param {string} path
 * @param {number} now
 * @param {readonly import('./segments.js').Segment[]} segments
 */
export function requireMembersByHand(path, now, segments = SEGMENTS) {
  reading(path, (db) => {
    for (const { alias, sql } of segments) requireSameMembers(db, alias, sql(now));
  });
}

/**
 * @param {Database.Database} db
 * @param {string} alias
 * @param {string} sql
 */
function requireSameMembers(db, alias, sql) {
  const id = Number(db.prepare('select id from segments where alias = ?').pluck().get(alias));
  const members = `from joined where segment_id = ${id}`;
  const [found, stored, shared] = /** @type {number[]} */ (
    db
      .prepare(
        `with found (id) as materialized (${sql})
        select
          (select count(*) from found),
          (select count(*) ${members}),
          (select count(*) from found where exists (select 1 ${members} and contact_id = found.id))`,
      )
      .raw()
      .get()
  );
  if (found !== stored || found !== shared)
    throw new Error(
      `${alias} has ${stored} members, by hand ${found}, of these ${shared} the same`,
    );
}

/**
 * The size of one membership in the file, in bytes: the pages of the members' table, including free
 * space, divided by its rows.
 * @param {string} path
 */
export function bytesPerMembership(path) {
  return reading(path, (db) => {
    const size = db.prepare(
      "select sum(pgsize) * 1.0 / (select count(*) from joined) from dbstat where name = 'joined'",
    );
    return Number(size.pluck().get());
  });
}

/**
 * @template T
 * @param {string} path
 * @param {(db: Database.Database) => T} work
 */
function reading(path, work) {
  const db = new Database(path, { fileMustExist: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
