import {
  type Cause,
  type ContactSet,
  countOf,
  type PinRow,
  type SegmentRow,
  type WriteTx,
} from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Action } from './action.ts';
import { usersOf } from './references.ts';
import { pin, type Pins, pinsOf } from './pinning.ts';
import { keepsOut } from './removals.ts';
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
  /** It is about whom a filter or a segment names, not about each of them. */
  readonly isBulk?: boolean | undefined;
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
  contacts: ContactSet,
  decision: Decision,
): Promise<MemberChange> {
  requireMayTouch(segment, decision.via, 'join');
  if (segment.kind === 'static') requireNoEnd(segment, decision);
  const standing = await pinsOf(tx, segment, contacts);
  const decided = [...standing.keys()];
  // rule: removal-override
  const admitted =
    decision.overrideRemovals === true
      ? decided
      : decided.filter((id) => !keptOut(standing.get(id), decision));
  await noteOverridden(tx, segment, { admitted, contacts }, decision);
  const joining = { admitted, standing, others: await without(contacts, standing) };
  const change = await (segment.kind === 'static' ? addToStatic : pinIn)(
    tx,
    segment,
    joining,
    decision,
  );
  return { ...change, heldOut: decided.length - admitted.length };
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
  const { fresh, moved, rest } = await pin(tx, segment, ids, {
    ...{ kind: 'out', until: decision.until, cause },
    standing: await pinsOf(tx, segment, ids),
  });
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

export const NOTHING: MemberChange = {
  joined: 0,
  left: 0,
  pinned: 0,
  endMoved: 0,
  unpinned: 0,
  heldOut: 0,
  unchanged: 0,
};

/** What two changes did together. */
export function sumOf(one: MemberChange, other: MemberChange): MemberChange {
  const keys = Object.keys(NOTHING) as (keyof MemberChange)[];
  return Object.fromEntries(
    keys.map((key) => [key, one[key] + other[key]]),
  ) as unknown as MemberChange;
}

/** Whom a decision to add is about. */
interface Joining {
  /** Those who are pinned, one way or the other, and may join. */
  readonly admitted: readonly number[];
  readonly standing: Pins;
  /** Those of whom nobody has decided anything. */
  readonly others: ContactSet;
}

async function without(contacts: ContactSet, standing: Pins): Promise<ContactSet> {
  if ('without' in contacts) return contacts.without([...standing.keys()]);
  return distinct(contacts).filter((id) => !standing.has(id));
}

function keptOut(pin: PinRow | undefined, decision: Decision): boolean {
  return pin !== undefined && keepsOut(pin, decision);
}

/** The removals that an import overrides come back if it is undone, unless somebody decided since. */
async function noteOverridden(
  tx: WriteTx,
  segment: SegmentRow,
  { admitted, contacts }: { readonly admitted: readonly number[]; readonly contacts: ContactSet },
  { importId, via, isBulk = false }: Decision,
): Promise<void> {
  // rule: removal-remembered
  if (importId !== undefined) await tx.imports.keepRemovals(importId, segment.id, admitted);
  // rule: removal-decided
  else if (!isBulk && 'length' in contacts && sourceOf(via) === 'hand')
    await tx.imports.forgetRemovals(segment.id, contacts);
}

/** Contacts that were removed before come back by losing the pin that keeps them out. */
async function addToStatic(
  tx: WriteTx,
  segment: SegmentRow,
  { admitted: back, others }: Joining,
  decision: Decision,
): Promise<MemberChange> {
  const cause = await causeOf(tx, segment, decision);
  // rule: removal-forgotten
  const unpinned = await tx.pins.clear(segment.id, back);
  const rejoined = await tx.members.add(segment.id, back, cause);
  const joined = await tx.members.add(segment.id, others, cause);
  return { ...NOTHING, joined: rejoined + joined, unpinned, unchanged: countOf(others) - joined };
}

async function pinIn(
  tx: WriteTx,
  segment: SegmentRow,
  { admitted, standing, others }: Joining,
  decision: Decision,
): Promise<MemberChange> {
  const { until } = decision;
  const cause = await causeOf(tx, segment, decision);
  const pinning = { kind: 'in', until, cause, standing } as const;
  const { fresh, moved, rest } = await pin(tx, segment, admitted, pinning);
  await tx.pins.set(segment.id, others, { kind: 'in', until: until ?? null }, cause);
  const joined =
    (await tx.members.add(segment.id, fresh, cause)) +
    (await tx.members.add(segment.id, others, cause));
  return {
    ...NOTHING,
    joined,
    pinned: fresh.length + countOf(others),
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

/** The cause of those who join and leave by a decision. */
export async function causeOf(
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
