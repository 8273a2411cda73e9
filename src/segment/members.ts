import type { Cause, PinRow, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { usersOf } from './references.ts';
import { keepsOut, standingFor } from './removals.ts';
import { requireMayTouch, sourceOf } from './via.ts';

/**
 * An explicit decision about contacts: by whom, when, through which channel, why, and within which
 * run if any.
 */
export interface Decision extends Action {
  readonly via: string;
  readonly reason?: string | null | undefined;
  /**
   * When the pin ends, epoch ms; null means never. If it is left out, a pin that stands keeps its
   * end.
   */
  readonly until?: number | null | undefined;
  readonly runId?: number | null | undefined;
  /** The import that decides, and what its file is called. */
  readonly importId?: number | undefined;
  readonly name?: string | undefined;
  /** Adds contacts that a removal keeps out as well, and deletes those removals. */
  readonly overrideRemovals?: boolean | undefined;
}

/**
 * What an explicit action did, in contacts: members that joined and left; pins that were set,
 * removed or given another end; and contacts for which nothing changed. `heldOut` were not added
 * because a removal keeps them out.
 */
export interface MemberChange {
  readonly joined: number;
  readonly left: number;
  readonly pinned: number;
  readonly endMoved: number;
  readonly unpinned: number;
  readonly heldOut: number;
  readonly unchanged: number;
}

/**
 * Adds contacts to a segment, except those that a removal keeps out (see `keepsOut`). In a static
 * segment they become members. In a dynamic one they are pinned in: a member by filter keeps its
 * joining time, and a pin that stands only gets the new end, if the decision names one. `UserError`
 * (1) when the segment forbids it, or when it is static and the decision has an end.
 */
export async function addToSegment(
  tx: WriteTx,
  segment: SegmentRow,
  contactIds: readonly number[],
  decision: Decision,
): Promise<MemberChange> {
  requireMayTouch(segment, decision.via, 'join');
  const ids = distinct(contactIds);
  const standing = await pinsOf(tx, segment, ids);
  // rule: removal-override
  const admitted =
    decision.overrideRemovals === true
      ? ids
      : ids.filter((id) => !keptOut(standing.get(id), decision));
  // rule: removal-remembered
  if (decision.importId !== undefined)
    await tx.imports.keepRemovals(decision.importId, segment.id, admitted);
  // rule: removal-decided
  // what an import overrode is not to come back over what a person has decided since
  else if (sourceOf(decision.via) === 'hand') await tx.imports.forgetRemovals(segment.id, admitted);
  const change = await (segment.kind === 'static' ? addToStatic : pinIn)(
    tx,
    segment,
    admitted,
    standing,
    decision,
  );
  return { ...change, heldOut: ids.length - admitted.length };
}

/**
 * Removes contacts, whether they are members or not: members leave, and a pin keeps all of them
 * out, in a static segment as in a dynamic one.
 */
export async function removeFromSegment(
  tx: WriteTx,
  segment: SegmentRow,
  contactIds: readonly number[],
  decision: Decision,
): Promise<MemberChange> {
  requireMayTouch(segment, decision.via, 'leave');
  const ids = distinct(contactIds);
  const cause = await causeOf(tx, segment, decision);
  const { fresh, moved, rest } = await pin(
    tx,
    segment,
    ids,
    { kind: 'out', cause, standing: await pinsOf(tx, segment, ids) },
    decision,
  );
  const left = await tx.members.remove(segment.id, [...fresh, ...moved], cause);
  // rule: removal-stranger
  // `rest` may still hold members, where another tool wrote the pin and removed nobody
  const late = await tx.members.remove(segment.id, rest, cause);
  return {
    ...NOTHING,
    left: left + late,
    pinned: fresh.length,
    endMoved: moved.length,
    unchanged: rest.length - late,
  };
}

/**
 * Deletes pins. Members stay until the next update; in a dynamic segment the filter then decides
 * again.
 */
export async function unpinFromSegment(
  tx: WriteTx,
  segment: SegmentRow,
  contactIds: readonly number[],
): Promise<MemberChange> {
  const ids = distinct(contactIds);
  const unpinned = await tx.pins.clear(segment.id, ids);
  return { ...NOTHING, unpinned, unchanged: ids.length - unpinned };
}

/**
 * Removes all members of a static segment; removals stay in force. Returns how many left.
 * `UserError` (1) for a dynamic segment.
 */
export async function clearSegment(
  tx: WriteTx,
  segment: SegmentRow,
  action: Action,
): Promise<number> {
  if (segment.kind === 'dynamic') {
    throw new UserError(
      'DYNAMIC_SEGMENT',
      EXIT.refused,
      `segment ${segment.alias} is dynamic: its filter would fill it again`,
      {
        hint:
          'to take decisions back, contact by contact: ' +
          `rollcall segments:unpin ${segment.alias} CONTACT`,
      },
    );
  }
  return tx.members.remove(
    segment.id,
    'all',
    await causeOf(tx, segment, { ...action, via: 'manual' }),
  );
}

const NOTHING: MemberChange = {
  joined: 0,
  left: 0,
  pinned: 0,
  endMoved: 0,
  unpinned: 0,
  heldOut: 0,
  unchanged: 0,
};

type Pins = ReadonlyMap<number, PinRow>;

/** The pins of these contacts in this segment, by contact id. */
async function pinsOf(tx: WriteTx, segment: SegmentRow, ids: readonly number[]): Promise<Pins> {
  return new Map((await tx.pins.of(segment.id, ids)).map((each) => [each.contactId, each]));
}

function keptOut(pin: PinRow | undefined, decision: Decision): boolean {
  return pin !== undefined && keepsOut(pin, decision);
}

/** Contacts that were removed before come back by losing the pin that keeps them out. */
async function addToStatic(
  tx: WriteTx,
  segment: SegmentRow,
  ids: readonly number[],
  standing: Pins,
  decision: Decision,
): Promise<MemberChange> {
  requireNoEnd(segment, decision);
  const [back, others] = [
    ids.filter((id) => standing.has(id)),
    ids.filter((id) => !standing.has(id)),
  ];
  const cause = await causeOf(tx, segment, decision);
  // rule: removal-forgotten
  const unpinned = await tx.pins.clear(segment.id, back);
  const rejoined = await tx.members.add(segment.id, back, cause);
  const joined = await tx.members.add(segment.id, others, cause);
  return { ...NOTHING, joined: rejoined + joined, unpinned, unchanged: others.length - joined };
}

async function pinIn(
  tx: WriteTx,
  segment: SegmentRow,
  ids: readonly number[],
  standing: Pins,
  decision: Decision,
): Promise<MemberChange> {
  const cause = await causeOf(tx, segment, decision);
  const { fresh, moved, rest } = await pin(
    tx,
    segment,
    ids,
    { kind: 'in', cause, standing },
    decision,
  );
  const joined = await tx.members.add(segment.id, fresh, cause);
  return {
    ...NOTHING,
    joined,
    pinned: fresh.length,
    endMoved: moved.length,
    unchanged: rest.length,
  };
}

function requireNoEnd(segment: SegmentRow, { until }: Decision): void {
  if (until === undefined) return;
  throw new UserError(
    'STATIC_SEGMENT',
    EXIT.refused,
    `segment ${segment.alias} is static: no membership in it ends by itself`,
    {
      hint: 'leave out --until; removals have an end, and members of dynamic segments',
    },
  );
}

interface Pinned {
  readonly fresh: readonly number[];
  readonly moved: readonly number[];
  readonly rest: readonly number[];
}

interface Pinning {
  readonly kind: PinRow['kind'];
  readonly cause: Cause;
  readonly standing: Pins;
}

/**
 * Pins contacts in or out. Returns as `fresh` those that had no such pin yet and as `moved` those
 * whose pin got another end.
 */
async function pin(
  tx: WriteTx,
  segment: SegmentRow,
  ids: readonly number[],
  { kind, cause, standing }: Pinning,
  decision: Decision,
): Promise<Pinned> {
  const { until } = decision;
  const found = new Map(ids.map((id) => [id, standingFor(standing.get(id), kind, decision)]));
  const fresh = ids.filter((id) => found.get(id) === 'none' || found.get(id) === 'outranked');
  const moved =
    until === undefined
      ? []
      : ids.filter((id) => found.get(id) === 'settled' && standing.get(id)?.until !== until);
  const changed = new Set([...fresh, ...moved]);
  await tx.pins.set(segment.id, fresh, { kind, until: until ?? null }, cause);
  await tx.pins.moveEnd(segment.id, moved, until ?? null);
  return { fresh, moved, rest: ids.filter((id) => !changed.has(id)) };
}

async function causeOf(
  tx: WriteTx,
  segment: SegmentRow,
  { via, now, by, reason, name, runId = null, importId }: Decision,
): Promise<Cause> {
  const isRead = usersOf(await tx.segments.list(), segment.id).length > 0;
  return {
    ...{ via, now, by, reason, name, runId, importId },
    unread: isRead ? [] : [segment.id],
  };
}

function distinct(ids: readonly number[]): number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}
