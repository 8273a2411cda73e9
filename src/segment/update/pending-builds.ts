import { withLostName } from '../../contact/lost-names.ts';
import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { UserError } from '../../support/errors.ts';
import { type Groundwork, layGround, prepare, queryOf } from './plan.ts';
import { isUpdated } from './scope.ts';

/** A segment that the next update has to evaluate for everybody, or that will fail, and why. */
export interface PendingBuild {
  readonly alias: string;
  readonly reason: string;
}

/** What the next update, as of `now`, has to build whatever else changes. */
export async function pendingBuilds(tx: ReadTx, now: number): Promise<PendingBuild[]> {
  const ground = await layGround(tx, now);
  const found: PendingBuild[] = [];
  for (const segment of ground.segments.filter(isUpdated)) {
    const reason = await reasonFor(tx, ground, segment);
    if (reason !== undefined) found.push({ alias: segment.alias, reason });
  }
  return found;
}

async function reasonFor(
  tx: ReadTx,
  ground: Groundwork,
  segment: SegmentRow,
): Promise<string | undefined> {
  try {
    const query = await queryOf(tx, prepare(ground, segment));
    return typeof query === 'string' ? query : undefined;
  } catch (thrown) {
    const error = await withLostName(tx, thrown);
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
