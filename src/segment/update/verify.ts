import {
  dryRun,
  type ReadTx,
  type SegmentRow,
  type Store,
  type WriteTx,
} from '../../store/index.ts';
import { IdList } from '../../support/id-list.ts';
import { pickSegment } from '../lookup.ts';
import { fireTriggers } from '../triggers/fire.ts';
import type { Firing } from '../triggers/firing.ts';
import { idsProposed } from './build.ts';
import { orderByReference, withReferred } from './order.ts';
import { layGround } from './plan.ts';
import { countOnce, finishRun, openRun, placesOf } from './run-record.ts';
import { elapsedMs, type Run, type SegmentReport } from './request.ts';
import { isUpdated } from './scope.ts';
import { reportCycle, type Stale, updateWave } from './run-wave.ts';
import { independent, withoutReached } from './wave.ts';

const VERIFY_COMMAND = 'segments:verify';
const COUNTERS = ['members', 'anonymous'] as const;
type Counters = Pick<SegmentRow, (typeof COUNTERS)[number]>;

export interface VerifyRequest {
  /**
   * Aliases or ids, static and unpublished ones too; empty means all. Segments that they refer to
   * are verified with them.
   */
  readonly segments: readonly string[];
  /** The one clock, epoch ms; that of the transaction when left out. */
  readonly now?: number | undefined;
  /** Keeps the corrections, and the update before them. The caller holds the run lock. */
  readonly repair?: boolean | undefined;
  /** Called before each step, for progress. */
  readonly onSegment?: ((alias: string) => void) | undefined;
}

/** What is wrong with one segment beyond what its next update would change. */
export interface Verified {
  readonly alias: string;
  /** Contacts that should be members, and that should not. */
  readonly missing: IdList;
  readonly extra: IdList;
  /** Counters that differ from a count of the memberships. */
  readonly counters: readonly Counter[];
  /** How many of its causes do not count what points to them. */
  readonly causes: number;
  /** Why it could not be verified. */
  readonly error: SegmentReport['error'];
}

export interface Counter {
  readonly name: (typeof COUNTERS)[number];
  readonly stored: number;
  readonly counted: number;
}

export interface VerifyReport {
  /** The run that made the corrections; null when nothing was written. */
  readonly runId: number | null;
  readonly now: number;
  readonly segments: readonly Verified[];
  /** What triggers made of the corrections; segments that read what they changed follow later. */
  readonly triggers: readonly Firing[];
  readonly ms: number;
}

/**
 * Compares the segments with what their filters and pins say, at one clock. In one transaction they
 * are updated by the logged changes, then built in full, and whatever the full build changes is a
 * finding. The transaction is rolled back, or kept with `repair`. A segment that cannot be built is
 * reported. `UserError`: unknown segment (2).
 */
export async function verifySegments(store: Store, request: VerifyRequest): Promise<VerifyReport> {
  // rule: verify-dry
  const isDry = request.repair !== true;
  if (!isDry) await prepare(store, request);
  const report = await dryRun(store, isDry, async (tx) => verifyIn(tx, request));
  return isDry ? { ...report, runId: null } : report;
}

async function prepare(store: Store, { segments }: VerifyRequest): Promise<void> {
  const places = await store.read(async (tx) =>
    placesOf(tx, (await choose(tx, segments)).filter(isUpdated)),
  );
  await store.prepare(places);
}

async function verifyIn(tx: WriteTx, request: VerifyRequest): Promise<VerifyReport> {
  const started = performance.now();
  const opened = await openRun(tx, request, VERIFY_COMMAND);
  const run: Run = {
    ...opened,
    contacts: countOnce(),
    tooMany: new Map(),
    whyFull: 'verified',
    namesChanges: true,
    // rule: verify-sql
    columnsFrom: Number.POSITIVE_INFINITY, // so that the proof is not what it proves
  };
  const chosen = await choose(tx, request.segments);
  // changes that escaped the log must be findings here, so no full build may come first
  const isDoubtful = await tx.changes.isDoubtful();
  await tx.members.sweepDeleted(run);
  const compared = await compare(tx, chosen, run, request.onSegment);
  const { reports } = compared;
  // rule: verify-triggers
  if (isDoubtful) await tx.changes.open();
  // rule: verify-fires
  const triggers = request.repair === true ? await fireTriggers(tx, run) : [];
  await finishRun(tx, run, { reports, triggers, notices: [] }, started);
  const byId = new Map(reports.map((report) => [report.segmentId, report]));
  const segments = chosen.map((segment) => verified(segment, byId, compared));
  return { runId: run.runId, now: run.now, segments, triggers, ms: elapsedMs(started) };
}

