// Peer (a): the 100 segments in the best SQL by hand, better-sqlite3, one thread, in a store that
// world.js made:
//   node bench/by-hand.js build|pass STORE [NOW]
// `build` writes members into empty segments, `pass` brings built ones up to date by evaluating
// all. NOW is epoch ms. File settings and tables are rollcall's, and each segment is a transaction
// of its own, with its history and its counters.
import Database from 'better-sqlite3';
import { join, leave } from './member-tables.js';
import { SEGMENTS } from './segments.js';
import { NOW } from './world/values.js';

/**
 * @param {Database.Database} db
 * @param {number} now
 */
function build(db, now) {
  for (const [segmentId, sql] of statementsOf(db, now)) {
    const run = db.transaction(() => {
      const joined = join(db, { segmentId, now, runId: 1 }, sql);
      db.prepare('update segments set members = ?, built_at = ? where id = ?').run(
        joined,
        now,
        segmentId,
      );
    });
    run.immediate();
  }
}

/**
 * @param {Database.Database} db
 * @param {number} now
 */
function pass(db, now) {
  db.exec('create temp table target (contact_id integer primary key)');
  for (const [segmentId, sql] of statementsOf(db, now)) {
    const run = db.transaction(() => {
      db.exec(`delete from target; insert into target ${sql}`);
      const change = { segmentId, now, runId: 2 };
      const left = leave(db, change, 'contact_id not in (select contact_id from target)');
      const joined = join(
        db,
        change,
        `select contact_id
          from target
          where not exists (
            select 1 from joined
            where segment_id = ${segmentId} and joined.contact_id = target.contact_id)`,
      );
      db.prepare('update segments set members = members + ?, built_at = ? where id = ?').run(
        joined - left,
        now,
        segmentId,
      );
    });
    run.immediate();
  }
}

/**
 * @param {Database.Database} db
 * @param {number} now
 * @returns {[number, string][]} a segment's id and the statement of its members, in the order of
 * ids
 */
function statementsOf(db, now) {
  const id = db.prepare('select id from segments where alias = ?').pluck();
  return SEGMENTS.map((segment) => [Number(id.get(segment.alias)), segment.sql(now)]);
}

const [what, path, now = String(NOW)] = process.argv.slice(2);
if (path === undefined || (what !== 'build' && what !== 'pass'))
  throw new Error('usage: node bench/by-hand.js build|pass STORE [NOW]');
const db = new Database(path, { fileMustExist: true });
try {
  db.pragma('synchronous = full');
  db.pragma('foreign_keys = on');
  db.pragma('cache_size = -65536');
  (what === 'build' ? build : pass)(db, Number(now));
} finally {
  db.close();
}
