import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { pickSegment } from '../lookup.ts';
import { orderByReference, withReferred } from './order.ts';

/** Which segments a run builds, in their order. */
export interface Scope {
  readonly ordered: readonly SegmentRow[];
  /** Those that refer to themselves through others: they can only fail. */
  readonly cyclic: readonly SegmentRow[];
  /** What was asked for and needs no work. */
  readonly notices: readonly string[];
}

/** The published dynamic segments, or the named ones with those that they refer to. `UserError`: unknown (2), unpublished (1). */
export async function scopeOf(tx: ReadTx, references: readonly string[]): Promise<Scope> {
  const all = await tx.segments.list();
  if (references.length === 0) return { ...orderByReference(all.filter(isUpdated)), notices: [] };
  const named = references.map((reference) => pickSegment(all, reference));
  const unpublished = named.find((segment) => !segment.published);
  if (unpublished !== undefined) {
    throw new UserError('UNPUBLISHED', EXIT.refused, `segment ${unpublished.alias} is unpublished and is not updated`, {
      hint: `publish it first: rollcall segments:edit ${unpublished.alias} --published`,
    });
  }
  const notices = named.filter((segment) => segment.kind === 'static').map((segment) => `segment ${segment.alias} is static: there is nothing to update`);
  return { ...orderByReference(withReferred(named, all).filter(isUpdated)), notices };
}

/** Whether updates keep this segment true. */
export function isUpdated(segment: SegmentRow): boolean {
  return segment.kind === 'dynamic' && segment.published;
}
