import { withLostName } from '../../contact/lost-names.ts';
import type { SegmentRow, WriteTx } from '../../store/index.ts';
import { assertNever } from '../../support/errors.ts';
import { describe, stopsEverything } from '../failure.ts';
import { segmentsReferredToBy } from '../references.ts';
import type { Built } from './build.ts';
import type { Run, SegmentReport, Timing } from './request.ts';
import { buildWave, type Fate, type Terms, type Wave } from './wave.ts';

/**
 * Segments whose members are not true as of this run, by id, and why. Reports of segments that
 * refer to them mention it.
 */
export type Stale = Map<number, keyof typeof STALE>;

const STALE = {
  failed: ['the last good members', 'failed'],
  held: ['the last good members', 'held'],
  limited: ['the members so far', 'limited'],
  excluded: ['the present members', 'excluded'],
} as const;

/** What building a wave led to. */
export interface Outcome {
  /**
   * Reports of the segments that were reached, by id; undefined if updates no longer build that
   * segment.
   */
  readonly reports: ReadonlyMap<number, SegmentReport | undefined>;
  readonly work: number;
}

/**
 * Builds a wave of segments inside a transaction and reports on each. A segment that fails keeps
 * its members, and the others are built without it. Segments that did not become true are added to
 * `stale`.
 */
export async function updateWave(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
  { stale, ...terms }: Terms & { readonly stale: Stale },
): Promise<Outcome> {
  const { fates, work } = await buildOrIsolate(tx, wave, run, terms);
  const reports = new Map<number, SegmentReport | undefined>();
  for (const segment of wave) {
    const fate = fates.get(segment.id);
    if (fate === undefined) continue;
    const told = fate.kind === 'failed' ? await named(tx, fate) : fate;
    reports.set(segment.id, report(segment, told, stale));
  }
  return { reports, work };
}

async function named(tx: WriteTx, fate: Extract<Fate, { kind: 'failed' }>): Promise<Fate> {
  return { ...fate, error: await withLostName(tx, fate.error) };
}

/** Builds a wave together; if that fails, builds each segment by itself. */
async function buildOrIsolate(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
  terms: Terms,
): Promise<Wave> {
  try {
    return await tx.nested(async (inner) => buildWave(inner, wave, run, terms));
  } catch (error) {
    if (stopsEverything(error)) throw error;
    const [only, ...more] = wave;
    // rule: wave-failure
    if (only !== undefined && more.length === 0)
      return { fates: new Map([[only.id, { kind: 'failed', error }]]), work: 0 };
  }
  const parts: Wave[] = [];
  for (const segment of wave) parts.push(await buildOrIsolate(tx, [segment], run, terms));
  return {
    fates: new Map(parts.flatMap(({ fates }) => [...fates])),
    work: parts.reduce((sum, { work }) => sum + work, 0),
  };
}

function report(segment: SegmentRow, fate: Fate, stale: Stale): SegmentReport | undefined {
  switch (fate.kind) {
    case 'gone':
      return undefined;
    case 'failed':
      stale.set(segment.id, 'failed');
      return failureOf(segment, describe(fate.error));
    case 'built':
      // rule: held-told
      if (fate.built.status !== 'ok') stale.set(segment.id, fate.built.status);
      return reportOf(segment, fate.built, stale);
    default:
      return assertNever(fate);
  }
}

/** The report of a segment that cannot be built because it refers to itself. */
export function reportCycle(segment: SegmentRow): SegmentReport {
  return failureOf(segment, {
    code: 'CYCLE',
    message: `segment ${segment.alias} refers to itself through other segments`,
  });
}

/** The report of a segment that the run did not reach before time was up. */
export function reportNotReached(segment: SegmentRow): SegmentReport {
  return { ...failureOf(segment, null), status: 'not_reached', reason: 'time ran out' };
}

function reportOf(
  { id, alias }: SegmentRow,
  { status, mode, reason, joined, left, members, named, timing, segment }: Built,
  stale: Stale,
): SegmentReport {
  const { planMs, evaluateMs, writeMs } = timing;
  return {
    segmentId: id,
    alias,
    status,
    mode,
    reason: withStale(reason, segment, stale),
    joined,
    left,
    members,
    ms: Math.round(planMs + evaluateMs + writeMs),
    error: null,
    named,
    timing: rounded(timing),
  };
}

function rounded({ planMs, evaluateMs, writeMs }: Timing): Timing {
  return {
    planMs: Math.round(planMs),
    evaluateMs: Math.round(evaluateMs),
    writeMs: Math.round(writeMs),
  };
}

function failureOf(
  { id, alias, members }: SegmentRow,
  error: SegmentReport['error'],
): SegmentReport {
  return {
    segmentId: id,
    alias,
    status: 'failed',
    mode: null,
    reason: null,
    joined: 0,
    left: 0,
    members,
    ms: 0,
    error,
  };
}

function withStale(reason: string, segment: SegmentRow, stale: Stale): string {
  const referred = segmentsReferredToBy(segment);
  if (referred.length === 0) return reason;
  const standings = referred.map((id) => stale.get(id));
  const notes = Object.entries(STALE).map(([standing, [members, word]]) => {
    const count = standings.filter((each) => each === standing).length;
    return count === 0
      ? ''
      : `, on ${members} of ${count} ${word} ${count === 1 ? 'segment' : 'segments'}`;
  });
  return reason + notes.join('');
}
