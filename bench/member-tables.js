/**
 * The two ways in which stores keep members: `joined`, each with its cause, and `memberships` of
 * the releases before. For SQL by hand, which writes all that rollcall does.
 *
 * @typedef {object} Change
 * @property {number} segmentId
 * @property {number} now epoch ms
 * @property {number} runId
 *
 * @typedef {object} MemberTables
 * @property {'joined' | 'memberships'} name of the table of members
 * @property {(db: Database, change: Change, who: string) => number} join adds the contacts whose
 * ids the statement `who` finds; gives their number
 * @property {(db: Database, change: Change, where: string) => number} leave likewise removes the
 * members for whom `where` holds
 *
 * @typedef {import('better-sqlite3').Database} Database
 */

/** @type {MemberTables} */
const BY_CAUSE = {
  name: 'joined',
  join(db, change, who) {
    const cause = addCause(db, change);
    const { changes } = db
      .prepare(
        `insert into joined (segment_id, contact_id, cause_id)
          select ${change.segmentId}, matching.*, ${cause}
          from (${who}) as matching`,
      )
      .run();
    db.exec(
      `update causes set joined = ${changes}, open = ${changes}, uses = ${changes} where id = ${cause}`,
    );
    return changes;
  },
  leave(db, change, where) {
    const cause = addCause(db, change);
    const members = `segment_id = ${change.segmentId} and ${where}`;
    const { changes } = db
      .prepare(
        `insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
          select segment_id, contact_id, cause_id, ${cause} from joined where ${members}`,
      )
      .run();
    if (changes === 0) {
      db.exec(`delete from causes where id = ${cause}`);
      return 0;
    }
    db.exec(`
      update causes set open = open - leaving.members
      from (select cause_id, count(*) as members from joined where ${members} group by cause_id)
        as leaving
      where causes.id = leaving.cause_id;
      update causes set "left" = ${changes}, uses = ${changes} where id = ${cause};
      delete from joined where ${members}`);
    return changes;
  },
};

/** @type {MemberTables} */
const WITHOUT_CAUSES = {
  name: 'memberships',
  join: (db, { segmentId, now, runId }, who) =>
    db
      .prepare(
        `insert into memberships (segment_id, contact_id, since, via, run_id)
          select ${segmentId}, matching.*, ${now}, 'filter', ${runId}
          from (${who}) as matching`,
      )
      .run().changes,
  leave(db, { segmentId, now, runId }, where) {
    const members = `segment_id = ${segmentId} and ${where}`;
    const { changes } = db
      .prepare(
        `insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via,
          left_via, joined_run, left_run)
          select segment_id, contact_id, since, ${now}, via, 'filter', run_id, ${runId}
          from memberships
          where ${members}`,
      )
      .run();
    if (changes > 0) db.exec(`delete from memberships where ${members}`);
    return changes;
  },
};

/**
 * @param {Database} db
 * @param {Change} change
 */
function addCause(db, { segmentId, now, runId }) {
  const added = db
    .prepare("insert into causes (segment_id, at, via, run_id) values (?, ?, 'filter', ?)")
    .run(segmentId, now, runId);
  return Number(added.lastInsertRowid);
}

/** @param {Database} db @returns {MemberTables} what this store has */
export function memberTables(db) {
  const joined = db
    .prepare("select count(*) from sqlite_schema where type = 'table' and name = 'joined'")
    .pluck();
  return joined.get() === 1 ? BY_CAUSE : WITHOUT_CAUSES;
}
