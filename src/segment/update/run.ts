import { decodeAst, dependencies } from '../../filter/index.ts';
import { loadCatalogue } from '../../contact/fields.ts';
import type { BuiltStamp, RunSegmentRow, RunTotals, SegmentRow, Slice, Store, WriteTx } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { pickSegment } from '../lookup.ts';
import { segmentsReferredToBy } from '../references.ts';
import { buildSegment, changes, isUpdated, type Run } from './build.ts';
import { carryOutDue, type Due } from './due.ts';
import { orderByReference, withReferred } from './order.ts';

const DAY_MS = 86_400_000;
export const UPDATE_COMMAND = 'segments:update';

export interface UpdateRequest {
  /** Aliases or ids; none means every published dynamic segment. Those that they refer to are updated too. */
  readonly segments: readonly string[];
  /** The one clock of the run, epoch ms. */
  readonly now: number;
  /** Builds every segment anew, whatever was changed. */
  readonly full?: boolean | undefined;
  /** Called before each segment, for progress. */
  readonly onSegment?: ((alias: string, done: number, total: number) => void) | undefined;
}

export interface SegmentReport extends RunSegmentRow {
  readonly alias: string;
}

export interface UpdateReport extends RunTotals {
  readonly runId: number;
  readonly now: number;
  readonly due: Due;
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
  const run = await beginRun(store, plan.segments, request);
  const { ordered, cyclic } = orderByReference(plan.segments);
  const reports: SegmentReport[] = cyclic.map(reportCycle);
  const stamps: BuiltStamp[] = [];
  const failed = new Set(cyclic.map((segment) => segment.id));
  for (const [done, segment] of ordered.entries()) {
    request.onSegment?.(segment.alias, done, ordered.length);
    const outcome = await updateOne(store, segment, run, failed);
    if (outcome !== undefined) reports.push(outcome.report);
    if (outcome?.stamp !== undefined) stamps.push(outcome.stamp);
  }
  return finishRun(store, run, { reports, stamps, notices: plan.notices }, started);
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

async function beginRun(store: Store, segments: readonly SegmentRow[], { now, full = false }: UpdateRequest): Promise<Run> {
  return store.write(async (tx) => {
    const runId = await tx.runs.begin(UPDATE_COMMAND, now, Date.now());
    await tx.members.sweepDeleted();
    const due = await carryOutDue(tx, { now, runId });
    await tx.changes.open();
    await tx.changes.prepare(await placesOf(tx, segments));
    return { now, full, runId, due, contacts: await tx.contacts.count({}) };
  });
}

/** Where the filters compare dates. One that cannot be read any more fails its own build, later. */
async function placesOf(tx: WriteTx, segments: readonly SegmentRow[]): Promise<Slice['place'][]> {
  const catalogue = await loadCatalogue(tx);
  return segments.flatMap(({ filter }) => {
    try {
      return dependencies(decodeAst(filter ?? ''), catalogue).moments.flatMap(({ place }) => (place.kind === 'properties' ? [] : [place]));
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

interface Outcome {
  readonly report: SegmentReport;
  readonly stamp: BuiltStamp | undefined;
}

/** Builds one segment and says how it fared; undefined when it is no longer one that updates keep. */
async function updateOne(store: Store, segment: SegmentRow, run: Run, failed: Set<number>): Promise<Outcome | undefined> {
  const started = performance.now();
  const { id: segmentId, alias } = segment;
  try {
    const built = await buildSegment(store, segmentId, run);
    if (built === undefined) return undefined;
    const { mode, joined, left, members, stamp } = built;
    const reason = withStale(built.reason, built.segment, failed);
    return { report: { segmentId, alias, status: 'ok', mode, reason, joined, left, members, ms: elapsedMs(started), error: null }, stamp };
  } catch (error) {
    if (stopsTheRun(error)) throw error;
    failed.add(segmentId);
    const { members } = segment;
    return { report: { segmentId, alias, status: 'failed', mode: null, reason: null, joined: 0, left: 0, members, ms: elapsedMs(started), error: describe(error) }, stamp: undefined };
  }
}

function withStale(reason: string, segment: SegmentRow, failed: ReadonlySet<number>): string {
  const stale = segmentsReferredToBy(segment).filter((id) => failed.has(id)).length;
  return stale === 0 ? reason : `${reason}, on the last good members of ${stale} failed ${stale === 1 ? 'segment' : 'segments'}`;
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

interface Done {
  readonly reports: readonly SegmentReport[];
  /** Of the segments that no transaction of their own has stamped. */
  readonly stamps: readonly BuiltStamp[];
  readonly notices: readonly string[];
}

async function finishRun(store: Store, run: Run, { reports, stamps, notices }: Done, started: number): Promise<UpdateReport> {
  const totals = totalsOf(reports);
  const ms = elapsedMs(started);
  await store.write(async (tx) => {
    await tx.segments.stampBuilt(stamps, run);
    await tx.runs.recordSegments(run.runId, reports.map(({ alias: _, ...row }) => row));
    await tx.runs.finish(run.runId, totals.failed === 0 ? 'ok' : 'partial', totals, Date.now(), ms);
    const { keepRunsDays } = await tx.settings.get();
    await tx.runs.prune(Date.now() - keepRunsDays * DAY_MS);
    await tx.changes.prune();
  });
  return { ...totals, runId: run.runId, now: run.now, due: run.due, reports, notices, ms };
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
