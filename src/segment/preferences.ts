import type { ContactSegmentRow, ReadTx, SegmentRow, WriteTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';
import type { Action } from './action.ts';
import { pickSegment } from './lookup.ts';
import { addToSegment, type Decision, removeFromSegment } from './members.ts';
import { isOver } from './removals.ts';
import { mayTouch, requireMayTouch } from './via.ts';

/** What stands in causes and pins of what contacts choose themselves. */
const VIA = 'preference-center';

/** A segment that a contact may choose. */
export interface Offer {
  readonly segmentId: number;
  readonly alias: string;
  /** How it is called where contacts read it. */
  readonly name: string;
  readonly isChosen: boolean;
}

/** What a choice changed, by the aliases of segments. */
export interface Chosen {
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** The segments that are offered to a contact, and which of them it has chosen or is in. */
export async function offersTo(tx: ReadTx, contactId: number, now: number): Promise<Offer[]> {
  const standing = new Map(
    (await tx.members.segmentsOf(contactId)).map((row) => [row.segmentId, row]),
  );
  return (await tx.segments.list()).filter(isOffered).map(({ id, alias, name, publicName }) => ({
    segmentId: id,
    alias,
    name: publicName ?? name,
    isChosen: isIn(standing.get(id), now),
  }));
}

/**
 * The contact chooses these of the segments that are offered to it, by alias, id or the name under
 * which it sees them, and no others.
 * Where that is as it was, nothing is decided. `UserError`: a segment that does not exist (2) or is
 * not offered (1).
 */
export async function choose(
  tx: WriteTx,
  contactId: number,
  wanted: readonly string[],
  action: Action,
): Promise<Chosen> {
  const segments = await tx.segments.list();
  const chosen = new Set(wanted.map((reference) => offered(segments, reference)));
  const decision = { ...action, via: VIA };
  const joined: string[] = [];
  const left: string[] = [];
  for (const { segmentId, isChosen } of await offersTo(tx, contactId, action.now)) {
    const segment = segments.find(({ id }) => id === segmentId);
    // rule: preference-changed
    if (segment === undefined || chosen.has(segment) === isChosen) continue;
    await decide(tx, segment, contactId, { isIn: !isChosen, decision });
    (isChosen ? left : joined).push(segment.alias);
  }
  return { joined, left };
}

async function decide(
  tx: WriteTx,
  segment: SegmentRow,
  contactId: number,
  { isIn: wanted, decision }: { readonly isIn: boolean; readonly decision: Decision },
): Promise<void> {
  await (wanted ? addToSegment : removeFromSegment)(tx, segment, [contactId], decision);
}

function isOffered(segment: SegmentRow): boolean {
  return mayTouch(segment, VIA, 'join');
}

type Alike = (one: string, other: string) => boolean;
const SPELT_ALIKE: readonly Alike[] = [
  // rule: preference-spelt
  (one, other) => one === other,
  (one, other) => fold(one) === fold(other),
];

/**
 * The segment of this alias, id or name among those offered. What is spelt just so is meant before
 * what differs in capitals, and then an alias before a name. One that is not offered is no help to
 * whoever misspelt one that is.
 */
function offered(segments: readonly SegmentRow[], reference: string): SegmentRow {
  const open = segments.filter(isOffered);
  for (const isAlike of SPELT_ALIKE) {
    const found = findCalled(open, reference, isAlike);
    if (found !== undefined) return found;
  }
  const segment = pickSegment(segments, reference, isOffered);
  requireMayTouch(segment, VIA, 'join');
  return segment;
}

function findCalled(
  segments: readonly SegmentRow[],
  reference: string,
  isAlike: Alike,
): SegmentRow | undefined {
  const known = segments.find(
    ({ alias, id }) => isAlike(alias, reference) || String(id) === reference,
  );
  // rule: preference-name
  if (known !== undefined) return known;
  const called = segments.filter(({ name, publicName }) => isAlike(publicName ?? name, reference));
  if (called.length > 1) throw severalCalled(reference, called);
  return called[0];
}

function severalCalled(name: string, segments: readonly SegmentRow[]): UserError {
  const aliases = segments.map(({ alias }) => alias).join(', ');
  return new UserError('AMBIGUOUS_SEGMENT', EXIT.usage, `several segments are called ${name}`, {
    hint: `give one of their aliases: ${aliases}`,
  });
}

/** What is decided counts before what the members are by now. */
function isIn(row: ContactSegmentRow | undefined, now: number): boolean {
  if (row === undefined) return false;
  const { pin, pinUntil, isMember } = row;
  if (pin === null || isOver({ until: pinUntil }, now)) return isMember;
  return pin === 'in';
}
