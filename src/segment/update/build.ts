import type {
  BuiltStamp,
  Difference,
  DifferencesWriter,
  Proposed,
  SegmentRow,
} from '../../store/index.ts';
import { pagesByKey } from '../../support/by-key.ts';
import { IdList } from '../../support/id-list.ts';
import { counted } from '../../support/text.ts';
import { usersOf } from '../references.ts';
import type { Bench } from './bench.ts';
import { refusal } from './guards.ts';
import type { Plan, Prepared } from './plan.ts';
import type { Named, Timing } from './request.ts';

const PAGE = 10_000;

/** A segment whose changes of members are proposed. */
export interface Planned {
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly proposed: Proposed;
  readonly timing: Omit<Timing, 'writeMs'>;
}

export interface Built extends Difference, Plan {
  /** `held`: a guard refused all changes. `limited`: some changes are left for the next run. */
  readonly status: 'ok' | 'held' | 'limited';
  readonly members: number;
  /** The segment as the build found it, inside its own transaction. */
  readonly segment: SegmentRow;
  readonly named: Named | undefined;
  readonly timing: Timing;
}

/** A build whose outcome is decided and not written yet. */
type Judged = Planned & Pick<Built, 'status' | 'reason' | 'named'>;
type Applied = Judged & { readonly difference: Difference };

/**
 * Applies the proposed changes, or as many as the run allows, and stamps the segments that are true
 * afterwards. Returns them in the order given.
 */
export async function carryOut(bench: Bench, planned: readonly Planned[]): Promise<Built[]> {
  const started = performance.now();
  const judged: Judged[] = [];
  for (const one of planned) judged.push(await judge(bench, one));
  const differences = await apply(bench, planned);
  const done = judged.map((one): Applied => {
    const nothing = { joined: 0, left: 0 };
    return { ...one, difference: differences.get(one.prepared.segment.id) ?? nothing };
  });
  await stamp(bench, done);
  const writeMs = (performance.now() - started) / Math.max(1, planned.length);
  return done.map((one) => builtOf(one, writeMs));
}

/** Withdraws all proposed changes if a guard refuses them, and some of them if there is a limit. */
async function judge(bench: Bench, planned: Planned): Promise<Judged> {
  const { differences, run } = bench;
  const { prepared, plan, proposed } = planned;
  const { id } = prepared.segment;
  const refused = refusal(prepared.segment, proposed, run);
  // rule: held-members
  if (refused !== undefined) await differences.drop(id);
  if (refused !== undefined)
    return { ...planned, status: 'held', reason: refused, named: undefined };
  const tooMany =
    proposed.joining + proposed.leaving - (run.maxChanges ?? Number.POSITIVE_INFINITY);
  if (tooMany > 0) await differences.limit(id, run.maxChanges ?? 0);
  const named =
    run.namesChanges && plan.mode !== 'skip' ? await namesOf(differences, id) : undefined;
  if (tooMany <= 0) return { ...planned, status: 'ok', reason: plan.reason, named };
  const rest = counted(tooMany, 'change');
  const reason = `${plan.reason}; ${rest} left for the next run by --max-contacts`;
  return { ...planned, status: 'limited', reason, named };
}

async function apply(
  { differences, run: { now, runId } }: Bench,
  planned: readonly Planned[],
): Promise<ReadonlyMap<number, Difference>> {
  const changed = planned
    .filter(({ proposed: { joining, leaving } }) => joining + leaving > 0)
    .map(({ prepared }) => prepared);
  if (changed.length === 0) return new Map();
  const unread = changed
    .filter(({ segment, segments }) => usersOf(segments, segment.id).length === 0)
    .map(({ segment }) => segment.id);
  return differences.apply({ via: 'filter', now, runId, unread });
}

/**
 * Stamps the segments that are true now as having read the whole log; limited ones keep their mark.
 */
async function stamp({ tx, run }: Bench, applied: readonly Applied[]): Promise<void> {
  // rule: seen-late
  const seen = await tx.changes.watermark();
  // rule: held-seen, limited-stamp
  await tx.segments.stampBuilt(
    applied
      .filter(({ status }) => status === 'ok')
      .map((one): BuiltStamp => ({ ...stampOf(one), ...one.difference, seen })),
    run,
  );
  for (const { status, prepared, difference } of applied)
    if (status === 'limited') await tx.segments.stampPartial(prepared.segment.id, difference);
}

function stampOf({
  prepared: { segment, bounds, fingerprint },
}: Planned): Pick<BuiltStamp, 'id' | 'bounds' | 'fingerprint'> {
  return { id: segment.id, bounds: JSON.stringify(bounds), fingerprint };
}

function builtOf(
  { prepared: { segment }, plan: { mode }, reason, status, named, timing, difference }: Applied,
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

async function namesOf(differences: DifferencesWriter, segmentId: number): Promise<Named> {
  return {
    joining: await idsProposed(differences, segmentId, 'joining'),
    leaving: await idsProposed(differences, segmentId, 'leaving'),
  };
}

/** The ids of the contacts that are proposed to join or to leave. */
export async function idsProposed(
  differences: DifferencesWriter,
  segmentId: number,
  part: keyof Proposed,
): Promise<IdList> {
  const list = new IdList();
  const read = async (after: number | undefined, limit: number): Promise<readonly number[]> =>
    differences.ids(segmentId, part, { after, limit });
  for await (const ids of pagesByKey({ read, keyOf: (id) => id, size: PAGE }))
    for (const id of ids) list.add(id);
  return list;
}
