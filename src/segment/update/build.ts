import type { BuildMode, BuiltStamp, Cause, Difference, SegmentRow, Store, WriteTx } from '../../store/index.ts';
import { usersOf } from '../references.ts';
import type { Due } from './due.ts';
import { conditionOf, planBuild, type Plan, type Prepared, prepare } from './plan.ts';

/** What all builds of one run share: its clock (epoch ms), and how many contacts there are. */
export interface Run {
  readonly now: number;
  readonly runId: number;
  readonly contacts: number;
  readonly full: boolean;
  /** What was done at its beginning. */
  readonly due: Due;
}

export interface Built extends Difference, Plan {
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
  /** What is left to be stamped with the other unchanged segments; undefined when the build has stamped itself. */
  readonly stamp: BuiltStamp | undefined;
}

/**
 * Makes one segment's members true as of `now`, in one transaction: they are the old ones or the new ones to every
 * reader. Gives undefined when the segment stopped being a published dynamic one since the run began. Where nothing
 * changed and nothing need be learned for the next time, nothing is written: the run stamps all of those together.
 */
export async function buildSegment(store: Store, id: number, run: Run): Promise<Built | undefined> {
  return store.write(async (tx) => {
    const segments = await tx.segments.list();
    const segment = segments.find((row) => row.id === id);
    if (segment === undefined || !isUpdated(segment)) return undefined;
    const prepared = await prepare(tx, segment, segments, run.now);
    const plan = await planBuild(tx, prepared, run);
    const difference = await apply(tx, prepared, plan.mode, { via: 'filter', now: run.now, runId: run.runId, isReferred: plan.mode !== 'skip' && usersOf(segments, id).length > 0 });
    const stamp = await stampOf(tx, prepared, plan.mode, difference);
    const isLate = plan.mode !== 'full' && !changes(difference);
    if (!isLate) await tx.segments.stampBuilt([stamp], run);
    return { ...plan, ...difference, members: segment.members + difference.joined - difference.left, segment, stamp: isLate ? stamp : undefined };
  });
}

/** Whether updates keep this segment true. */
export function isUpdated(segment: SegmentRow): boolean {
  return segment.kind === 'dynamic' && segment.published;
}

export function changes(difference: Difference): boolean {
  return difference.joined + difference.left > 0;
}

async function apply(tx: WriteTx, prepared: Prepared, mode: BuildMode, cause: Cause): Promise<Difference> {
  switch (mode) {
    case 'skip':
      return { joined: 0, left: 0 };
    case 'delta':
      return tx.members.rebuildCandidates(prepared.segment.id, conditionOf(prepared, 'probe'), cause);
    case 'full':
      return tx.members.rebuild(prepared.segment.id, conditionOf(prepared, 'scan'), cause);
  }
}

async function stampOf(tx: WriteTx, { segment, bounds, fingerprint }: Prepared, mode: BuildMode, { joined, left }: Difference): Promise<BuiltStamp> {
  return { id: segment.id, joined, left, seen: await tx.changes.watermark(), bounds: JSON.stringify(bounds), fingerprint, fresh: mode === 'full', lastRun: segment.builtRun };
}
