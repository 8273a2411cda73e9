import type { Cause, PinRow, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { usersOf } from './references.ts';
import { requireMayTouch } from './via.ts';

/** An explicit decision about contacts: through which channel, why, and within which run if any. */
export interface Decision extends Action {
  readonly via: string;
  readonly reason?: string | null | undefined;
  readonly runId?: number | null | undefined;
}

/** What an explicit action did, in contacts: `joined` and `left` members, pins set or taken away, or nothing. */
export interface MemberChange {
  readonly joined: number;
  readonly left: number;
  readonly pinned: number;
  readonly unpinned: number;
  readonly unchanged: number;
}

/**
 * Puts contacts into a segment: members of a static one, pinned in to a dynamic one (a member by filter is promoted and
 * stays since when it was; who is pinned in already stays as is). `UserError` (1) when the segment forbids it.
 */
export async function addToSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[], decision: Decision): Promise<MemberChange> {
  requireMayTouch(segment, decision.via);
  const ids = distinct(contactIds);
  if (segment.kind === 'static') {
    const joined = await tx.members.add(segment.id, ids, await causeOf(tx, segment, decision));
    return { joined, left: 0, pinned: 0, unpinned: 0, unchanged: ids.length - joined };
  }
  const fresh = await withoutPin(tx, segment, ids, 'in');
  await tx.pins.set(segment.id, fresh, pinOf('in', decision));
  await tx.members.setVia(segment.id, fresh, decision.via);
  const joined = await tx.members.add(segment.id, fresh, await causeOf(tx, segment, decision));
  return { joined, left: 0, pinned: fresh.length, unpinned: 0, unchanged: ids.length - fresh.length };
}

/** Takes contacts out: they leave a static segment, and are pinned out of a dynamic one, members or not. */
export async function removeFromSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[], decision: Decision): Promise<MemberChange> {
  requireMayTouch(segment, decision.via);
  const ids = distinct(contactIds);
  if (segment.kind === 'static') {
    const left = await tx.members.remove(segment.id, ids, await causeOf(tx, segment, decision));
    return { joined: 0, left, pinned: 0, unpinned: 0, unchanged: ids.length - left };
  }
  const fresh = await withoutPin(tx, segment, ids, 'out');
  await tx.pins.set(segment.id, fresh, pinOf('out', decision));
  const left = await tx.members.remove(segment.id, fresh, await causeOf(tx, segment, decision));
  return { joined: 0, left, pinned: fresh.length, unpinned: 0, unchanged: ids.length - fresh.length };
}

/** Takes pins away: the filter decides again, at the next update; until then members stay as they are. */
export async function unpinFromSegment(tx: WriteTx, segment: SegmentRow, contactIds: readonly number[]): Promise<MemberChange> {
  if (segment.kind === 'static') {
    throw new UserError('STATIC_SEGMENT', EXIT.refused, `segment ${segment.alias} is static: nobody is pinned in it`, { hint: `to take contacts out: rollcall segments:remove ${segment.alias} CONTACT` });
  }
  const ids = distinct(contactIds);
  await tx.members.setVia(segment.id, ids, 'filter');
  const unpinned = await tx.pins.clear(segment.id, ids);
  return { joined: 0, left: 0, pinned: 0, unpinned, unchanged: ids.length - unpinned };
}

async function withoutPin(tx: WriteTx, segment: SegmentRow, ids: readonly number[], kind: PinRow['kind']): Promise<number[]> {
  const standing = new Set((await tx.pins.of(segment.id, ids)).filter((pin) => pin.kind === kind).map((pin) => pin.contactId));
  return ids.filter((id) => !standing.has(id));
}

function pinOf(kind: PinRow['kind'], decision: Decision): Omit<PinRow, 'contactId'> {
  return { kind, via: decision.via, by: decision.by, reason: decision.reason ?? null, until: null, createdAt: decision.now };
}

async function causeOf(tx: WriteTx, segment: SegmentRow, decision: Decision): Promise<Cause> {
  const isReferred = usersOf(await tx.segments.list(), segment.id).length > 0;
  return { via: decision.via, now: decision.now, runId: decision.runId ?? null, isReferred };
}

function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
