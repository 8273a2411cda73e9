import { loadCatalogue } from '../contact/fields.ts';
import { compileFilter, decodeAst } from '../filter/index.ts';
import type { SegmentKind, SegmentRow, WriteTx } from '../store/index.ts';
import type { Action } from './action.ts';
import { definitionOf, withoutFilter } from './definition.ts';
import { timeContext } from '../contact/time-context.ts';
import { requireNoCircleBy } from './triggers/circles.ts';

export type Keep = 'drop' | 'pin';

/**
 * What a conversion does, in contacts. `members` is how many there are now. On the way to dynamic,
 * `matching` of them satisfy the filter and `leaving` do not: the next update removes those, unless
 * they are `pinned`. On the way to static, the pins in are dissolved. Both ways the `pinnedOut`
 * stay removed.
 */
export interface Conversion {
  readonly converted: boolean;
  readonly members: number;
  readonly matching: number | null;
  readonly leaving: number | null;
  readonly pinned: number;
  readonly dissolved: number;
  readonly pinnedOut: number;
}

/** Who converts, when, and within which run if the conversion was planned. */
export interface ConversionAction extends Action {
  readonly runId?: number | null | undefined;
}

/**
 * Converts at once and drops the plan. Nothing changes if the segment has that kind already.
 * `UserError` (1): to dynamic without a filter, or with one by which a trigger would set off itself.
 */
export async function convertSegment(
  tx: WriteTx,
  segment: SegmentRow,
  to: SegmentKind,
  keep: Keep,
  action: ConversionAction,
): Promise<Conversion> {
  const { out: pinnedOut } = await tx.pins.count(segment.id);
  if (segment.kind === to)
    return {
      converted: false,
      members: segment.members,
      matching: null,
      leaving: null,
      pinned: 0,
      dissolved: 0,
      pinnedOut,
    };
  const conversion = await (to === 'static'
    ? toStatic(tx, segment, action)
    : toDynamic(tx, segment, keep, action));
  await tx.segments.recordConversion(segment.id, action.now, action.runId ?? null);
  return { ...conversion, pinnedOut };
}

/**
 * Members stay, and the filter is kept but no longer used. Contacts that were pinned in become
 * plain members; those that were pinned out stay removed until their pin ends.
 */
async function toStatic(
  tx: WriteTx,
  segment: SegmentRow,
  action: Action,
): Promise<Omit<Conversion, 'pinnedOut'>> {
  // rule: removal-kept
  const dissolved = await tx.pins.clear(segment.id, 'all', 'in');
  await tx.segments.update(segment.id, { ...definitionOf(segment), kind: 'static' }, action);
  return {
    converted: true,
    members: segment.members,
    matching: null,
    leaving: null,
    pinned: 0,
    dissolved,
  };
}

async function toDynamic(
  tx: WriteTx,
  segment: SegmentRow,
  keep: Keep,
  action: ConversionAction,
): Promise<Omit<Conversion, 'pinnedOut'>> {
  const matching = await countMatchingMembers(tx, segment, action.now);
  // rule: circle-converted
  await requireNoCircleBy(tx, { ...segment, kind: 'dynamic' });
  await tx.segments.update(segment.id, { ...definitionOf(segment), kind: 'dynamic' }, action);
  const pinned = keep === 'drop' ? 0 : await pinMembers(tx, segment, action);
  return {
    converted: true,
    members: segment.members,
    matching,
    leaving: keep === 'pin' ? 0 : segment.members - matching,
    pinned,
    dissolved: 0,
  };
}

async function pinMembers(
  tx: WriteTx,
  { id }: SegmentRow,
  { by, now, runId = null }: ConversionAction,
): Promise<number> {
  return tx.pins.pinMembers(id, { via: 'conversion', by, now, runId });
}

async function countMatchingMembers(
  tx: WriteTx,
  segment: SegmentRow,
  now: number,
): Promise<number> {
  if (segment.filter === null) throw withoutFilter(segment);
  const catalogue = await loadCatalogue(tx);
  const where = compileFilter(decodeAst(segment.filter), {
    dialect: tx.dialect,
    shape: 'probe',
    time: await timeContext(tx, now),
    catalogue,
  });
  return tx.contacts.count({ segmentId: segment.id, where });
}
