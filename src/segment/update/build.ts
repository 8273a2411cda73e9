import type { BuildMode, BuiltStamp, Cause, Difference, SegmentRow, WriteTx } from '../../store/index.ts';
import { usersOf } from '../references.ts';
import { conditionOf, planBuild, type Plan, type Prepared, prepare } from './plan.ts';
import { changes, type Run } from './request.ts';
import { isUpdated } from './scope.ts';

export interface Built extends Difference, Plan {
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
  /** What is left to be stamped with the other unchanged segments; undefined when the build has stamped itself. */
  readonly stamp: BuiltStamp | undefined;
}

/**
 * Makes one segment's members true as of `now`. In a transaction of its own they are the old ones or the new ones to every
 * reader. Gives undefined when the segment stopped being a published dynamic one since the run began. Where nothing
 * changed and nothing need be learned for the next time, nothing is written: the run stamps all of those together.
 */
export async function buildSegment(tx: WriteTx, id: number, run: Run): Promise<Built | undefined> {
  const segments = await tx.segments.list();
  const segment = segments.find((row) => row.id === id);
  if (segment === undefined || !isUpdated(segment)) return undefined;
  const prepared = await prepare(tx, segment, segments, run.now);
  const plan = await planBuild(tx, prepared, run);
  const difference = await apply(tx, prepared, plan.mode, run);
  const stamp = await stampOf(tx, prepared, plan.mode, difference);
  const isLate = plan.mode !== 'full' && !changes(difference);
  if (!isLate) await tx.segments.stampBuilt([stamp], run);
  return { ...plan, ...difference, members: segment.members + difference.joined - difference.left, segment, stamp: isLate ? stamp : undefined };
}

async function apply(tx: WriteTx, prepared: Prepared, mode: BuildMode, { now, runId }: Run): Promise<Difference> {
  if (mode === 'skip') return { joined: 0, left: 0 };
  const { segment, segments } = prepared;
  await layOut(tx, prepared, mode);
  const cause: Cause = { via: 'filter', now, runId, isReferred: usersOf(segments, segment.id).length > 0 };
  return tx.members.applyLaidOut(segment.id, cause);
}

async function layOut(tx: WriteTx, prepared: Prepared, mode: 'delta' | 'full'): Promise<void> {
  const { id } = prepared.segment;
  if (mode === 'delta') await tx.members.layOut(id, 'candidates', conditionOf(prepared, 'probe'));
  else await tx.members.layOut(id, 'all', conditionOf(prepared, 'scan'));
}

async function stampOf(tx: WriteTx, { segment, bounds, fingerprint }: Prepared, mode: BuildMode, { joined, left }: Difference): Promise<BuiltStamp> {
  return { id: segment.id, joined, left, seen: await tx.changes.watermark(), bounds: JSON.stringify(bounds), fingerprint, fresh: mode === 'full', lastRun: segment.builtRun };
}
