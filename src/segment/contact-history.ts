import type { CauseRow, ReadTx } from '../store/index.ts';

/** What happened to a contact: in a segment, or (null) in a channel. */
export interface ContactEvent {
  /** Epoch ms. */
  readonly at: number;
  readonly what: 'joined' | 'left' | 'pinned in' | 'pinned out' | 'suppressed';
  readonly segmentId: number | null;
  /** The segment's alias, or the one that it was deleted under. */
  readonly segment: string | null;
  /** The segment was deleted since. */
  readonly isDeleted: boolean;
  readonly via: string | null;
  readonly name: string | null;
  readonly by: string | null;
  readonly reason: string | null;
  /** When a pin ends (epoch ms). */
  readonly until: number | null;
  readonly channel: string | null;
  readonly cause: CauseRow | null;
}

/**
 * What is kept of a contact's memberships, with the pins and suppressions that stand, in the order
 * of time; joins and leaves in that in which they were committed, whatever the clock said. `contactId`
 * is that of a contact: `getContact` finds it.
 */
export async function contactHistory(tx: ReadTx, contactId: number): Promise<ContactEvent[]> {
  const segments = await segmentNames(tx);
  const moves = await moveEvents(tx, contactId, segments);
  const others = [
    ...(await pinEvents(tx, contactId, segments)),
    ...(await consentEvents(tx, contactId)),
  ];
  return inOrder(moves, others);
}

/** Where the clock went back, a move stands behind the one before it all the same. */
function inOrder(moves: readonly ContactEvent[], others: readonly ContactEvent[]): ContactEvent[] {
  let latest = Number.NEGATIVE_INFINITY;
  const placed = [
    ...moves.map((event) => ({ event, place: (latest = Math.max(latest, event.at)) })),
    ...others.map((event) => ({ event, place: event.at })),
  ];
  return placed.sort((one, other) => one.place - other.place).map(({ event }) => event);
}

type Names = ReadonlyMap<number, Pick<ContactEvent, 'segment' | 'isDeleted'>>;

async function segmentNames(tx: ReadTx): Promise<Names> {
  const deleted = await tx.segments.deleted();
  const living = await tx.segments.list();
  return new Map<number, Pick<ContactEvent, 'segment' | 'isDeleted'>>([
    ...deleted.map(({ id, alias }) => [id, { segment: alias, isDeleted: true }] as const),
    ...living.map(({ id, alias }) => [id, { segment: alias, isDeleted: false }] as const),
  ]);
}

const NOTHING = {
  ...{ segmentId: null, segment: null, isDeleted: false, via: null, name: null, by: null },
  ...{ reason: null, until: null, channel: null, cause: null },
};

async function moveEvents(tx: ReadTx, contactId: number, names: Names): Promise<ContactEvent[]> {
  const moves = await tx.history.movesOf(contactId);
  return moves.map(({ change, segmentId, cause }) => {
    const { at, via, name, by, reason } = cause;
    const where = { segmentId, ...names.get(segmentId) };
    return { ...NOTHING, ...where, at, what: change, via, name, by, reason, cause };
  });
}

async function pinEvents(tx: ReadTx, contactId: number, names: Names): Promise<ContactEvent[]> {
  const pins = await tx.history.pinsOf(contactId);
  return pins.map(({ segmentId, kind, via, name, by, reason, until, createdAt }) => ({
    ...NOTHING,
    ...{ segmentId, ...names.get(segmentId) },
    ...{ at: createdAt, what: `pinned ${kind}` as const, via, name, by, reason, until },
  }));
}

async function consentEvents(tx: ReadTx, contactId: number): Promise<ContactEvent[]> {
  const suppressions = await tx.contacts.suppressions([contactId]);
  return suppressions.map(({ channel, reason, createdAt }) => ({
    ...NOTHING,
    ...{ at: createdAt, what: 'suppressed' as const, channel, reason },
  }));
}
