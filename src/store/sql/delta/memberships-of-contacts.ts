import { type SQL, sql } from 'drizzle-orm';
import { ALWAYS, greater, INTEGER, TEMP, THEN_JOIN } from '../words.ts';
import type { Deleting } from '../../members.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { shiftUses } from './cause-uses.ts';
import { endDeleted, MERGED, PASSED_ON } from './deleted-intervals.ts';
import { leaveWithSegment } from './left-with-segment.ts';

/*
 * What segments know of given contacts. No index leads from a contact to its memberships (it would
 * double their size), so each is found by one key probe per segment. `contactIds` is a sub-select of
 * one column, `id`.
 */

/**
 * Deletes the memberships, pins and history of these contacts, which are about to be deleted or are
 * gone already. The intervals, with the ends that this is, are kept aside for those who read joins and leaves
 * one after the other; in the counts of runs nobody has left by this. Gives how many memberships
 * there were.
 */
export async function deleteMembershipsOf(
  db: SqlDatabase,
  contactIds: SQL,
  deleting: Deleting,
): Promise<number> {
  await countOut(db, contactIds);
  const isPassedOn = deleting.via === MERGED;
  const which = sql`segment_id in (select id from segments) and contact_id in ${contactIds}`;
  const ended = await endDeleted(
    db,
    sql`select segment_id, contact_id, cause_id from joined where ${which}`,
    deleting,
  );
  await db.run(sql`
    insert into deleted_history (segment_id, contact_id, joined_cause, left_cause, inherited)
    select segment_id, contact_id, joined_cause, left_cause, ${isPassedOn ? PASSED_ON : sql`inherited`}
    from joined_history
    where ${which} ${isPassedOn ? sql`and inherited = 0` : sql``}
    order by id`);
  if (isPassedOn) await uncountInherited(db, which);
  for (const table of TABLES) await db.run(sql`delete from ${table} where ${which}`);
  await db.run(sql`
    delete from trigger_above
    where trigger_id in (select id from triggers) and contact_id in ${contactIds}`);
  await dropFromDeleted(db, contactIds, isPassedOn);
  return ended;
}

/** What was inherited once and is now inherited again goes, and is written anew for who inherits. */
async function uncountInherited(db: SqlDatabase, which: SQL): Promise<void> {
  const inherited = sql`joined_history where ${which} and inherited <> 0`;
  // rule: inherited-again-uncounted
  await shiftUses(
    db,
    sql`
      select joined_cause as cause_id from ${inherited}
      union all
      select left_cause from ${inherited}`,
    -1,
  );
}

/** Segments that were deleted cannot bring these contacts back. */
async function dropFromDeleted(
  db: SqlDatabase,
  contactIds: SQL,
  isPassedOn: boolean,
): Promise<void> {
  await leaveWithSegment(db, { contactIds, isPassedOn });
  const which = sql`
    segment_id in (select id from deleted_segments) and contact_id in ${contactIds}`;
  // rule: deleted-pins-counted
  await shiftUses(db, sql`select cause_id from deleted_pins where ${which}`, -1);
  await db.run(sql`delete from deleted_pins where ${which}`);
}

/** Takes these contacts from the counters of their segments. */
async function countOut(db: SqlDatabase, contactIds: SQL): Promise<void> {
  await db.run(sql`
    update segments
    set
      members = segments.members - counted.members,
      anonymous = ${greater(sql`0`, sql`segments.anonymous - counted.anonymous`)}
    from (
      select
        joined.segment_id, count(*) as members,
        count(*) filter (
          where contacts.id is not null and contacts.identified_at is null
        ) as anonymous
      from segments
      cross join (select distinct id from ${contactIds} as ids) as gone
      ${THEN_JOIN} joined on joined.segment_id = segments.id and joined.contact_id = gone.id
      left join contacts on contacts.id = gone.id
      group by joined.segment_id
    ) as counted
    where counted.segment_id = segments.id`);
}

/** What hangs on contacts in each segment. */
const TABLES = [sql`joined`, sql`pins`, sql`joined_history`];

/**
 * Deletes what belongs to contacts that somebody deleted with SQL; gives how many memberships those
 * were.
 */
export async function sweepDeleted(db: SqlDatabase, deleting?: Deleting): Promise<number> {
  // rule: sweep
  return sweep(db, sql`select id from ${db.ways.log.deleted()} as gone`, deleting);
}

/** Does the same where the log cannot be trusted, by reading every membership, pin and interval. */
export async function sweepUnlogged(db: SqlDatabase): Promise<number> {
  const ownerless = TABLES.map(
    (table) =>
      sql`
        select contact_id
        from ${table} as hanging
        where not exists (select 1 from contacts where contacts.id = hanging.contact_id)`,
  );
  return sweep(db, sql.join(ownerless, sql` union `));
}

/** What else hangs on contacts. */
const BESIDE = [
  'events',
  'contact_tags',
  'suppressions',
  'import_tags',
  'import_pins',
  'former_values',
].map(name);

/** Where nobody says when, they went at the latest moment that the store knows of. */
async function sweep(db: SqlDatabase, goneContacts: SQL, deleting?: Deleting): Promise<number> {
  // never in JavaScript, which may round an id to a living one's
  await db.run(sql`create temp table if not exists gone (id ${INTEGER} primary key)`);
  await db.run(sql`delete from ${TEMP}.gone`);
  if ((await db.run(sql`insert into ${TEMP}.gone (id) ${goneContacts}`)) === 0) return 0;
  const gone = sql`(select id from ${TEMP}.gone)`;
  for (const table of BESIDE) await db.run(sql`delete from ${table} where contact_id in ${gone}`);
  await db.run(sql`delete from merged_contacts where merged_into in ${gone}`);
  const ended = await deleteMembershipsOf(db, gone, deleting ?? { now: await latestCause(db) });
  if (ended > 0) await recountAnonymous(db, ALWAYS);
  return ended;
}

async function latestCause(db: SqlDatabase): Promise<number> {
  return db.value<number>(sql`select coalesce(max(at), 0) from causes`);
}

/** Sets both counters of a segment to what its memberships say; gives them. */
export async function recountMembers(
  db: SqlDatabase,
  segmentId: number,
): Promise<{ readonly members: number; readonly anonymous: number }> {
  await db.run(sql`
    update segments
    set members = (select count(*) from joined where segment_id = ${segmentId})
    where id = ${segmentId}`);
  await recountAnonymous(db, sql`segments.id = ${segmentId}`);
  return (
    (await db.get<{ members: number; anonymous: number }>(
      sql`select members, anonymous from segments where id = ${segmentId}`,
    )) ?? { members: 0, anonymous: 0 }
  );
}

/**
 * Counts the anonymous members of these segments anew, for when contacts vanished behind our back.
 */
export async function recountAnonymous(db: SqlDatabase, which: SQL): Promise<void> {
  await db.run(sql`
    update segments
    set anonymous = (
      select count(*)
      from joined
      ${THEN_JOIN} contacts on contacts.id = joined.contact_id
      where joined.segment_id = segments.id and contacts.identified_at is null
    )
    where ${which}`);
}
