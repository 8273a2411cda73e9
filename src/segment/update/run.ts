import {
  dryRun,
  type ScannedRun,
  type Scans,
  type SegmentRow,
  type Slice,
  type Store,
  type WriteTx,
} from '../../store/index.ts';
import { fireTriggers } from '../triggers/fire.ts';
import { addFirings, changedBy } from '../triggers/firing.ts';
import { Ahead, expectFull, type ScannedAhead } from './ahead.ts';
import { layGround, type Prepared } from './plan.ts';
import { beginRun, finishRun, openRun, placesOf } from './run-record.ts';
import type { Run, SegmentReport, UpdateReport, UpdateRequest, Write } from './request.ts';
import { type Scope, readersOf, scopeOf } from './scope.ts';
import { addReports, type Followed } from './followed.ts';
import { reportCycle, reportNotReached, type Stale, updateWave } from './run-wave.ts';
import { independent, mostWorkOf, withoutReached } from './wave.ts';

export type { Bound, SegmentReport, UpdateReport, UpdateRequest } from './request.ts';

/**
 * Makes published dynamic segments true as of one instant, those referred to first. A segment that
 * fails keeps its members and is reported; the others are still built. The caller holds the run
 * lock, or sets `beside`. A dry run does the same in one transaction that is rolled back.
 * `UserError`: a named segment is unknown (2) or unpublished (1).
 */
export async function updateSegments(store: Store, request: UpdateRequest): Promise<UpdateReport> {
  const { dryRun: isDry = false, beside = false, batch } = request;
  const openScans: OpenScans | undefined =
    beside || batch !== undefined ? undefined : async (run) => store.scans(run);
  const prepare: Prepare = async (places) => store.prepare(places);
  if (!isDry) return runUpdate(async (work) => store.write(work), request, { openScans, prepare });
  // rule: dry-run
  const report = await dryRun(store, true, async (tx) =>
    runUpdate(async (work) => tx.nested(work), request),
  );
  return { ...report, runId: null };
}

/**
 * Opens scans. Undefined for a dry run and for a run `beside` others, which may not scan, and for
 * one with batches, which limit what one statement may evaluate.
 */
type OpenScans = (run: ScannedRun) => Promise<Scans | undefined>;

/** Undefined for a dry run, which leaves nothing behind. */
type Prepare = Store['prepare'];

/** What a run does between its transactions. */
interface Between {
  readonly openScans?: OpenScans | undefined;
  readonly prepare?: Prepare | undefined;
}

/**
 * A run has three stages: it begins, builds some segments in each of several transactions, and
 * ends. Each stage is a function over a transaction.
 */
async function runUpdate(
  write: Write,
  request: UpdateRequest,
  { openScans, prepare }: Between = {},
): Promise<UpdateReport> {
  const started = performance.now();
  const { scope, run, expected, contacts, places } = await write(async (tx) =>
    begin(tx, request, openScans !== undefined),
  );
  const scans = await openScans?.({ runId: run.runId, contacts, segments: expected.length });
  const ahead = scans && new Ahead(scans, expected, scope.ordered, run);
  const built = await prepareAndBuild(
    write,
    { scope, run, prepare: async () => prepare?.(places) },
    { ...request, ahead },
  ).finally(async () => scans?.close());
  const reports = [...scope.cyclic.map(reportCycle), ...built];
  return followAndFinish(write, { run, scope, reports }, request, started);
}

type Ending = Pick<Beginning, 'scope' | 'run'> & { readonly reports: readonly SegmentReport[] };

/**
 * Asks the triggers, builds what reads the segments that they changed, and asks them again, until
 * they leave nothing to build; then ends the run.
 */
async function followAndFinish(
  write: Write,
  { scope, run, reports }: Ending,
  request: UpdateRequest,
  started: number,
): Promise<UpdateReport> {
  let done: Followed = { reports, triggers: [] };
  for (;;) {
    const next = await write(async (tx) => {
      const fired = await fireTriggers(tx, run);
      const triggers = addFirings(done.triggers, fired);
      const readers = await readersOf(tx, changedBy(fired), scope.excluded);
      // rule: trigger-readers
      if (readers.ordered.length > 0) return { readers, triggers };
      return finishRun(tx, run, { ...done, triggers, notices: scope.notices }, started);
    });
    if ('runId' in next) return next;
    const built = await buildAll(write, next.readers, run, { ...request, ahead: undefined });
    done = { reports: addReports(done.reports, built), triggers: next.triggers };
  }
}

interface Beginning {
  readonly scope: Scope;
  readonly run: Run;
  /**
   * The segments worth scanning, and how many contacts there are; empty and 0 if scanning is not
   * allowed.
   */
  readonly expected: readonly Prepared[];
  readonly contacts: number;
  /** Where the filters compare dates. */
  readonly places: readonly Slice['place'][];
}

async function begin(tx: WriteTx, request: UpdateRequest, mayScan: boolean): Promise<Beginning> {
  const opened = await openRun(tx, request);
  const scope = await scopeOf(tx, request); // after what was due, which may convert segments
  const run = await beginRun(tx, opened, request);
  const expected = mayScan ? await expectFull(tx, scope.ordered, run) : [];
  const contacts = expected.length === 0 ? 0 : await run.contacts(tx);
  return { scope, run, expected, contacts, places: await placesOf(tx, scope.ordered) };
}

