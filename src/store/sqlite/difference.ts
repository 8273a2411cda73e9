import { sql } from 'drizzle-orm';
import type { Difference } from '../rows.ts';
import type { Cause } from '../transaction.ts';
import type { SqliteDatabase } from './database.ts';
import { anonymousJoiners, contactsOf, joinersOf, lastLaidOut } from './laid-out.ts';
import { layOutJoining, layOutLeaving } from './lay-out.ts';
import { recountAnonymous } from './memberships-of-contacts.ts';

/*
 * The one place that writes memberships. A change that was laid out (lay-out.ts) is applied with its history and counters in a handful of
 * statements, in key order.
 */

/** Those of `contactIds` who are not members yet join. */
export function addMembers(db: SqliteDatabase, segmentId: number, contactIds: readonly number[], cause: Cause): number {
  layOutJoining(db, segmentId, contactIds);
  return applyDifference(db, segmentId, cause).joined;
}

/** Those of `contactIds` who are members leave. */
export function removeMembers(db: SqliteDatabase, segmentId: number, contactIds: readonly number[], cause: Cause): number {
  layOutLeaving(db, segmentId, contactIds);
  return applyDifference(db, segmentId, cause).left;
}

/** Writes what was laid out last. Who joins by `filter` but is pinned in joins by the pin's channel. */
export function applyDifference(db: SqliteDatabase, segmentId: number, cause: Cause): Difference {
  const { leaving, renaming } = lastLaidOut(db);
  const left = leaving === 0 ? 0 : keepHistory(db, segmentId, cause);
  if (leaving > 0) db.run(sql`delete from memberships where segment_id = ${segmentId} and contact_id in ${contactsOf(db, 'leaving')}`);
  if (renaming > 0) rename(db, segmentId);
  const joined = join(db, segmentId, cause);
  if (joined + leaving > 0) {
    count(db, segmentId, joined - leaving);
    if (joined + left > 0) db.run(sql`update segments set moved_at = ${cause.now} where id = ${segmentId}`); // a deleted contact has not left
    logMembers(db, segmentId, { oneByOne: cause.isReferred !== false && joined + leaving <= MOST_LOGGED });
  }
  if (leaving > left) recountAnonymous(db, sql`segments.id = ${segmentId}`); // some who left were deleted behind our back
  return { joined, left };
}

function keepHistory(db: SqliteDatabase, segmentId: number, cause: Cause): number {
  return db.run(sql`
    insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via, left_via, joined_run, left_run)
    select segment_id, contact_id, since, max(since, ${cause.now}), via, ${cause.via}, run_id, ${cause.runId}
    from memberships
    where segment_id = ${segmentId}
      and contact_id in ${contactsOf(db, 'leaving')}
      and contact_id in (select id from contacts)
    order by contact_id`);
}

function rename(db: SqliteDatabase, segmentId: number): void {
  db.run(sql`
    update memberships
    set via = coalesce((select pins.via from pins where pins.segment_id = ${segmentId} and pins.contact_id = memberships.contact_id and pins.kind = 'in'), 'filter')
    where segment_id = ${segmentId} and contact_id in ${contactsOf(db, 'renaming')}`);
}

function join(db: SqliteDatabase, segmentId: number, cause: Cause): number {
  if (lastLaidOut(db).joining === 0) return 0;
  const isPinned = db.get(sql`select 1 from pins where segment_id = ${segmentId} and kind = 'in' limit 1`) !== undefined;
  const pinned = sql`left join pins on pins.segment_id = ${segmentId} and pins.contact_id = joiners.contact_id and pins.kind = 'in'`;
  return db.run(sql`
    insert into memberships (segment_id, contact_id, since, via, run_id)
    select ${segmentId}, joiners.contact_id, ${cause.now}, ${isPinned ? sql`coalesce(pins.via, ${cause.via})` : cause.via}, ${cause.runId}
    from ${joinersOf(db)} as joiners
    ${isPinned ? pinned : sql``}`);
}

/** Above this many, who joined and left is not logged one by one: the segments that read these members are built in full. */
const MOST_LOGGED = 50_000;

/**
 * Tells the segments that read these members, or will: one whose filter cannot be read now may be mended. A new epoch follows,
 * so that a build after this one has seen it.
 */
function logMembers(db: SqliteDatabase, segmentId: number, { oneByOne }: { readonly oneByOne: boolean }): void {
  if (!oneByOne) db.run(sql`update segments set bulk_epoch = (select epoch from capture) where id = ${segmentId}`);
  for (const part of oneByOne ? (['joining', 'leaving'] as const) : []) {
    db.run(sql`
      insert into contact_changes (epoch, kind, id, segment_id)
      select (select epoch from capture), 'member', contact_id, ${segmentId}
      from ${contactsOf(db, part)}
      where true
      on conflict do nothing`);
  }
  db.run(sql`update capture set epoch = epoch + 1`);
}

function count(db: SqliteDatabase, segmentId: number, growth: number): void {
  db.run(sql`
    update segments
    set
      members = members + ${growth},
      anonymous = anonymous
        + ${anonymousJoiners(db)}
        - (
          select count(*)
          from ${contactsOf(db, 'leaving')} as moved
          cross join contacts on contacts.id = moved.contact_id
          where contacts.identified_at is null
        )
    where id = ${segmentId}`);
}
