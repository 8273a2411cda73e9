import type { BuiltStamp, ScannedRun, Scans, Store } from '../../store/index.ts';
import { Ahead, expectFull } from './ahead.ts';
import { type Outcome, reportCycle, updateOne } from './one-segment.ts';
import { beginRun, finishRun } from './record.ts';
import type { Run, UpdateReport, UpdateRequest, Write } from './request.ts';
import { type Scope, scopeOf } from './scope.ts';

export type { SegmentReport, UpdateReport, UpdateRequest } from './request.ts';

/**
 * Makes published dynamic segments true as of one instant, those referred to first. A segment that fails keeps its members and
 * is reported; the others go on. The caller holds the run lock. `UserError`: unknown (2) or unpublished (1) segment named.
 */
export async function updateSegments(store: Store, request: UpdateRequest): Promise<UpdateReport> {
  return runUpdate(async (work) => store.write(work), request, async (run) => store.scans(run));
}

type OpenScans = (run: ScannedRun) => Promise<Scans | undefined>;

/** A run is three stages: its beginning, a transaction for each segment, its end. Each stage is a function over a transaction. */
async function runUpdate(write: Write, request: UpdateRequest, openScans?: OpenScans): Promise<UpdateReport> {
  const started = performance.now();
  const { scope, run, expected } = await write(async (tx) => {
    const found = await scopeOf(tx, request.segments);
    const begun = await beginRun(tx, found, request);
    return { scope: found, run: begun, expected: openScans === undefined ? [] : await expectFull(tx, found.ordered, begun) };
  });
  const scans = await openScans?.({ ...run, segments: expected.length });
  const ahead = scans && new Ahead(scans, expected, scope.ordered);
  const outcomes = await buildAll(write, scope, run, { ahead, onSegment: request.onSegment }).finally(async () => scans?.close());
  const reports = [...scope.cyclic.map(reportCycle), ...outcomes.map((outcome) => outcome.report)];
  const stamps = outcomes.flatMap(({ stamp }): BuiltStamp[] => (stamp === undefined ? [] : [stamp]));
  return write(async (tx) => finishRun(tx, run, { reports, stamps, notices: scope.notices }, started));
}

interface Beside {
  readonly ahead: Ahead | undefined;
  readonly onSegment: UpdateRequest['onSegment'];
}

async function buildAll(write: Write, { ordered, cyclic }: Scope, run: Run, { ahead, onSegment }: Beside): Promise<Outcome[]> {
  const failed = new Set(cyclic.map((segment) => segment.id));
  const outcomes: Outcome[] = [];
  for (const [done, segment] of ordered.entries()) {
    onSegment?.(segment.alias, done, ordered.length);
    const scanned = await ahead?.take(segment.id);
    const outcome = await updateOne(write, segment, run, failed, scanned).finally(async () => scanned?.scan.drop());
    ahead?.built(segment.id);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}
