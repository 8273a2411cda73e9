import type { SegmentRow, WriteTx } from '../../store/index.ts';
import { localText } from '../../support/time.ts';
import { segmentsReferredToBy } from '../references.ts';
import { type ScannedAhead, scanHere } from './ahead.ts';
import type { Bench } from './bench.ts';
import { type Built, carryOut, type Planned } from './build.ts';
import { proposeFull, proposeShares } from './propose.ts';
import {
  CONTACTS_A_CANDIDATE,
  type Groundwork,
  prepare,
  type Prepared,
  renewGround,
} from './plan.ts';
import type { Run } from './request.ts';
import { isUpdated } from './scope.ts';
import { type FullBuild, type Share, sharesOf } from './shares.ts';

/**
 * What happened to a segment. `gone`: it was deleted, unpublished or made static. `failed`: it
 * cannot be read or built.
 */
export type Fate =
  | { readonly kind: 'built'; readonly built: Built }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'gone' };

/** What building a wave led to: the fates of the segments that it reached, by id. */
export interface Wave {
  readonly fates: ReadonlyMap<number, Fate>;
  /** The work done, as the number of evaluations by candidates that would have taken as long. */
  readonly work: number;
}

/** About a second of work. */
const MOST_WORK = 500_000;

/** The number of evaluations after which a transaction of this run ends. */
export function mostWorkOf({ mostWork = MOST_WORK }: Run): number {
  return mostWork;
}

/** A build from a scan takes a quarter of the time of a full build in place. */
const CONTACTS_A_SCANNED = 4 * CONTACTS_A_CANDIDATE;

/**
 * The longest start of the list that can be built side by side: no segment in it reads the members
 * of another. Stops early when time is up, but returns at least one.
 */
export function independent(
  segments: readonly SegmentRow[],
  isTimeUp: () => boolean,
): SegmentRow[] {
  const ids = new Set<number>();
  const found: SegmentRow[] = [];
  for (const segment of segments) {
    // rule: wave-readers
    if (segmentsReferredToBy(segment).some((id) => ids.has(id))) break;
    if (found.length > 0 && isTimeUp()) break;
    ids.add(segment.id);
    found.push(segment);
  }
  return found;
}

/**
 * The segments without those that were reached, which are among the first. Looks no further than
 * the last of these, since thousands may wait behind one that is built alone.
 */
export function withoutReached(
  segments: readonly SegmentRow[],
  reached: ReadonlyMap<number, unknown>,
): readonly SegmentRow[] {
  let open = reached.size;
  const isLast = ({ id }: SegmentRow): boolean => reached.has(id) && --open === 0;
  const end = segments.findIndex(isLast) + 1;
  return segments
    .slice(0, end)
    .filter(({ id }) => !reached.has(id))
    .concat(segments.slice(end));
}

/**
 * Makes the members of independent segments true as of `now`, all in the given transaction, so that
 * every reader sees the old members or the new ones. At least one segment is reached, and more as
 * long as there is not too much work. A full build uses its scan if that is still valid.
 */
export async function buildWave(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
  { ground, scanned }: Terms,
): Promise<Wave> {
  const started = performance.now();
  const differences = await tx.differences();
  const { fates, prepared } = await read(tx, wave, run, ground);
  const { shares, full } = await sharesOf(tx, prepared, run);
  const readMs = (performance.now() - started) / wave.length;
  const bench: Bench = { tx, differences, run, readMs };
  const byCandidates = await buildShares(bench, shares, fates);
  const builds = [...full, ...byCandidates.full];
  return {
    fates,
    work: await buildFull(bench, builds, { fates, work: byCandidates.work, scanned }),
  };
}

/** What all waves of a transaction are built with. */
export interface Terms {
  /** Laid in this transaction. */
  readonly ground: Groundwork;
  /** The scan that found the segments of the wave; it covers all of them. */
  readonly scanned?: ScannedAhead | undefined;
}

type Fates = Map<number, Fate>;

