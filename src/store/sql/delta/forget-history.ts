import { type SQL, sql } from 'drizzle-orm';
import { flag, greater, INTEGER, TEMP, THEN_JOIN } from '../words.ts';
import { sumInTurn } from '../../../support/in-turn.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';

/*
 * What ended long ago is forgotten by the causes of its end, which an index finds by their time: a
 * run looks at those that came of age since the one before, and no run goes through all intervals.
 */

const EXPIRING = sql`
  create temp table if not exists expiring (
    cause_id ${INTEGER} primary key, segment_id ${INTEGER} not null, is_listed ${INTEGER} not null
  )`;

const FORGOTTEN = sql`
  create temp table if not exists forgotten (
    id ${INTEGER} primary key, joined_cause ${INTEGER} not null, left_cause ${INTEGER} not null
  )`;

const ENDED = ['joined_history', 'deleted_history'];

/** Forgets the intervals that ended before this instant (epoch ms); gives how many. */
export async function forgetHistory(db: SqlDatabase, before: number): Promise<number> {
  const keptFrom = await db.value<number>(sql`select history_from from capture`);
  if (before <= keptFrom) return 0;
  await db.run(EXPIRING);
  await db.run(FORGOTTEN);
  await db.run(sql`delete from ${TEMP}.expiring`);
  const expiring = await db.run(sql`
    insert into ${TEMP}.expiring (cause_id, segment_id, is_listed)
    select
      id, segment_id,
      ${flag(sql`joined + "left" = (select count(*) from moved where cause_id = causes.id)`)}
    from causes
    where at >= ${keptFrom} and at < ${before} and "left" > 0`);
  const forgotten =
    expiring === 0 ? 0 : await sumInTurn(ENDED, async (table) => forgetIn(db, table, before));
  await moveHorizon(db, before);
  return forgotten;
}

async function forgetIn(db: SqlDatabase, table: string, before: number): Promise<number> {
  await db.run(sql`delete from ${TEMP}.forgotten`);
  for (const found of [listed(table), unlisted(table)])
    // an interval that the clock turned round ends when it begins
    await db.run(sql`
      insert into ${TEMP}.forgotten (id, joined_cause, left_cause)
      select past.id, past.joined_cause, past.left_cause
      from ${found}
      left join causes as began on began.id = past.joined_cause
      where coalesce(began.at, 0) < ${before}
      on conflict do nothing`);
  await uncount(db);
  return db.run(sql`delete from ${name(table)} where id in (select id from ${TEMP}.forgotten)`);
}

/** Who left by a cause of few is found by the list of these. */
function listed(table: string): SQL {
  return sql`${TEMP}.expiring
    ${THEN_JOIN} moved on moved.cause_id = expiring.cause_id
    ${THEN_JOIN} ${name(table)} as past
      on past.segment_id = expiring.segment_id and past.contact_id = moved.contact_id
      and past.left_cause = expiring.cause_id and expiring.is_listed = 1`;
}

/** The others by going through their segments once. */
function unlisted(table: string): SQL {
  return sql`
    (select distinct segment_id from ${TEMP}.expiring where is_listed = 0) as concerned
    ${THEN_JOIN} ${name(table)} as past on past.segment_id = concerned.segment_id
    ${THEN_JOIN} ${TEMP}.expiring on expiring.cause_id = past.left_cause`;
}

async function uncount(db: SqlDatabase): Promise<void> {
  // rule: forgotten-uncounted
  await db.run(sql`
    update causes
    set uses = causes.uses - forgotten.ends
    from (
      select cause_id, count(*) as ends
      from (
        select joined_cause as cause_id from ${TEMP}.forgotten
        union all
        select left_cause from ${TEMP}.forgotten
      ) as ended
      group by cause_id
    ) as forgotten
    where forgotten.cause_id = causes.id`);
}

/** Whoever follows joins and leaves and has not come this far has to begin anew. */
async function moveHorizon(db: SqlDatabase, before: number): Promise<void> {
  // rule: forgotten-told
  await db.run(sql`
    update capture
    set
      history_from = ${before},
      moves_from = ${greater(
        sql`moves_from`,
        sql`(select coalesce(max(cause_id), 0) from ${TEMP}.expiring)`,
      )}`);
  await db.run(sql`delete from moved where cause_id in (select cause_id from ${TEMP}.expiring)`);
}