/** The findings: of segments that updates build, of the other segments, and of the counters. */
interface Compared {
  readonly reports: readonly SegmentReport[];
  readonly gone: ReadonlyMap<number, IdList>;
  readonly counters: ReadonlyMap<number, readonly Counter[]>;
  readonly causes: ReadonlyMap<number, number>;
}

async function compare(
  tx: WriteTx,
  chosen: readonly SegmentRow[],
  run: Run,
  onSegment: VerifyRequest['onSegment'],
): Promise<Compared> {
  // rule: verify-doubt
  const { ordered, cyclic } = orderByReference(chosen.filter(isUpdated));
  // rule: verify-pending
  const updated = await buildEach(tx, ordered, run, onSegment);
  const counters = await recountEach(tx, chosen);
  const causes = await tx.members.recountCauses(chosen.map(({ id }) => id));
  const failed = [...cyclic.map(reportCycle), ...updated.filter(({ error }) => error !== null)];
  const failedIds = new Set(failed.map(({ segmentId }) => segmentId));
  const built = ordered.filter(({ id }) => !failedIds.has(id));
  // rule: verify-full
  const rebuilt = await buildEach(tx, built, { ...run, full: true }, onSegment);
  const others = chosen.filter((segment) => !isUpdated(segment));
  return {
    reports: [...failed, ...rebuilt],
    gone: await removeGone(tx, others, run),
    counters,
    causes,
  };
}

async function choose(tx: ReadTx, references: readonly string[]): Promise<readonly SegmentRow[]> {
  const all = await tx.segments.list();
  return references.length === 0
    ? all
    : withReferred(
        references.map((reference) => pickSegment(all, reference)),
        all,
      );
}

async function buildEach(
  tx: WriteTx,
  segments: readonly SegmentRow[],
  run: Run,
  onSegment: VerifyRequest['onSegment'],
): Promise<SegmentReport[]> {
  const stale: Stale = new Map();
  const ground = await layGround(tx, run.now);
  const reports = new Map<number, SegmentReport | undefined>();
  let waiting = segments;
  while (waiting.length > 0) {
    onSegment?.(waiting[0]?.alias ?? '');
    const wave = independent(waiting, () => false);
    const outcome = await updateWave(tx, wave, run, { ground, stale });
    for (const [id, report] of outcome.reports) reports.set(id, report);
    waiting = withoutReached(waiting, outcome.reports);
  }
  return [...reports.values()].filter((report) => report !== undefined);
}

/** Corrects the counters. Returns those that were wrong, by segment. */
async function recountEach(
  tx: WriteTx,
  segments: readonly SegmentRow[],
): Promise<Map<number, readonly Counter[]>> {
  const before = new Map((await tx.segments.list()).map((segment) => [segment.id, segment]));
  const wrong = new Map<number, readonly Counter[]>();
  for (const { id } of segments)
    wrong.set(id, wrongCounters(before.get(id), await tx.members.recount(id)));
  return wrong;
}

function wrongCounters(before: Counters | undefined, after: Counters): readonly Counter[] {
  const counters = COUNTERS.map((name) => ({
    name,
    stored: before?.[name] ?? 0,
    counted: after[name],
  }));
  // rule: verify-counters
  return counters.filter((counter) => counter.stored !== counter.counted);
}

/**
 * Removes contacts that no longer exist from segments that updates do not build. Returns them by
 * segment.
 */
async function removeGone(
  tx: WriteTx,
  segments: readonly SegmentRow[],
  { now, runId }: Run,
): Promise<Map<number, IdList>> {
  const gone = new Map<number, IdList>();
  const differences = await tx.differences();
  for (const { id } of segments) {
    // rule: verify-static
    await differences.gone(id);
    gone.set(id, await idsProposed(differences, id, 'leaving'));
    await differences.apply({ via: 'filter', now, runId });
  }
  return gone;
}

function verified(
  { id, alias }: SegmentRow,
  reports: ReadonlyMap<number, SegmentReport>,
  { gone, counters, causes }: Compared,
): Verified {
  const none = new IdList();
  const report = reports.get(id);
  const named = report?.named ?? { joining: none, leaving: gone.get(id) ?? none };
  return {
    alias,
    missing: named.joining,
    extra: named.leaving,
    counters: counters.get(id) ?? [],
    causes: causes.get(id) ?? 0,
    error: report?.error ?? null,
  };
}
