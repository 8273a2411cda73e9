import { type SQL, sql } from 'drizzle-orm';
import { BY_KEY, INTEGER, TEMP, THEN_JOIN } from '../words.ts';
import type { Deleting } from '../../members.ts';
import type { SqlDatabase } from '../database.ts';
import { type Caused, causesOf, countByCause, type Effect } from './causes.ts';
import { listMoved } from './moved.ts';

const ENDING = sql`
  create temp table if not exists ending (
    segment_id ${INTEGER} not null, contact_id ${INTEGER} not null, cause_id ${INTEGER} not null,
    primary key (segment_id, contact_id)
  ) ${BY_KEY}`;

/** How contacts leave that are merged into another, who inherits their intervals. */
export const MERGED = 'merged';

/** `inherited` of an interval that another contact has now: only who follows the moves is told it. */
export const PASSED_ON = sql.raw('-1');

/**
 * Writes the ends of memberships whose contacts are deleted. `standing` selects `segment_id`,
 * `contact_id` and `cause_id` of memberships, which the caller deletes afterwards. The intervals go
 * to `deleted_history`. Gives how many.
 */
export async function endDeleted(
  db: SqlDatabase,
  standing: SQL,
  deleting: Deleting,
): Promise<number> {
  await db.run(ENDING);
  await db.run(sql`delete from ${TEMP}.ending`);
  const ended = await db.run(
    sql`insert into ${TEMP}.ending (segment_id, contact_id, cause_id) ${standing}`,
  );
  if (ended === 0) return 0;
  const { now, by, runId = null, via = 'deleted' } = deleting;
  const caused = await countByCause(db, { via, now, by, runId }, await tally(db));
  await keepIntervals(db, caused, via === MERGED);
  await uncountOpen(db);
  return ended;
}

async function tally(db: SqlDatabase): Promise<Effect[]> {
  return db.all<Effect>(sql`
    select segment_id as "segmentId", 0 as joined, count(*) as "left"
    from ${TEMP}.ending
    group by segment_id
    order by segment_id`);
}

async function keepIntervals(
  db: SqlDatabase,
  caused: readonly Caused[],
  isPassedOn: boolean,
): Promise<void> {
  await db.run(sql`
    insert into deleted_history (segment_id, contact_id, joined_cause, left_cause, inherited)
    select
      ending.segment_id, ending.contact_id, ending.cause_id, caused.cause_id,
      ${isPassedOn ? PASSED_ON : 0}
    from ${causesOf(caused)} as caused
    ${THEN_JOIN} ${TEMP}.ending on ending.segment_id = caused.segment_id`);
  const moves = caused.map(({ segmentId, left }) => ({ segmentId, moves: left }));
  await listMoved(
    db,
    moves,
    (segmentIds) => sql`
      select caused.cause_id, ending.contact_id
      from ${causesOf(caused)} as caused
      ${THEN_JOIN} ${TEMP}.ending on ending.segment_id = caused.segment_id
      where caused.segment_id in (select value from ${segmentIds})`,
  );
}

/** The intervals still point to the causes by which they began, but these memberships do not stand. */
async function uncountOpen(db: SqlDatabase): Promise<void> {
  // rule: cause-uncounted
  await db.run(sql`
    update causes
    set open = causes.open - ended.memberships
    from (
      select cause_id, count(*) as memberships from ${TEMP}.ending group by cause_id
    ) as ended
    where ended.cause_id = causes.id`);
}