/** What takes long to prepare is prepared while scanners are at work. */
async function prepareAndBuild(
  write: Write,
  { scope, run, prepare }: Pick<Beginning, 'scope' | 'run'> & { prepare: () => Promise<void> },
  building: Building,
): Promise<SegmentReport[]> {
  await prepare();
  return buildAll(write, scope, run, building);
}

type Reports = Map<number, SegmentReport | undefined>;

interface Building extends Pick<UpdateRequest, 'isTimeUp' | 'onSegment'> {
  readonly ahead: Ahead | undefined;
}

/**
 * Builds the segments, at least one even if time is up, so that repeated short runs reach all of
 * them.
 */
async function buildAll(
  write: Write,
  scope: Scope,
  run: Run,
  { isTimeUp = () => false, onSegment, ahead }: Building,
): Promise<SegmentReport[]> {
  const { ordered } = scope;
  const stale = staleFromTheStart(scope);
  const reports: Reports = new Map();
  let waiting = ordered;
  // rule: time-one
  while (waiting.length > 0 && !(reports.size > 0 && isTimeUp())) {
    onSegment?.(waiting[0]?.alias ?? '', reports.size, ordered.length);
    const done = await buildFirst(write, waiting, run, { stale, isTimeUp, ahead });
    for (const [id, report] of done) reports.set(id, report);
    // rule: wave-rest
    waiting = withoutReached(waiting, done);
  }
  return inOrder(ordered, reports);
}

/** The segments that this run cannot make true, whatever happens to the others. */
function staleFromTheStart({ cyclic, excluded }: Scope): Stale {
  return new Map([
    ...cyclic.map(({ id }) => [id, 'failed'] as const),
    ...excluded.map(({ id }) => [id, 'excluded'] as const),
  ]);
}

/**
 * The reports in the order of the segments, including those that were not reached; a segment that
 * is gone has none.
 */
function inOrder(ordered: readonly SegmentRow[], reports: Reports): SegmentReport[] {
  return ordered.flatMap((segment) =>
    reports.has(segment.id) ? (reports.get(segment.id) ?? []) : reportNotReached(segment),
  );
}

/** Builds, in one transaction, the first of these segments and those that can be built with it. */
async function buildFirst(
  write: Write,
  waiting: readonly SegmentRow[],
  run: Run,
  { ahead, ...terms }: Omit<Together, 'scanned'> & Pick<Building, 'ahead'>,
): Promise<Reports> {
  const [first, ...more] = waiting as [SegmentRow, ...SegmentRow[]];
  const scanned = await ahead?.take(first.id);
  const isScanned = ({ id }: SegmentRow): boolean => ahead?.has(id) === true;
  const isTogether = isScanned(first)
    ? ({ id }: SegmentRow) => scanned?.scan.segmentIds.includes(id) === true
    : (other: SegmentRow) => !isScanned(other);
  const together = [first, ...(run.mostWork === 0 ? [] : leading(more, isTogether))];
  const done = await buildScanned(scanned, async () =>
    write(async (tx) => buildSome(tx, together, run, { ...terms, scanned })),
  );
  ahead?.built(done.keys());
  return done;
}

/**
 * Builds with a scan, then drops what it holds for the segments that were built. That happens
 * outside the transaction; a segment that was not reached takes the scan again.
 */
async function buildScanned(
  scanned: ScannedAhead | undefined,
  build: () => Promise<Reports>,
): Promise<Reports> {
  let done: Reports = new Map();
  try {
    return (done = await build());
  } finally {
    await scanned?.scan.drop(done.keys());
  }
}

/** The segments at the start of the list, up to the first one that does not belong to them. */
function leading(
  segments: readonly SegmentRow[],
  belongs: (segment: SegmentRow) => boolean,
): readonly SegmentRow[] {
  const end = segments.findIndex((segment) => !belongs(segment));
  return end === -1 ? segments : segments.slice(0, end);
}

interface Together {
  readonly stale: Stale;
  readonly isTimeUp: () => boolean;
  /** The scan that found the first of the segments; it covers all of them. */
  readonly scanned: ScannedAhead | undefined;
}

/**
 * Builds the first of these segments and the next ones in one transaction, wave by wave, until the
 * transaction has done enough work.
 */
async function buildSome(
  tx: WriteTx,
  segments: readonly SegmentRow[],
  run: Run,
  { stale, isTimeUp, scanned }: Together,
): Promise<Reports> {
  const reports: Reports = new Map();
  const terms = { stale, scanned, ground: await layGround(tx, run.now) };
  let work = 0;
  let waiting = segments;
  while (waiting.length > 0 && !(reports.size > 0 && (work >= mostWorkOf(run) || isTimeUp()))) {
    const outcome = await updateWave(tx, independent(waiting, isTimeUp), run, terms);
    for (const [id, report] of outcome.reports) reports.set(id, report);
    waiting = withoutReached(waiting, outcome.reports);
    work += outcome.work;
  }
  return reports;
}
