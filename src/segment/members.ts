import type { Cause, PinRow, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { usersOf } from './references.ts';
import { requireMayTouch } from './via.ts';

/** An explicit decision about contacts: through which channel, why, and within which run if any. */
export interface Decision extends Action {
  readonly via: string;
  readonly reason?: string | null | undefined;
  /** When the pin ends, epoch ms; null: never; left out: a pin that stands already keeps its end. */
  readonly until?: number | null | undefined;
  readonly runId?: number | null | undefined;
}

/** What an explicit action did, in contacts: `joined` and `left` members, pins set, given another end or taken away, or nothing. */
export interface MemberChange {
  readonly joined: number;
  readonly left: number;
  readonly pinned: number;
  readonly endMoved: number;
  readonly unpinned: number;
  readonly unchanged: number;
}

/**
 * Puts contacts into a segment: members of a static one, pinned in to a dynamic one (a member by filter is promoted and
 * stays since when it was; of a pin that stands already only the end moves, where the decision names one). `UserError` (1)
 * when the segment forbids it, or is static and the decision has an end.
 */
export async function addToSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[], decision: Decision): Promise<MemberChange> {
  requireMayTouch(segment, decision.via);
  const ids = distinct(contactIds);
  if (segment.kind === 'static') {
    requireNoEnd(segment, decision);
    const joined = await tx.members.add(segment.id, ids, await causeOf(tx, segment, decision));
    return { ...NOTHING, joined, unchanged: ids.length - joined };
  }
  const { fresh, moved } = await pin(tx, segment, ids, 'in', decision);
  await tx.members.setVia(segment.id, fresh, decision.via);
  const joined = await tx.members.add(segment.id, fresh, await causeOf(tx, segment, decision));
  return { ...NOTHING, joined, pinned: fresh.length, endMoved: moved.length, unchanged: ids.length - fresh.length - moved.length };
}

/** Takes contacts out: they leave a static segment, and are pinned out of a dynamic one, members or not. */
export async function removeFromSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[], decision: Decision): Promise<MemberChange> {
  requireMayTouch(segment, decision.via);
  const ids = distinct(contactIds);
  if (segment.kind === 'static') {
    requireNoEnd(segment, decision);
    const left = await tx.members.remove(segment.id, ids, await causeOf(tx, segment, decision));
    return { ...NOTHING, left, unchanged: ids.length - left };
  }
  const { fresh, moved } = await pin(tx, segment, ids, 'out', decision);
  const left = await tx.members.remove(segment.id, fresh, await causeOf(tx, segment, decision));
  return { ...NOTHING, left, pinned: fresh.length, endMoved: moved.length, unchanged: ids.length - fresh.length - moved.length };
}

/** Takes pins away: the filter decides again, at the next update; until then members stay as they are. */
export async function unpinFromSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[]): Promise<MemberChange> {
  if (segment.kind === 'static') {
    throw new UserError('STATIC_SEGMENT', EXIT.refused, `segment ${segment.alias} is static: nobody is pinned in it`, { hint: `to take contacts out: rollcall segments:remove ${segment.alias} CONTACT` });
  }
  const ids = distinct(contactIds);
  await tx.members.setVia(segment.id, ids, 'filter');
  const unpinned = await tx.pins.clear(segment.id, ids);
  return { ...NOTHING, unpinned, unchanged: ids.length - unpinned };
}

const NOTHING: MemberChange = { joined: 0, left: 0, pinned: 0, endMoved: 0, unpinned: 0, unchanged: 0 };

function requireNoEnd(segment: SegmentRow, { until }: Decision): void {
  if (until === undefined) return;
  throw new UserError('STATIC_SEGMENT', EXIT.refused, `segment ${segment.alias} is static: nothing in it ends by itself`, { hint: 'leave out --until; only pins in dynamic segments have an end' });
}

/** Pins those who are not pinned so yet (`fresh`); of the others, those whose end became another are `moved`. */
async function pin(tx: WriteTx, segment: SegmentRow, ids: readonly number[], kind: PinRow['kind'], decision: Decision): Promise<{ readonly fresh: number[]; readonly moved: number[] }> {
  const { via, by, reason = null, until, now } = decision;
  const standing = new Map((await tx.pins.of(segment.id, ids)).filter((each) => each.kind === kind).map((each) => [each.contactId, each]));
  const fresh = ids.filter((id) => !standing.has(id));
  const moved = until === undefined ? [] : ids.filter((id) => standing.has(id) && standing.get(id)?.until !== until);
  await tx.pins.set(segment.id, fresh, { kind, via, by, reason, until: until ?? null, createdAt: now });
  await tx.pins.moveEnd(segment.id, moved, until ?? null);
  return { fresh, moved };
}

async function causeOf(tx: WriteTx, segment: SegmentRow, decision: Decision): Promise<Cause> {
  const isRead = usersOf(await tx.segments.list(), segment.id).length > 0;
  return { via: decision.via, now: decision.now, runId: decision.runId ?? null, unread: isRead ? [] : [segment.id] };
}

function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
