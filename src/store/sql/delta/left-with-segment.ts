import { type SQL, sql } from 'drizzle-orm';
import { THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { shiftUses } from './cause-uses.ts';
import { PASSED_ON } from './deleted-intervals.ts';

interface Leaving {
  /** A sub-select of ids. */
  readonly contactIds: SQL;
  /** Of this segment alone; by default of all that were deleted. */
  readonly segmentId?: number;
  /** Another contact has their intervals now. */
  readonly isPassedOn?: boolean;
}

/**
 * Takes contacts out of segments that were deleted, which cannot bring them back any more: they left
 * with the segment. Who came to be in one while it was deleted was never told to be in it, and leaves
 * nothing behind.
 */
export async function leaveWithSegment(
  db: SqlDatabase,
  { contactIds, segmentId, isPassedOn = false }: Leaving,
): Promise<void> {
  const which =
    segmentId === undefined ? sql`deleted_segments.id` : sql`${segmentId} and id = ${segmentId}`;
  const standing = sql`
    deleted_segments
    ${THEN_JOIN} deleted_joined on segment_id = ${which} and contact_id in ${contactIds}`;
  // rule: left-with-segment
  const wasIn = sql`${standing} where cause_id < deleted_cause`;
  // rule: dropped-counted
  await shiftUses(db, sql`select deleted_cause as cause_id from ${wasIn}`, 1);
  await shiftUses(db, sql`select cause_id from ${standing} where cause_id > deleted_cause`, -1);
  await db.run(sql`
    insert into deleted_history (segment_id, contact_id, joined_cause, left_cause, inherited)
    select segment_id, contact_id, cause_id, deleted_cause, ${isPassedOn ? PASSED_ON : 0}
    from ${wasIn}
    order by segment_id, contact_id`);
  const segments =
    segmentId === undefined
      ? sql`segment_id in (select id from deleted_segments)`
      : sql`segment_id = ${segmentId}`;
  await db.run(sql`delete from deleted_joined where ${segments} and contact_id in ${contactIds}`);
}
