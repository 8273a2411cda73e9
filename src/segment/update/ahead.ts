import type { Candidates, Scan, Scans, SegmentRow, Watermark, WriteTx } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import type { Bench } from './bench.ts';
import {
  findFew,
  type Groundwork,
  isTooMuch,
  layGround,
  lookBack,
  prepare,
  type Prepared,
} from './plan.ts';
import type { BuildOptions, Run } from './request.ts';
import { scanFilters, scanWorkOf } from './scan-filters.ts';
import { groupsOf } from './shares.ts';

/*
 * Segments that are going to be built in full are scanned ahead, on other processors, while the run
 * builds those before them. A scan is as good as a build that saw its snapshot: contacts with
 * changes logged since then are decided again in the transaction of the build.
 */

/** A scan, and what each segment's filter meant when the scan was started, by segment id. */
export interface ScannedAhead {
  readonly scan: Scan;
  readonly asked: ReadonlyMap<number, Pick<Prepared, 'fingerprint' | 'bounds'>>;
}

/**
 * The segments of a run that are worth scanning. Each is started once all segments that it refers
 * to are built.
 */
export class Ahead {
  readonly #scans: Scans;
  readonly #run: BuildOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** By the segments that have to be built first, those that wait for them. */
  readonly #readers = new Map<number, Waiting[]>();
  readonly #started = new Map<number, Prepared>();

  constructor(
    scans: Scans,
    expected: readonly Prepared[],
    ordered: readonly SegmentRow[],
    run: BuildOptions,
  ) {
    this.#scans = scans;
    this.#run = run;
    const inRun = new Set(ordered.map(({ id }) => id));
    for (const prepared of expected) {
      const referred = prepared.dependencies.segments.filter((id) => inRun.has(id));
      this.#await({ prepared, referred: new Set(referred) });
    }
    this.#start([...this.#waiting.values()]);
  }

  /** Whether this segment's scan is running, done or may still be started. */
  has(segmentId: number): boolean {
    return this.#started.has(segmentId) || this.#waiting.has(segmentId);
  }

  /** This segment's scan, if it has one; the same scan may cover other segments too. */
  async take(segmentId: number): Promise<ScannedAhead | undefined> {
    const scan = this.#started.has(segmentId) ? await this.#scans.take(segmentId) : undefined;
    return scan === undefined ? undefined : { scan, asked: this.#started };
  }

  /** Says that these segments are done: segments that read their members can now be scanned. */
  built(segmentIds: Iterable<number>): void {
    const freed = new Set<Waiting>();
    for (const id of segmentIds) {
      this.#waiting.delete(id);
      for (const reader of this.#readers.get(id) ?? []) {
        reader.referred.delete(id);
        freed.add(reader);
      }
    }
    this.#start([...freed].filter(({ prepared }) => this.#waiting.has(prepared.segment.id)));
  }

  #await(waiting: Waiting): void {
    this.#waiting.set(waiting.prepared.segment.id, waiting);
    for (const id of waiting.referred) {
      const readers = this.#readers.get(id);
      if (readers === undefined) this.#readers.set(id, [waiting]);
      else readers.push(waiting);
    }
  }

  /** Starts those that need not wait; too few are built without a scan. */
  #start(waiting: readonly Waiting[]): void {
    // rule: scan-referred
    const ready = waiting.filter(({ referred }) => referred.size === 0);
    for (const { prepared } of ready) this.#waiting.delete(prepared.segment.id);
    if (ready.length === 0 || !this.#scans.pays(ready.length)) return;
    for (const { prepared } of ready) this.#started.set(prepared.segment.id, prepared);
    this.#scans.start(
      scanWorkOf(
        ready.map(({ prepared }) => prepared),
        this.#run,
      ),
      scanFilters,
    );
  }
}

interface Waiting {
  readonly prepared: Prepared;
  /** What it refers to and is not built yet. */
  readonly referred: Set<number>;
}

/**
 * Scans for these builds in their own transaction; undefined where the store cannot, or where it is
 * not worth it.
 */
export async function scanHere(
  { tx, run }: Bench,
  builds: readonly Prepared[],
): Promise<ScannedAhead | undefined> {
  if (tx.scan === undefined || builds.length < FEWEST_TOGETHER || unreadable.has(run))
    return undefined;
  if (!readsHere(await run.contacts(tx), run)) return undefined;
  const asked = new Map(builds.map((prepared) => [prepared.segment.id, prepared]));
  try {
    return { scan: await tx.scan(scanWorkOf(builds, run), scanFilters, run.batch), asked };
  } catch (error) {
    // each is evaluated by itself, and the one that cannot be fails alone
    if (error instanceof UserError && error.exit >= EXIT.badInput) throw error;
    unreadable.add(run);
    return undefined;
  }
}

