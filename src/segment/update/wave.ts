import type { LaidOut, SegmentRow, WriteTx } from '../../store/index.ts';
import { localText } from '../../support/time.ts';
import { segmentsReferredToBy } from '../references.ts';
import type { ScannedAhead } from './ahead.ts';
import { type Built, carryOut } from './build.ts';
import { layOutFull, layOutShares } from './propose.ts';
import { CONTACTS_A_CANDIDATE, layGround, type Prepared, prepare } from './plan.ts';
import type { Run } from './request.ts';
import { isUpdated } from './scope.ts';
import { sharesOf } from './shares.ts';

/**
 * What has become of a segment: `gone` is no published dynamic one any more, `failed` cannot be
 * read.
 */
export type Fate =
  | { readonly kind: 'built'; readonly built: Built }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'gone' };

/** What a wave came to: the fates of the segments that it reached, by id. */
export interface Wave {
  readonly fates: ReadonlyMap<number, Fate>;
  /** How many evaluations of a filter by candidates would have taken as long. */
  readonly work: number;
}

/** A second or so. */
const MOST_WORK = 500_000;

/** After how many evaluations a transaction of this run ends. */
export function mostWorkOf({ mostWork = MOST_WORK }: Run): number {
  return mostWork;
}

/** What was scanned ahead takes a quarter of the time of a full build in place. */
const CONTACTS_A_SCANNED = 4 * CONTACTS_A_CANDIDATE;

const NOTHING: LaidOut = { joining: 0, leaving: 0, renaming: 0 };

/**
 * The first of these segments, as many as can be built side by side, none reading the members of
 * another, before time is up.
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
 * Makes the members of independent segments true as of `now`, all in the transaction at hand: to
 * every reader they are the old ones or the new ones. One segment at least is reached, others as
 * long as there is not too much to do. A full build uses what was scanned ahead, where that is
 * still good.
 */
export async function buildWave(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
  scanned?: ScannedAhead,
): Promise<Wave> {
  const started = performance.now();
  await tx.members.clearLaidOut();
  const { fates, prepared } = await read(tx, wave, run);
  const { shares, full } = await sharesOf(tx, prepared, run);
  const readMs = (performance.now() - started) / wave.length;
  const most = mostWorkOf(run);
  const {
    decided,
    full: tooMany,
    work: decidedWork,
  } = await layOutShares(tx, shares, { run, readMs }, most);
  let work = decidedWork;
  if (decided.length > 0) {
    const laidOut = await tx.members.countLaidOut();
    keep(
      fates,
      await carryOut(
        tx,
        decided.map((one) => ({
          ...one,
          laidOut: laidOut.get(one.prepared.segment.id) ?? NOTHING,
        })),
        run,
      ),
    );
  }
  for (const one of [...full, ...tooMany]) {
    if (fates.size > 0 && work >= most) break;
    keep(fates, await carryOut(tx, [await layOutFull(tx, one, { run, readMs }, scanned)], run));
    work +=
      (await run.contacts(tx)) /
      (scanned === undefined ? CONTACTS_A_CANDIDATE : CONTACTS_A_SCANNED);
  }
  return { fates, work };
}

function keep(fates: Map<number, Fate>, built: readonly Built[]): void {
  for (const one of built) fates.set(one.segment.id, { kind: 'built', built: one });
}

/** Reads the segments again, as they are in this transaction. */
async function read(
  tx: WriteTx,
  wave: readonly SegmentRow[],
  run: Run,
): Promise<{ fates: Map<number, Fate>; prepared: Prepared[] }> {
  const ground = await layGround(tx, run.now);
  const fates = new Map<number, Fate>();
  const prepared: Prepared[] = [];
  for (const { id } of wave) {
    // rule: read-again
    const segment = ground.segments.find((row) => row.id === id);
    // rule: ahead
    if (segment === undefined || !isUpdated(segment)) {
      fates.set(id, { kind: 'gone' });
    } else if (await isAhead(tx, segment, run)) {
      fates.set(id, {
        kind: 'built',
        built: untouched(
          segment,
          `another run made it true as of ${localText(segment.builtAt ?? run.now, ground.time.zone)}`,
        ),
      });
    } else {
      try {
        prepared.push(prepare(ground, segment));
      } catch (error) {
        // rule: failed-seen
        fates.set(id, { kind: 'failed', error });
      }
    }
  }
  return { fates, prepared };
}

/**
 * Whether another run that was at work beside this one has made it true as of a later instant than
 * the clock that this one has read.
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

function untouched(segment: SegmentRow, reason: string): Built {
  return {
    mode: 'skip',
    reason,
    status: 'ok',
    joined: 0,
    left: 0,
    members: segment.members,
    segment,
    named: undefined,
    timing: { planMs: 0, evaluateMs: 0, writeMs: 0 },
  };
}
