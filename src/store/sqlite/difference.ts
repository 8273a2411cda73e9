import { type SQL, sql } from 'drizzle-orm';
import type { Difference } from '../rows.ts';
import type { Cause } from '../transaction.ts';
import { idSet, type SqliteDatabase } from './database.ts';
import { clear, fill, fillJoining } from './lay-out.ts';
import { recountAnonymous } from './memberships-of-contacts.ts';

/*
 * The one place that writes memberships. What was laid out (see lay-out.ts) is applied with its history and counters in a handful
 * of statements, in key order.
 */

/** Those of `contactIds` who are not members yet join. */
export function addMembers(db: SqliteDatabase, segmentId: number, contactIds: readonly number[], cause: Cause): number {
  fillJoining(db, segmentId, sql`select id as contact_id from contacts where id in ${idSet(contactIds)}`);
  for (const part of ['leaving', 'renaming'] as const) clear(db, part);
  return applyDifference(db, segmentId, cause).joined;
}

/** Those of `contactIds` who are members leave. */
export function removeMembers(db: SqliteDatabase, segmentId: number, contactIds: readonly number[], cause: Cause): number {
  for (const part of ['joining', 'renaming'] as const) clear(db, part);
  fill(db, 'leaving', sql`select contact_id from memberships where segment_id = ${segmentId} and contact_id in ${idSet(contactIds)}`);
  return applyDifference(db, segmentId, cause).left;
}

/** Writes what `joining`, `leaving` and `renaming` hold. Who joins by `filter` but is pinned in joins by the pin's channel. */
export function applyDifference(db: SqliteDatabase, segmentId: number, cause: Cause): Difference {
  const left = db.run(sql`
    insert into membership_history (segment_id, contact_id, joined_at, left_at, joined_via, left_via, joined_run, left_run)
    select segment_id, contact_id, since, max(since, ${cause.now}), via, ${cause.via}, run_id, ${cause.runId}
    from memberships
    where segment_id = ${segmentId}
      and contact_id in (select contact_id from temp.leaving)
      and contact_id in (select id from contacts)
    order by contact_id`);
  const removed = db.run(sql`
    delete from memberships
    where segment_id = ${segmentId} and contact_id in (select contact_id from temp.leaving)`);
  db.run(sql`
    update memberships
    set via = coalesce((select pins.via from pins where pins.segment_id = ${segmentId} and pins.contact_id = memberships.contact_id and pins.kind = 'in'), 'filter')
    where segment_id = ${segmentId} and contact_id in (select contact_id from temp.renaming)`);
  const joined = db.run(sql`
    insert into memberships (segment_id, contact_id, since, via, run_id)
    select ${segmentId}, joining.contact_id, ${cause.now}, coalesce(pins.via, ${cause.via}), ${cause.runId}
    from temp.joining
    left join pins on pins.segment_id = ${segmentId} and pins.contact_id = joining.contact_id and pins.kind = 'in'
    order by joining.contact_id`);
  if (joined + removed > 0) {
    count(db, segmentId, joined - removed);
    if (joined + left > 0) db.run(sql`update segments set moved_at = ${cause.now} where id = ${segmentId}`); // a deleted contact has not left
    logMembers(db, segmentId, { oneByOne: cause.isReferred !== false && joined + removed <= MOST_LOGGED });
  }
  if (removed > left) recountAnonymous(db, sql`segments.id = ${segmentId}`); // some who left were deleted behind our back
  return { joined, left };
}

/** Above this many, who joined and left is not logged one by one: the segments that read these members are built in full. */
const MOST_LOGGED = 50_000;

/**
 * Tells the segments that read these members, or will: one whose filter cannot be read now may be mended. A new epoch follows,
 * so that a build after this one has seen it.
 */
function logMembers(db: SqliteDatabase, segmentId: number, { oneByOne }: { readonly oneByOne: boolean }): void {
  if (!oneByOne) db.run(sql`update segments set bulk_epoch = (select epoch from capture) where id = ${segmentId}`);
  for (const moved of oneByOne ? [sql`temp.joining`, sql`temp.leaving`] : []) {
    db.run(sql`
      insert into contact_changes (epoch, kind, id, segment_id)
      select (select epoch from capture), 'member', contact_id, ${segmentId}
      from ${moved}
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
      anonymous = anonymous + ${anonymousIn(sql`temp.joining`)} - ${anonymousIn(sql`temp.leaving`)}
    where id = ${segmentId}`);
}

function anonymousIn(table: SQL): SQL {
  return sql`(
    select count(*)
    from ${table} as moved
    cross join contacts on contacts.id = moved.contact_id
    where contacts.identified_at is null
  )`;
}
