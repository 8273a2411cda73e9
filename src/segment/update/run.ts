import type { BuiltStamp, Store } from '../../store/index.ts';
import { type Outcome, reportCycle, updateOne } from './one-segment.ts';
import { beginRun, finishRun, openRun } from './record.ts';
import type { Run, UpdateReport, UpdateRequest, Write } from './request.ts';
import { type Scope, scopeOf } from './scope.ts';

export type { SegmentReport, UpdateReport, UpdateRequest } from './request.ts';

/**
 * Makes published dynamic segments true as of one instant, those referred to first. A segment that fails keeps its members and
 * is reported; the others go on. The caller holds the run lock. `UserError`: unknown (2) or unpublished (1) segment named.
 */
export async function updateSegments(store: Store, request: UpdateRequest): Promise<UpdateReport> {
  return runUpdate(async (work) => store.write(work), request);
}

/** A run is three stages: its beginning, a transaction for each segment, its end. Each stage is a function over a transaction. */
async function runUpdate(write: Write, request: UpdateRequest): Promise<UpdateReport> {
  const started = performance.now();
  const { scope, run } = await write(async (tx) => {
    const opened = await openRun(tx, request);
    const found = await scopeOf(tx, request.segments); // of the segments as what was due has left them
    return { scope: found, run: await beginRun(tx, found, opened, request) };
  });
  const outcomes = await buildAll(write, scope, run, request.onSegment);
  const reports = [...scope.cyclic.map(reportCycle), ...outcomes.map((outcome) => outcome.report)];
  const stamps = outcomes.flatMap(({ stamp }): BuiltStamp[] => (stamp === undefined ? [] : [stamp]));
  return write(async (tx) => finishRun(tx, run, { reports, stamps, notices: scope.notices }, started));
}

async function buildAll(write: Write, { ordered, cyclic }: Scope, run: Run, onSegment: UpdateRequest['onSegment']): Promise<Outcome[]> {
  const failed = new Set(cyclic.map((segment) => segment.id));
  const outcomes: Outcome[] = [];
  for (const [done, segment] of ordered.entries()) {
    onSegment?.(segment.alias, done, ordered.length);
    const outcome = await updateOne(write, segment, run, failed);
    if (outcome !== undefined) outcomes.push(outcome);
  }
  return outcomes;
}