/** Builds the shares. Returns the builds that have too many candidates, and the work done. */
async function buildShares(
  bench: Bench,
  shares: readonly Share[],
  fates: Fates,
): Promise<{ readonly full: readonly FullBuild[]; readonly work: number }> {
  const { decided, full, work } = await proposeShares(bench, shares, mostWorkOf(bench.run));
  const planned: Planned[] = [];
  for (const one of decided)
    planned.push({ ...one, proposed: await bench.differences.of(one.prepared.segment.id) });
  if (planned.length > 0) keep(fates, await carryOut(bench, planned));
  return { full, work };
}

interface Begun {
  readonly fates: Fates;
  readonly work: number;
  readonly scanned: ScannedAhead | undefined;
}

/**
 * Makes full builds one after the other until there is too much work. Returns the work of the whole
 * wave.
 */
async function buildFull(
  bench: Bench,
  builds: readonly FullBuild[],
  { fates, work: before, scanned }: Begun,
): Promise<number> {
  const { tx, run } = bench;
  if (builds.length === 0) return before;
  let work = before;
  const contacts = await run.contacts(tx);
  const room = Math.ceil(((mostWorkOf(run) - work) * CONTACTS_A_SCANNED) / Math.max(1, contacts));
  const reached = builds.slice(0, Math.max(1, room)).map(({ prepared }) => prepared);
  const scan = scanned ?? (await scanHere(bench, reached));
  const each = contacts / (scan === undefined ? CONTACTS_A_CANDIDATE : CONTACTS_A_SCANNED);
  for (const one of builds) {
    if (fates.size > 0 && work >= mostWorkOf(run)) break;
    keep(fates, await carryOut(bench, [await proposeFull(bench, one, scan)]));
    work += each;
  }
  return work;
}

function keep(fates: Fates, built: readonly Built[]): void {
  for (const one of built) fates.set(one.segment.id, { kind: 'built', built: one });
}

/** Reads the segments again, as they are in this transaction. */
async function read(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
  laid: Groundwork,
): Promise<{ readonly fates: Fates; readonly prepared: readonly Prepared[] }> {
  const ground = await renewGround(tx, laid, wave);
  const fates: Fates = new Map();
  const prepared: Prepared[] = [];
  for (const { id } of wave) {
    // rule: read-again
    const segment = ground.rows.get(id);
    const one = await prepareOrTell(tx, ground, segment, run);
    if ('kind' in one) fates.set(id, one);
    else prepared.push(one);
  }
  return { fates, prepared };
}

/** The segment ready to build, or its fate if it is not to be built. */
async function prepareOrTell(
  tx: WriteTx,
  ground: Groundwork,
  segment: SegmentRow | undefined,
  run: Run,
): Promise<Prepared | Fate> {
  // rule: ahead
  if (segment === undefined || !isUpdated(segment)) return { kind: 'gone' };
  if (await isAhead(tx, segment, run)) return { kind: 'built', built: untouched(segment, ground) };
  try {
    return prepare(ground, segment);
  } catch (error) {
    // rule: failed-seen
    return { kind: 'failed', error };
  }
}

/**
 * Whether another run, at work at the same time, has made this segment true as of a later instant
 * than this run's clock.
 */
async function isAhead(tx: WriteTx, { builtAt, builtRun }: SegmentRow, run: Run): Promise<boolean> {
  if (
    run.isClockRead !== true ||
    builtAt === null ||
    builtRun === null ||
    builtAt <= run.now ||
    builtRun === run.runId
  )
    return false;
  const other = await tx.runs.find(builtRun);
  // rule: ahead-dead
  return (
    other !== undefined && (other.status === 'running' || (other.finishedAt ?? 0) >= run.startedAt)
  );
}

function untouched(segment: SegmentRow, { time }: Groundwork): Built {
  return {
    mode: 'skip',
    reason: `another run made it true as of ${localText(segment.builtAt ?? time.now, time.zone)}`,
    status: 'ok',
    joined: 0,
    left: 0,
    members: segment.members,
    segment,
    named: undefined,
    timing: { planMs: 0, evaluateMs: 0, writeMs: 0 },
  };
}
