/**
 * Members by SQL by hand: `joined`, each with its cause, and all that rollcall writes beside it.
 *
 * @typedef {object} Change
 * @property {number} segmentId
 * @property {number} now epoch ms
 * @property {number} runId
 *
 * @typedef {import('better-sqlite3').Database} Database
 */

/**
 * Adds the contacts whose ids the statement `who` finds; gives their number.
 * @param {Database} db
 * @param {Change} change
 * @param {string} who
 */
export function join(db, change, who) {
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
}

/**
 * Likewise removes the members for whom `where` holds.
 * @param {Database} db
 * @param {Change} change
 * @param {string} where
 */
export function leave(db, change, where) {
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
}

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
