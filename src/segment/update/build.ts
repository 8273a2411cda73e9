import type { BuildMode, BuiltStamp, Difference, LaidOut, SegmentRow, WriteTx } from '../../store/index.ts';
import { formatInstant } from '../../support/clock.ts';
import { IdList } from '../../support/id-list.ts';
import { counted } from '../../support/text.ts';
import { usersOf } from '../references.ts';
import { findChangedSince, type ScannedAhead } from './ahead.ts';
import { refusal } from './guards.ts';
import { conditionOf, planBuild, type Plan, type Prepared, prepare } from './plan.ts';
import { changes, elapsedMs, type Named, type Run, type Timing } from './request.ts';
import { isUpdated } from './scope.ts';

const NOTHING: LaidOut = { joining: 0, leaving: 0, renaming: 0 };
const PAGE = 10_000;

export interface Built extends Difference, Plan {
  /** `held`: a guard refused the difference. `limited`: a part of it is left for the next run. */
  readonly status: 'ok' | 'held' | 'limited';
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
  /** What is left to be stamped with the other unchanged segments; undefined when the build has stamped itself, or must not be. */
  readonly stamp: BuiltStamp | undefined;
  readonly named: Named | undefined;
  readonly timing: Timing;
}

/**
 * Makes one segment's members true as of `now`. In a transaction of its own they are the old ones or the new ones to every
 * reader. Gives undefined when the segment stopped being a published dynamic one since the run began. Where nothing
 * changed and nothing need be learned for the next time, nothing is written: the run stamps all of those together. A full build uses what
 * was scanned ahead, where that is still good.
 */
export async function buildSegment(tx: WriteTx, id: number, run: Run, scanned?: ScannedAhead): Promise<Built | undefined> {
  const times = [performance.now()];
  const segments = await tx.segments.list();
  const segment = segments.find((row) => row.id === id);
  if (segment === undefined || !isUpdated(segment)) return undefined;
  if (await isAhead(tx, segment, run)) return untouched(segment, { mode: 'skip', reason: `another run made it true as of ${formatInstant(segment.builtAt ?? run.now)}` }, times);
  const prepared = await prepare(tx, segment, segments, run.now);
  const plan = await planBuild(tx, prepared, { full: run.full === true, contacts: run.contacts });
  times.push(performance.now());
  const laidOut = await layOut(tx, prepared, plan.mode, run, scanned);
  times.push(performance.now());
  const refused = refusal(segment, laidOut, run);
  if (refused !== undefined) return { ...untouched(segment, { mode: plan.mode, reason: refused }, times), status: 'held' };
  return carryOut(tx, prepared, plan, laidOut, run, times);
}

/** Whether another run that was at work beside this one has made it true as of a later instant than the clock that this one has read. */
async function isAhead(tx: WriteTx, { builtAt, builtRun }: SegmentRow, run: Run): Promise<boolean> {
  if (run.isClockRead !== true || builtAt === null || builtRun === null || builtAt <= run.now || builtRun === run.runId) return false;
  const other = await tx.runs.find(builtRun);
  return other !== undefined && (other.status === 'running' || (other.finishedAt ?? 0) >= run.startedAt);
}

function untouched(segment: SegmentRow, plan: Plan, times: readonly number[]): Built {
  return { ...plan, status: 'ok', joined: 0, left: 0, members: segment.members, segment, stamp: undefined, named: undefined, timing: timingOf(times) };
}

async function layOut(tx: WriteTx, prepared: Prepared, mode: BuildMode, run: Run, scanned: ScannedAhead | undefined): Promise<LaidOut> {
  const { id } = prepared.segment;
  const { batch } = run;
  switch (mode) {
    case 'skip':
      return NOTHING;
    case 'delta':
      return tx.members.layOut(id, 'candidates', conditionOf(prepared, 'probe'), { batch });
    case 'full':
      if (scanned !== undefined && (await findChangedSince(tx, prepared, scanned, run))) return tx.members.layOutScan(scanned.scan, conditionOf(prepared, 'probe'));
      // what scans once for everybody would scan again for each batch
      return tx.members.layOut(id, 'all', conditionOf(prepared, batch === undefined ? 'scan' : 'probe'), { batch });
  }
}

/** Applies what was laid out, or as much of it as the run allows, and stamps the segment if that makes it true. */
async function carryOut(tx: WriteTx, prepared: Prepared, plan: Plan, { joining, leaving }: LaidOut, run: Run, times: readonly number[]): Promise<Built> {
  const { segment } = prepared;
  const isLimited = joining + leaving > (run.maxChanges ?? Number.POSITIVE_INFINITY);
  if (isLimited) await tx.members.cutLaidOut(run.maxChanges ?? 0);
  const named = run.namesChanges && plan.mode !== 'skip' ? await namesOf(tx) : undefined;
  const difference = plan.mode === 'skip' ? { joined: 0, left: 0 } : await apply(tx, prepared, run);
  const built = { ...difference, members: segment.members + difference.joined - difference.left, segment, named };
  if (isLimited) {
    await tx.segments.stampPartial(segment.id, difference);
    const reason = `${plan.reason}; ${counted(joining + leaving - (run.maxChanges ?? 0), 'change')} left for the next run by --max-contacts`;
    return { ...built, status: 'limited', mode: plan.mode, reason, stamp: undefined, timing: timingOf(times) };
  }
  const stamp = await stampOf(tx, prepared, plan.mode, difference);
  const isLate = plan.mode !== 'full' && !changes(difference);
  if (!isLate) await tx.segments.stampBuilt([stamp], run);
  return { ...built, ...plan, status: 'ok', stamp: isLate ? stamp : undefined, timing: timingOf(times) };
}

async function apply(tx: WriteTx, { segment, segments }: Prepared, { now, runId }: Run): Promise<Difference> {
  return tx.members.applyLaidOut(segment.id, { via: 'filter', now, runId, isReferred: usersOf(segments, segment.id).length > 0 });
}

async function namesOf(tx: WriteTx): Promise<Named> {
  return { joining: await idsLaidOut(tx, 'joining'), leaving: await idsLaidOut(tx, 'leaving'), renaming: await idsLaidOut(tx, 'renaming') };
}

/** Who was laid out last to join, leave or change `via`. */
export async function idsLaidOut(tx: WriteTx, part: keyof LaidOut): Promise<IdList> {
  const list = new IdList();
  let after: number | undefined;
  do {
    const page = await tx.members.laidOut(part, { after, limit: PAGE });
    for (const id of page) list.add(id);
    after = page.length < PAGE ? undefined : page.at(-1);
  } while (after !== undefined);
  return list;
}

async function stampOf(tx: WriteTx, { segment, bounds, fingerprint }: Prepared, mode: BuildMode, { joined, left }: Difference): Promise<BuiltStamp> {
  return { id: segment.id, joined, left, seen: await tx.changes.watermark(), bounds: JSON.stringify(bounds), fingerprint, fresh: mode === 'full', lastRun: segment.builtRun };
}

function timingOf([began = 0, planned, evaluated]: readonly number[]): Timing {
  const ended = performance.now();
  const [plan, evaluate] = [planned ?? ended, evaluated ?? ended];
  return { planMs: Math.round(plan - began), evaluateMs: Math.round(evaluate - plan), writeMs: elapsedMs(evaluate) };
}
