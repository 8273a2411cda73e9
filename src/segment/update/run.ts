import { type BuiltStamp, dryRun, type ScannedRun, type Scans, type Store } from '../../store/index.ts';
import { Ahead, expectFull } from './ahead.ts';
import { type Outcome, reportCycle, reportNotReached, type Stale, updateOne } from './one-segment.ts';
import { beginRun, finishRun, openRun } from './record.ts';
import type { Run, UpdateReport, UpdateRequest, Write } from './request.ts';
import { type Scope, scopeOf } from './scope.ts';

export type { Bound } from './guards.ts';
export type { SegmentReport, UpdateReport, UpdateRequest } from './request.ts';

/**
 * Makes published dynamic segments true as of one instant, those referred to first. A segment that fails keeps its members and
 * is reported; the others go on. The caller holds the run lock, or says that the run is `beside` others. A dry run does the same in one
 * transaction that is taken back. `UserError`: unknown (2) or unpublished (1) segment named.
 */
export async function updateSegments(store: Store, request: UpdateRequest): Promise<UpdateReport> {
  const { dryRun: isDry = false, beside = false, batch } = request;
  const openScans: OpenScans | undefined = beside || batch !== undefined ? undefined : async (run) => store.scans(run);
  if (!isDry) return runUpdate(async (work) => store.write(work), request, openScans);
  const report = await dryRun(store, true, async (tx) => runUpdate(async (work) => tx.nested(work), request));
  return { ...report, runId: null };
}

/** For runs in transactions of their own that no other run is beside; what one statement may evaluate is for batches to say. */
type OpenScans = (run: ScannedRun) => Promise<Scans | undefined>;

/** A run is three stages: its beginning, a transaction for each segment, its end. Each stage is a function over a transaction. */
async function runUpdate(write: Write, request: UpdateRequest, openScans?: OpenScans): Promise<UpdateReport> {
  const started = performance.now();
  const { scope, run, expected } = await write(async (tx) => {
    const opened = await openRun(tx, request);
    const found = await scopeOf(tx, request); // of the segments as what was due has left them
    const begun = await beginRun(tx, found, opened, request);
    return { scope: found, run: begun, expected: openScans === undefined ? [] : await expectFull(tx, found.ordered, begun) };
  });
  const scans = await openScans?.({ ...run, segments: expected.length });
  const ahead = scans && new Ahead(scans, expected, scope.ordered);
  const outcomes = await buildAll(write, scope, run, { ...request, ahead }).finally(async () => scans?.close());
  const reports = [...scope.cyclic.map(reportCycle), ...outcomes.map((outcome) => outcome.report)];
  const stamps = outcomes.flatMap(({ stamp }): BuiltStamp[] => (stamp === undefined ? [] : [stamp]));
  return write(async (tx) => finishRun(tx, run, { reports, stamps, notices: scope.notices }, started));
}

/** Builds at least one segment, so that runs with little time come through all of them in turn. */
async function buildAll(write: Write, { ordered, cyclic, excluded }: Scope, run: Run, { isTimeUp, onSegment, ahead }: UpdateRequest & { readonly ahead: Ahead | undefined }): Promise<Outcome[]> {
  const stale: Stale = new Map([...cyclic.map(({ id }) => [id, 'failed'] as const), ...excluded.map(({ id }) => [id, 'excluded'] as const)]);
  const outcomes: Outcome[] = [];
  for (const [done, segment] of ordered.entries()) {
    if (done > 0 && isTimeUp?.() === true) return [...outcomes, ...ordered.slice(done).map((rest) => ({ report: reportNotReached(rest), stamp: undefined }))];
    onSegment?.(segment.alias, done, ordered.length);
    const scanned = await ahead?.take(segment.id);
    const outcome = await updateOne(write, segment, run, stale, scanned).finally(async () => scanned?.scan.drop());
    ahead?.built(segment.id);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}
