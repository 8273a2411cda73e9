import type { Cause, ContactSet, PinRow, SegmentRow, WriteTx } from '../store/index.ts';
import { standingFor } from './removals.ts';

/** Pins by contact id. */
export type Pins = ReadonlyMap<number, PinRow>;

/** The pins of these contacts in this segment. */
export async function pinsOf(
  tx: WriteTx,
  segment: SegmentRow,
  contacts: ContactSet,
): Promise<Pins> {
  return new Map((await tx.pins.of(segment.id, contacts)).map((each) => [each.contactId, each]));
}

interface Pinning {
  readonly kind: PinRow['kind'];
  /** When the pins end, epoch ms; null means never, and undefined leaves those that stand alone. */
  readonly until: number | null | undefined;
  readonly cause: Cause;
  readonly standing: Pins;
}

interface Pinned {
  readonly fresh: readonly number[];
  readonly moved: readonly number[];
  readonly rest: readonly number[];
}

/**
 * Pins contacts in or out. Returns as `fresh` those that had no such pin yet and as `moved` those
 * whose pin got another end.
 */
export async function pin(
  tx: WriteTx,
  segment: SegmentRow,
  ids: readonly number[],
  { kind, until, cause, standing }: Pinning,
): Promise<Pinned> {
  const found = new Map(ids.map((id) => [id, standingFor(standing.get(id), kind, cause)]));
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
