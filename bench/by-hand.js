// Peer (a): the 100 segments in the best SQL by hand, better-sqlite3, one thread, in a store that
// world.js made:
//   node bench/by-hand.js build|pass STORE [NOW]
// `build` writes members into empty segments, `pass` brings built ones up to date by evaluating
// all. NOW is epoch ms. File settings and tables are rollcall's, and each segment is a transaction
// of its own, with its history and its counters.
import Database from 'better-sqlite3';
import { SEGMENTS } from './segments.js';
import { NOW } from './world/values.js';

/**
 * @param {Database.Database} db
 * @param {number} segment
 * @param {number} now
 * @param {number} run
 */
function causeIn(db, segment, now, run) {
  return Number(
    db
      .prepare(
        "insert into causes (segment_id, at, via, run_id, version) values (?, ?, 'filter', ?, 1)",
      )
      .run(segment, now, run).lastInsertRowid,
  );
}

/**
 * @param {Database.Database} db
 * @param {number} now
 */
function build(db, now) {
  for (const [id, sql] of statementsOf(db, now)) {
    const run = db.transaction(() => {
      const cause = causeIn(db, id, now, 1);
      const joined = db
        .prepare(
          `insert into joined (segment_id, contact_id, cause_id)
            select ${id}, matching.*, ${cause}
            from (${sql}) as matching`,
        )
        .run().changes;
      db.prepare(
        `update segments set members = ${joined}, built_at = ${now} where id = ${id}`,
      ).run();
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
  for (const [id, sql] of statementsOf(db, now)) {
    const run = db.transaction(() => {
      db.exec(`delete from target; insert into target ${sql}`);
      const cause = causeIn(db, id, now, 2);
      const leaving = `segment_id = ${id} and contact_id not in (select contact_id from target)`;
      const left = db
        .prepare(
          `
        insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
        select segment_id, contact_id, cause_id, ${cause}
        from joined
        where ${leaving}`,
        )
        .run().changes;
      if (left > 0) db.prepare(`delete from joined where ${leaving}`).run();
      const joined = db
        .prepare(
          `
        insert into joined (segment_id, contact_id, cause_id)
        select ${id}, contact_id, ${cause}
        from target
        where not exists (
          select 1 from joined
          where segment_id = ${id} and joined.contact_id = target.contact_id)`,
        )
        .run().changes;
      db.prepare(
        `update segments set members = members + ${joined - left}, built_at = ${now} where id = ${id}`,
      ).run();
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
