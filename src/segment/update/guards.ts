import type { Proposed, SegmentRow } from '../../store/index.ts';
import type { Bound, BuildOptions } from './request.ts';

/**
 * Why a guard refuses these changes; undefined when none does. Leaving and joining are judged
 * separately, so that an exchange of all members is noticed. A first build is never refused, and a
 * guard by share refuses nothing in a segment without members.
 */
export function refusal(
  { builtAt, members }: SegmentRow,
  { joining, leaving }: Proposed,
  { maxShrink, maxGrow }: BuildOptions,
): string | undefined {
  // rule: held-first
  if (builtAt === null) return undefined;
  // rule: held-apart
  if (exceeds(leaving, maxShrink, members))
    return (
      `${leaving} of ${members} members would leave: ` +
      `more than --max-shrink ${inWords(maxShrink)}`
    );
  if (exceeds(joining, maxGrow, members))
    return `${joining} would join ${members} members: more than --max-grow ${inWords(maxGrow)}`;
  return undefined;
}

/** Whether more move than a guard allows in a segment of so many members. */
export function exceeds(moving: number, bound: Bound | undefined, members: number): bound is Bound {
  if (bound === undefined) return false;
  if (bound.kind === 'count') return moving > bound.count;
  // rule: held-empty
  return members > 0 && moving > members * bound.share;
}

/** As it is typed. */
export function inWords(bound: Bound): string {
  return bound.kind === 'count'
    ? String(bound.count)
    : `${Number((bound.share * 100).toFixed(4))}%`;
}
