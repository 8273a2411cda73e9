import type { RunSegmentRow, RunTotals, SegmentRow, Store } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { pickSegment } from '../lookup.ts';
import { segmentsReferredToBy } from '../references.ts';
import { buildSegment, changes, isUpdated } from './build.ts';
import { orderByReference, withReferred } from './order.ts';

const DAY_MS = 86_400_000;
export const UPDATE_COMMAND = 'segments:update';

export interface UpdateRequest {
  /** Aliases or ids; none means every published dynamic segment. Those that they refer to are updated too. */
  readonly segments: readonly string[];
  /** The one clock of the run, epoch ms. */
  readonly now: number;
  /** Called before each segment, for progress. */
  readonly onSegment?: ((alias: string, done: number, total: number) => void) | undefined;
}

export interface SegmentReport extends RunSegmentRow {
  readonly alias: string;
}

export interface UpdateReport extends RunTotals {
  readonly runId: number;
  readonly now: number;
  readonly reports: readonly SegmentReport[];
  /** What the user asked for and needs no work: static segments by name. */
  readonly notices: readonly string[];
  readonly ms: number;
}

/**
 * Makes published dynamic segments true as of one instant, those referred to first. A segment that fails keeps its members and
 * is reported; the others go on. The caller holds the run lock. `UserError`: unknown (2) or unpublished (1) segment named.
 */
export async function updateSegments(store: Store, request: UpdateRequest): Promise<UpdateReport> {
  const started = performance.now();
  const plan = await planRun(store, request.segments);
  const runId = await beginRun(store, request.now);
  const run = { now: request.now, runId };
  const { ordered, cyclic } = orderByReference(plan.segments);
  const reports: SegmentReport[] = cyclic.map(reportCycle);
  const failed = new Set(cyclic.map((segment) => segment.id));
  for (const [done, segment] of ordered.entries()) {
    request.onSegment?.(segment.alias, done, ordered.length);
    const report = await updateOne(store, segment, run, failed);
    if (report !== undefined) reports.push(report);
  }
  return finishRun(store, run, reports, plan.notices, started);
}

async function planRun(store: Store, references: readonly string[]): Promise<{ segments: SegmentRow[]; notices: string[] }> {
  const all = await store.read(async (tx) => tx.segments.list());
  if (references.length === 0) return { segments: all.filter(isUpdated), notices: [] };
  const named = references.map((reference) => pickSegment(all, reference));
  const unpublished = named.find((segment) => !segment.published);
  if (unpublished !== undefined) {
    throw new UserError('UNPUBLISHED', EXIT.refused, `segment ${unpublished.alias} is unpublished and is not updated`, {
      hint: `publish it first: rollcall segments:edit ${unpublished.alias} --published`,
    });
  }
  const notices = named.filter((segment) => segment.kind === 'static').map((segment) => `segment ${segment.alias} is static: there is nothing to update`);
  return { segments: withReferred(named, all).filter(isUpdated), notices };
}

async function beginRun(store: Store, now: number): Promise<number> {
  return store.write(async (tx) => {
    await tx.members.sweepDeleted();
    return tx.runs.begin(UPDATE_COMMAND, now, Date.now());
  });
}

/** Builds one segment and says how it fared; undefined when it is no longer one that updates keep. */
async function updateOne(store: Store, segment: SegmentRow, run: { now: number; runId: number }, failed: Set<number>): Promise<SegmentReport | undefined> {
  const started = performance.now();
  const { id: segmentId, alias } = segment;
  try {
    const built = await buildSegment(store, segmentId, run);
    if (built === undefined) return undefined;
    const { joined, left, members } = built;
    return { segmentId, alias, status: 'ok', mode: 'full', reason: reasonFor(built.segment, failed), joined, left, members, ms: elapsedMs(started), error: null };
  } catch (error) {
    if (stopsTheRun(error)) throw error;
    failed.add(segmentId);
    const { members } = segment;
    return { segmentId, alias, status: 'failed', mode: null, reason: null, joined: 0, left: 0, members, ms: elapsedMs(started), error: describe(error) };
  }
}

function reasonFor(segment: SegmentRow, failed: ReadonlySet<number>): string {
  const stale = segmentsReferredToBy(segment).filter((id) => failed.has(id)).length;
  const base = segment.builtAt === null ? 'first build' : 'full rebuild';
  return stale === 0 ? base : `${base}, on the last good members of ${stale} failed ${stale === 1 ? 'segment' : 'segments'}`;
}

/** What is wrong with the store is wrong for every segment: no use in going on. */
function stopsTheRun(error: unknown): boolean {
  return error instanceof UserError && error.exit >= EXIT.badInput;
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

function reportCycle(segment: SegmentRow): SegmentReport {
  const error = { code: 'CYCLE', message: `segment ${segment.alias} refers to itself through other segments` };
  return { segmentId: segment.id, alias: segment.alias, status: 'failed', mode: null, reason: null, joined: 0, left: 0, members: segment.members, ms: 0, error };
}

async function finishRun(store: Store, run: { now: number; runId: number }, reports: SegmentReport[], notices: readonly string[], started: number): Promise<UpdateReport> {
  const totals = totalsOf(reports);
  const ms = elapsedMs(started);
  await store.write(async (tx) => {
    const unchanged = reports.filter((report) => report.status === 'ok' && !changes(report));
    await tx.segments.stampBuilt(unchanged.map(({ segmentId }) => ({ id: segmentId, joined: 0, left: 0 })), run);
    await tx.runs.recordSegments(run.runId, reports.map(({ alias: _, ...row }) => row));
    await tx.runs.finish(run.runId, totals.failed === 0 ? 'ok' : 'partial', totals, Date.now(), ms);
    const { keepRunsDays } = await tx.settings.get();
    await tx.runs.prune(Date.now() - keepRunsDays * DAY_MS);
    await tx.members.sweepDeleted();
    await tx.changes.prune(await tx.changes.advance());
  });
  return { ...totals, runId: run.runId, now: run.now, reports, notices, ms };
}

function totalsOf(reports: readonly SegmentReport[]): RunTotals {
  const sum = (of: (report: SegmentReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    segments: reports.length,
    changed: reports.filter(changes).length,
    joined: sum((report) => report.joined),
    left: sum((report) => report.left),
    failed: reports.filter((report) => report.status === 'failed').length,
    held: reports.filter((report) => report.status === 'held').length,
  };
}

function elapsedMs(started: number): number {
  return Math.round(performance.now() - started);
}
