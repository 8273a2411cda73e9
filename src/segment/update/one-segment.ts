import type { BuiltStamp, SegmentRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { segmentsReferredToBy } from '../references.ts';
import { buildSegment } from './build.ts';
import { elapsedMs, type Run, type SegmentReport, type Write } from './request.ts';

export interface Outcome {
  readonly report: SegmentReport;
  /** What the run has yet to stamp. */
  readonly stamp: BuiltStamp | undefined;
}

/**
 * Builds one segment in a transaction and says how it fared; undefined when it is no longer one that updates keep. One that fails keeps
 * what it had and joins `failed`, so that those that refer to it are told.
 */
export async function updateOne(write: Write, segment: SegmentRow, run: Run, failed: Set<number>): Promise<Outcome | undefined> {
  const started = performance.now();
  const { id: segmentId, alias } = segment;
  try {
    const built = await write(async (tx) => buildSegment(tx, segmentId, run));
    if (built === undefined) return undefined;
    const { mode, joined, left, members, stamp } = built;
    const reason = withStale(built.reason, built.segment, failed);
    return { report: { segmentId, alias, status: 'ok', mode, reason, joined, left, members, ms: elapsedMs(started), error: null }, stamp };
  } catch (error) {
    if (stopsTheRun(error)) throw error;
    failed.add(segmentId);
    return { report: failureOf(segment, describe(error), elapsedMs(started)), stamp: undefined };
  }
}

/** The report of a segment that cannot be built because it refers to itself. */
export function reportCycle(segment: SegmentRow): SegmentReport {
  return failureOf(segment, { code: 'CYCLE', message: `segment ${segment.alias} refers to itself through other segments` }, 0);
}

function failureOf({ id, alias, members }: SegmentRow, error: NonNullable<SegmentReport['error']>, ms: number): SegmentReport {
  return { segmentId: id, alias, status: 'failed', mode: null, reason: null, joined: 0, left: 0, members, ms, error };
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
