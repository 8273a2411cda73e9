import type { Scan, ScanJob, Scans, SegmentRow, Watermark, WriteTx } from '../../store/index.ts';
import { UserError } from '../../support/errors.ts';
import {
  conditionOf,
  type Groundwork,
  isTooMuch,
  layGround,
  lookBack,
  prepare,
  type Prepared,
} from './plan.ts';
import type { Run } from './request.ts';
import { groupsOf } from './shares.ts';

/*
 * Segments that are going to be built in full are scanned ahead, on other processors, while the run builds those before them. A scan is as
 * good as a build that saw its snapshot: what was logged since is decided again in the transaction of the build.
 */

/** A scan, and what the filters meant when it was asked for, by segment. */
export interface ScannedAhead {
  readonly scan: Scan;
  readonly asked: ReadonlyMap<number, Pick<Prepared, 'fingerprint' | 'bounds'>>;
}

/**
 * The segments of a run that had better be scanned, each from when all those that it refers to are
 * built.
 */
export class Ahead {
  readonly #scans: Scans;
  readonly #waiting: Map<number, { readonly prepared: Prepared; readonly referred: Set<number> }>;
  readonly #started = new Map<number, Prepared>();

  constructor(scans: Scans, expected: readonly Prepared[], ordered: readonly SegmentRow[]) {
    this.#scans = scans;
    const inRun = new Set(ordered.map(({ id }) => id));
    this.#waiting = new Map(
      expected.map((prepared) => [
        prepared.segment.id,
        {
          prepared,
          referred: new Set(prepared.dependencies.segments.filter((id) => inRun.has(id))),
        },
      ]),
    );
    this.#startReady();
  }

  /** Whether this segment is scanned, or will be. */
  has(segmentId: number): boolean {
    return this.#started.has(segmentId) || this.#waiting.has(segmentId);
  }

  /** This segment's scan, if it has one; it may be that of others too. */
  async take(segmentId: number): Promise<ScannedAhead | undefined> {
    const scan = this.#started.has(segmentId) ? await this.#scans.take(segmentId) : undefined;
    return scan === undefined ? undefined : { scan, asked: this.#started };
  }

  /**
   * The members of this segment are what they are going to be: those that read them can be scanned.
   */
  built(segmentId: number): void {
    this.#waiting.delete(segmentId);
    for (const { referred } of this.#waiting.values()) referred.delete(segmentId);
    this.#startReady();
  }

  #startReady(): void {
    const jobs: ScanJob[] = [];
    for (const [id, { prepared, referred }] of this.#waiting) {
      // rule: scan-referred
      if (referred.size > 0) continue;
      this.#waiting.delete(id);
      this.#started.set(id, prepared);
      jobs.push({ segmentId: id, match: conditionOf(prepared, 'scan') });
    }
    this.#scans.start(jobs);
  }
}

/**
 * Those that will be built in full, as far as that can be told cheaply: their own transactions
 * decide.
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
  const lookingBack: { readonly prepared: Prepared; readonly since: Watermark }[] = [];
  for (const prepared of readable) {
    const back = run.full === true ? 'asked for' : await lookBack(tx, prepared);
    if (typeof back === 'string') found.add(prepared);
    else lookingBack.push({ prepared, since: back.since });
  }
  for (const group of groupsOf(lookingBack, ({ since }) => String(since))) {
    if (
      !(await isTooMuch(tx, run.contacts, async (limit) =>
        tx.changes.countSince(group[0].since, limit),
      ))
    )
      continue;
    const counts = await tx.changes.countRead(
      group[0].since,
      group.map(({ prepared }) => prepared.dependencies),
    );
    // rule: scan-read
    for (const [index, { prepared }] of group.entries())
      if (await isTooMuch(tx, run.contacts, async () => counts[index] ?? 0)) found.add(prepared);
  }
  return readable.filter((prepared) => found.has(prepared));
}

/** One that cannot be read fails its own build, later. */
function prepareIfReadable(ground: Groundwork, segment: SegmentRow): Prepared | undefined {
  try {
    return prepare(ground, segment);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * Finds whom a scan has to ask again, for `layOutScan`; false when that cannot be told, because the
 * filter has come to mean something else or too much changed meanwhile. Who is identified counts
 * whatever the filter reads: the scan has noted who is anonymous.
 */
export async function findChangedSince(
  tx: WriteTx,
  prepared: Prepared,
  { scan, asked: all }: ScannedAhead,
  run: Run,
): Promise<boolean> {
  const { segment, dependencies: needs } = prepared;
  const asked = all.get(segment.id);
  if (asked === undefined || !scan.segmentIds.includes(segment.id)) return false;
  // rule: scan-epoch, scan-fingerprint, scan-bounds
  const atScan = {
    ...segment,
    seen: scan.seen,
    fingerprint: asked.fingerprint,
    bounds: JSON.stringify(asked.bounds),
    builtAt: run.now,
  };
  const since = await lookBack(tx, { ...prepared, segment: atScan });
  // rule: scan-log
  if (typeof since === 'string') return false;
  // rule: scan-profiles
  const reads = { ...needs, profile: [...needs.profile, ...identifying(prepared)] };
  return !(await isTooMuch(tx, run.contacts, async (limit) =>
    tx.members.findCandidates(
      { segmentId: segment.id, reads: [reads], segments: needs.segments, ...since },
      limit,
    ),
  ));
}

/** The field that tells who is anonymous. */
function identifying({ catalogue }: Prepared): number[] {
  return catalogue.fields
    .filter(({ object, name }) => object === 'contact' && name === 'identified_at')
    .map(({ id }) => id);
}
