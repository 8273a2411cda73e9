import { sql } from 'drizzle-orm';
import type { Cause } from '../../members.ts';
import { valuesOf } from '../connection/sql-parts.ts';
import { LEAVING, type Proposals } from './proposed.ts';

/*
 * What the update reads of members who moved, where a filter says `in segment`: each of them, or
 * that a segment changed wholesale.
 */

/** How many join and leave one segment. */
interface Moved {
  readonly segmentId: number;
  readonly joining: number;
  readonly leaving: number;
}

/**
 * Above this many, who joined and left is not logged one by one: the segments that read these
 * members are built in full.
 */
const MOST_LOGGED = 50_000;

/**
 * Tells the segments that read these members, or will: one whose filter cannot be read now may be
 * mended. Where a segment is read, a new epoch follows, so that a build after this one has seen it;
 * else the next run begins one, and segments that are built one by one have seen the same epoch.
 */
export async function logMembers(
  proposals: Proposals,
  moved: readonly Moved[],
  cause: Cause,
): Promise<void> {
  const { db } = proposals;
  const { oneByOne, wholesale } = loggedHow(moved, cause);
  const isUnread = new Set(cause.unread);
  // rule: bulk-epoch
  if (wholesale.length > 0)
    await db.run(sql`
      update segments
      set bulk_epoch = (select epoch from capture)
      where id in (select value from ${valuesOf(wholesale)})`);
  // rule: members-logged
  if (oneByOne.length > 0) await logMoves(proposals, oneByOne);
  // rule: epoch-read
  if (!moved.every(({ segmentId }) => isUnread.has(segmentId)))
    await db.run(sql`update capture set epoch = epoch + 1`);
}

async function logMoves(proposals: Proposals, segmentIds: readonly number[]): Promise<void> {
  await proposals.db.run(sql`
    insert into member_changes (segment_id, epoch, id)
    select segment_id, (select epoch from capture), contact_id
    from (
      select segment_id, contact_id from ${proposals.joiners()}
      union all
      select segment_id, contact_id from ${LEAVING}
    )
    where segment_id in (select value from ${valuesOf(segmentIds)})
    on conflict do nothing`);
}

/** The ids of segments whose moves are logged one by one, and of those that changed wholesale. */
function loggedHow(
  moved: readonly Moved[],
  { unread = [] }: Cause,
): { readonly oneByOne: readonly number[]; readonly wholesale: readonly number[] } {
  const isUnread = new Set(unread);
  const isOneByOne = ({ segmentId, joining, leaving }: Moved): boolean =>
    !isUnread.has(segmentId) && joining + leaving <= MOST_LOGGED;
  const idsOf = (some: readonly Moved[]): number[] => some.map(({ segmentId }) => segmentId);
  return {
    oneByOne: idsOf(moved.filter(isOneByOne)),
    wholesale: idsOf(moved.filter((one) => !isOneByOne(one))),
  };
}
