import type { BuiltStamp, SegmentRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { segmentsReferredToBy } from '../references.ts';
import type { ScannedAhead } from './ahead.ts';
import { type Built, buildSegment } from './build.ts';
import { elapsedMs, type Run, type SegmentReport, type Write } from './request.ts';

export interface Outcome {
  readonly report: SegmentReport;
  /** What the run has yet to stamp. */
  readonly stamp: BuiltStamp | undefined;
}

/** Segments whose members are not true as of this run, by id, and why: those that refer to them are told. */
export type Stale = Map<number, keyof typeof STALE>;

const STALE = {
  failed: ['the last good members', 'failed'],
  held: ['the last good members', 'held'],
  limited: ['the members so far', 'limited'],
  excluded: ['the present members', 'excluded'],
} as const;

/**
 * Builds one segment in a transaction and says how it fared; undefined when it is no longer one that updates keep. One that fails keeps
 * what it had. One that is not made true joins `stale`.
 */
export async function updateOne(write: Write, segment: SegmentRow, run: Run, stale: Stale, scanned?: ScannedAhead): Promise<Outcome | undefined> {
  const started = performance.now();
  try {
    const built = await write(async (tx) => buildSegment(tx, segment.id, run, scanned));
    if (built === undefined) return undefined;
    if (built.status !== 'ok') stale.set(segment.id, built.status);
    return { report: reportOf(segment, built, stale, elapsedMs(started)), stamp: built.stamp };
  } catch (error) {
    if (stopsTheRun(error)) throw error;
    stale.set(segment.id, 'failed');
    return { report: failureOf(segment, describe(error), elapsedMs(started)), stamp: undefined };
  }
}

/** The report of a segment that cannot be built because it refers to itself. */
export function reportCycle(segment: SegmentRow): SegmentReport {
  return failureOf(segment, { code: 'CYCLE', message: `segment ${segment.alias} refers to itself through other segments` }, 0);
}

/** The report of a segment that the run had no time for. */
export function reportNotReached(segment: SegmentRow): SegmentReport {
  return { ...failureOf(segment, null, 0), status: 'not_reached', reason: 'time ran out' };
}

function reportOf({ id, alias }: SegmentRow, { status, mode, reason, joined, left, members, named, timing, segment }: Built, stale: Stale, ms: number): SegmentReport {
  return { segmentId: id, alias, status, mode, reason: withStale(reason, segment, stale), joined, left, members, ms, error: null, named, timing };
}

function failureOf({ id, alias, members }: SegmentRow, error: SegmentReport['error'], ms: number): SegmentReport {
  return { segmentId: id, alias, status: 'failed', mode: null, reason: null, joined: 0, left: 0, members, ms, error };
}

function withStale(reason: string, segment: SegmentRow, stale: Stale): string {
  const standings = segmentsReferredToBy(segment).map((id) => stale.get(id));
  const notes = Object.entries(STALE).map(([standing, [members, word]]) => {
    const count = standings.filter((each) => each === standing).length;
    return count === 0 ? '' : `, on ${members} of ${count} ${word} ${count === 1 ? 'segment' : 'segments'}`;
  });
  return reason + notes.join('');
}

/** What is wrong with the store is wrong for every segment: no use in going on. */
function stopsTheRun(error: unknown): boolean {
  return error instanceof UserError && error.exit >= EXIT.badInput;
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof UserError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
