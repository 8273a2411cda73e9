import { type SQL, sql } from 'drizzle-orm';
import type { Cause } from '../../members.ts';
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
 * mended. Where a segment is read, another watermark follows, so that a build after this one has seen
 * it; else the next run begins one, and segments that are built one by one have seen the same.
 */
export async function logMembers(
  proposals: Proposals,
  moved: readonly Moved[],
  cause: Cause,
): Promise<void> {
  const { memberLog } = proposals.db.ways;
  const { oneByOne, wholesale } = loggedHow(moved, cause);
  const isUnread = new Set(cause.unread);
  // rule: bulk-epoch
  if (wholesale.length > 0) await memberLog.wholesale(wholesale);
  // rule: members-logged
  if (oneByOne.length > 0) await memberLog.oneByOne(movesOf(proposals), oneByOne);
  // rule: epoch-read
  if (!moved.every(({ segmentId }) => isUnread.has(segmentId))) await memberLog.proceed();
}

function movesOf(proposals: Proposals): SQL {
  return sql`
    select segment_id, contact_id from ${proposals.joiners()} as joiners
    union all
    select segment_id, contact_id from ${LEAVING} as leaving`;
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
