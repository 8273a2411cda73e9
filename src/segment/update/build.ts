import type { BuiltStamp, Difference, LaidOut, SegmentRow, WriteTx } from '../../store/index.ts';
import { pagesByKey } from '../../support/by-key.ts';
import { IdList } from '../../support/id-list.ts';
import { counted } from '../../support/text.ts';
import { usersOf } from '../references.ts';
import { refusal } from './guards.ts';
import type { Plan, Prepared } from './plan.ts';
import type { Named, Run, Timing } from './request.ts';

const PAGE = 10_000;

/** A segment whose difference is laid out. */
export interface Planned {
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly laidOut: LaidOut;
  readonly timing: Omit<Timing, 'writeMs'>;
}

export interface Built extends Difference, Plan {
  /** `held`: a guard refused the difference. `limited`: a part of it is left for the next run. */
  readonly status: 'ok' | 'held' | 'limited';
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
  readonly named: Named | undefined;
  readonly timing: Timing;
}

/** What a build comes to before it is written. */
type Judged = Planned & Pick<Built, 'status' | 'reason' | 'named'>;

/**
 * Applies all that is laid out, or as much of it as the run allows, and stamps the segments which
 * that makes true: in the order given.
 */
export async function carryOut(
  tx: WriteTx,
  planned: readonly Planned[],
  run: Run,
): Promise<Built[]> {
  const started = performance.now();
  const judged: Judged[] = [];
  for (const one of planned) judged.push(await judge(tx, one, run));
  const differences = await apply(tx, planned, run);
  const differenceOf = ({ prepared }: Planned): Difference =>
    differences.get(prepared.segment.id) ?? { joined: 0, left: 0 };
  // rule: seen-late
  const seen = await tx.changes.watermark();
  // rule: held-seen, limited-stamp
  await tx.segments.stampBuilt(
    judged
      .filter(({ status }) => status === 'ok')
      .map((one): BuiltStamp => ({ ...stampOf(one), ...differenceOf(one), seen })),
    run,
  );
  for (const one of judged)
    if (one.status === 'limited')
      await tx.segments.stampPartial(one.prepared.segment.id, differenceOf(one));
  const writeMs = (performance.now() - started) / Math.max(1, planned.length);
  return judged.map((one) => builtOf(one, differenceOf(one), writeMs));
}

/** A guard that refuses takes back what is laid out, a limit a part of it. */
async function judge(tx: WriteTx, planned: Planned, run: Run): Promise<Judged> {
  const { prepared, plan, laidOut } = planned;
  const { id } = prepared.segment;
  const refused = refusal(prepared.segment, laidOut, run);
  // rule: held-members
  if (refused !== undefined) await tx.members.dropLaidOut(id);
  if (refused !== undefined)
    return { ...planned, status: 'held', reason: refused, named: undefined };
  const tooMany = laidOut.joining + laidOut.leaving - (run.maxChanges ?? Number.POSITIVE_INFINITY);
  if (tooMany > 0) await tx.members.cutLaidOut(id, run.maxChanges ?? 0);
  const named = run.namesChanges && plan.mode !== 'skip' ? await namesOf(tx, id) : undefined;
  if (tooMany > 0)
    return {
      ...planned,
      status: 'limited',
      reason: `${plan.reason}; ${counted(tooMany, 'change')} left for the next run by --max-contacts`,
      named,
    };
  return { ...planned, status: 'ok', reason: plan.reason, named };
}

async function apply(
  tx: WriteTx,
  planned: readonly Planned[],
  { now, runId }: Run,
): Promise<ReadonlyMap<number, Difference>> {
  const changed = planned
    .filter(({ laidOut: { joining, leaving, renaming } }) => joining + leaving + renaming > 0)
    .map(({ prepared }) => prepared);
  if (changed.length === 0) return new Map();
  const unread = changed
    .filter(({ segment, segments }) => usersOf(segments, segment.id).length === 0)
    .map(({ segment }) => segment.id);
  return tx.members.applyLaidOut({ via: 'filter', now, runId, unread });
}

function stampOf({
  prepared: { segment, bounds, fingerprint },
}: Planned): Pick<BuiltStamp, 'id' | 'bounds' | 'fingerprint'> {
  return { id: segment.id, bounds: JSON.stringify(bounds), fingerprint };
}

function builtOf(
  { prepared: { segment }, plan: { mode }, reason, status, named, timing }: Judged,
  difference: Difference,
  writeMs: number,
): Built {
  return {
    ...difference,
    mode,
    reason,
    status,
    segment,
    named,
    members: segment.members + difference.joined - difference.left,
    timing: { ...timing, writeMs },
  };
}

async function namesOf(tx: WriteTx, segmentId: number): Promise<Named> {
  return {
    joining: await idsLaidOut(tx, segmentId, 'joining'),
    leaving: await idsLaidOut(tx, segmentId, 'leaving'),
    renaming: await idsLaidOut(tx, segmentId, 'renaming'),
  };
}

/** Who is laid out to join, leave or change `via`. */
export async function idsLaidOut(
  tx: WriteTx,
  segmentId: number,
  part: keyof LaidOut,
): Promise<IdList> {
  const list = new IdList();
  const read = async (after: number | undefined, limit: number): Promise<readonly number[]> =>
    tx.members.laidOut(segmentId, part, { after, limit });
  for await (const ids of pagesByKey({ read, keyOf: (id) => id, size: PAGE }))
    for (const id of ids) list.add(id);
  return list;
}
