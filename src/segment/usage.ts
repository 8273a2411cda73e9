import type { ReadTx, SegmentRow } from '../store/index.ts';
import { planOf } from './conversion-plan.ts';
import { usersOf } from './references.ts';

/** What counts on a segment. */
export interface Use {
  readonly kind: 'filter' | 'conversion';
  /** The alias of the segment whose filter names it; when a planned conversion is due. */
  readonly name: string;
  /** Whether it forbids to delete and to unpublish the segment. */
  readonly holds: boolean;
}

export async function usesOf(tx: ReadTx, segment: SegmentRow): Promise<readonly Use[]> {
  const users = usersOf(await tx.segments.list(), segment.id);
  const filters = users.map(({ alias }): Use => ({ kind: 'filter', name: alias, holds: true }));
  const plan = planOf(segment);
  if (plan === null) return filters;
  const due = plan.kind === 'on' ? `on ${plan.day}` : `after ${plan.period} without changes`;
  return [...filters, { kind: 'conversion', name: due, holds: false }];
}