function readsHere(contacts: number, { columnsFrom = COLUMNS_FROM, namesChanges }: Run): boolean {
  return contacts >= columnsFrom && (contacts <= MOST_READ_HERE || namesChanges);
}

/** One filter alone shares no column with another. */
const FEWEST_TOGETHER = 2;
/** With fewer contacts, merging what a scan found takes longer than evaluating the filter. */
const COLUMNS_FROM = 50_000;
/** Runs in which columns could not be read: what failed once is not tried for each wave again. */
const unreadable = new WeakSet<Run>();
/**
 * Reading the columns of so many contacts takes about a second, while other writers wait. They
 * wait for a dry run in any case.
 */
const MOST_READ_HERE = 300_000;

/**
 * The segments that will probably be built in full, as far as that can be told cheaply. The
 * transaction that builds a segment decides.
 */
export async function expectFull(
  tx: WriteTx,
  ordered: readonly SegmentRow[],
  run: Run,
): Promise<Prepared[]> {
  const ground = await layGround(tx, run.now);
  const readable = ordered
    .map((segment) => prepareIfReadable(ground, segment))
    .filter((prepared) => prepared !== undefined);
  const found = new Set<Prepared>();
  const lookingBack: LookingBack[] = [];
  for (const prepared of readable) {
    const back = run.full === true ? 'asked for' : await lookBack(tx, prepared);
    if (typeof back === 'string') found.add(prepared);
    else lookingBack.push({ prepared, since: back.since });
  }
  for (const group of groupsOf(lookingBack, ({ since }) => since))
    for (const prepared of await withTooMuch(tx, group, run)) found.add(prepared);
  return readable.filter((prepared) => found.has(prepared));
}

interface LookingBack {
  readonly prepared: Prepared;
  readonly since: Watermark;
}

/**
 * The builds of a group that read too many of the changes logged since `since`. All of a group look
 * back to that same time.
 */
async function withTooMuch(
  tx: WriteTx,
  group: readonly [LookingBack, ...LookingBack[]],
  { contacts }: Run,
): Promise<Prepared[]> {
  const [{ since }] = group;
  if (!(await isTooMuch(tx, contacts, async (limit) => tx.changes.countSince(since, limit))))
    return [];
  const counts = await tx.changes.countRead(
    since,
    group.map(({ prepared }) => prepared.dependencies),
  );
  const found: Prepared[] = [];
  // rule: scan-read
  for (const [index, { prepared }] of group.entries())
    if (await isTooMuch(tx, contacts, async () => counts[index] ?? 0)) found.push(prepared);
  return found;
}

/** Undefined when the filter cannot be read; the segment's own build reports that later. */
export function prepareIfReadable(ground: Groundwork, segment: SegmentRow): Prepared | undefined {
  try {
    return prepare(ground, segment);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A scan that is still valid, and the contacts that have to be decided again. */
export interface Rescanned {
  readonly scan: Scan;
  readonly changed: Candidates;
}

/**
 * Finds the contacts that have to be decided again after a scan. Undefined when that cannot be
 * told, because the filter now means something else, or when too much changed meanwhile. A change
 * of who is identified counts for every filter, because the scan has noted who is anonymous.
 */
export async function findChangedSince(
  { tx, differences, run }: Bench,
  prepared: Prepared,
  scanned: ScannedAhead,
): Promise<Rescanned | undefined> {
  const { segment, dependencies: needs } = prepared;
  const asOfScan = preparedAtScan(prepared, scanned, run.now);
  if (asOfScan === undefined) return undefined;
  // rule: scan-epoch
  const since = await lookBack(tx, asOfScan);
  // rule: scan-log
  if (typeof since === 'string') return undefined;
  // rule: scan-profiles
  const reads = { ...needs, profile: [...needs.profile, ...identifying(prepared)] };
  const query = { segmentId: segment.id, reads: [reads], segments: needs.segments, ...since };
  const changed = await findFew(tx, run.contacts, async (limit) => differences.find(query, limit));
  return changed && { scan: scanned.scan, changed };
}

/** The segment as if the scan had built it; undefined where the scan did not cover it. */
function preparedAtScan(
  prepared: Prepared,
  { scan, asked: all }: ScannedAhead,
  builtAt: number,
): Prepared | undefined {
  const { segment } = prepared;
  const asked = all.get(segment.id);
  if (asked === undefined || !scan.segmentIds.includes(segment.id)) return undefined;
  // rule: scan-fingerprint, scan-bounds
  const atScan = {
    ...segment,
    seen: scan.seen,
    fingerprint: asked.fingerprint,
    bounds: JSON.stringify(asked.bounds),
    builtAt,
  };
  return { ...prepared, segment: atScan };
}

/** The ids of the field that says who is anonymous. */
function identifying({ catalogue }: Prepared): number[] {
  return catalogue.fields
    .filter(({ object, name }) => object === 'contact' && name === 'identified_at')
    .map(({ id }) => id);
}
