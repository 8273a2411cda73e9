import type { CandidateBuild, Candidates, Everybody, Nominated, Reads } from '../../store/index.ts';
import { findChangedSince, type Rescanned, type ScannedAhead } from './ahead.ts';
import type { Bench } from './bench.ts';
import type { Planned } from './build.ts';
import {
  conditionOf,
  findFew,
  type Plan,
  planByCandidates,
  planOfTooMany,
  type Prepared,
} from './plan.ts';
import { type FullBuild, onceEach, type Part, readsKey, type Share, takeApart } from './shares.ts';

/** What was done for some shares. */
interface Done {
  readonly decided: readonly Decided[];
  /** The builds that must be full because they have too many candidates. */
  readonly full: readonly FullBuild[];
  readonly work: number;
}

/**
 * A segment whose candidates were decided. The proposed changes are counted later, for all such
 * segments together.
 */
export type Decided = Omit<Planned, 'proposed'>;

/**
 * Decides the candidates of these shares' segments and proposes the changes, for as many segments
 * as there is `room` for, at least one.
 */
export async function proposeShares(
  bench: Bench,
  shares: readonly Share[],
  room: number,
): Promise<Done> {
  const [decided, full]: [Decided[], FullBuild[]] = [[], []];
  let work = 0;
  for (const share of shares) {
    // rule: wave-work
    if (decided.length > 0 && work >= room) break;
    // rule: wave-work
    const done = await proposeShare(bench, share, room - work);
    decided.push(...done.decided);
    full.push(...done.full);
    work += done.work;
  }
  return { decided, full, work };
}

async function proposeShare(bench: Bench, share: Share, room: number): Promise<Done> {
  const { tx, differences, run, readMs } = bench;
  const started = performance.now();
  const candidates = await findFew(tx, run.contacts, async (limit) =>
    differences.find(share.query, limit),
  );
  const apart = candidates === undefined ? takeApart(share) : [];
  // rule: share-apart
  if (apart.length > 1) return proposeShares(bench, apart, room);
  if (candidates === undefined) return { decided: [], full: await refuse(bench, share), work: 0 };
  const { planned, full, work, evaluateMs } = await proposeParts(bench, share, candidates, room);
  const each = Math.max(1, planned.length);
  const timing = {
    planMs: readMs + (performance.now() - started - evaluateMs) / each,
    evaluateMs: evaluateMs / each,
  };
  return { decided: planned.map((one) => ({ ...one, timing })), full, work };
}

/**
 * Makes all builds of a share full builds, and notes it so that this run does not look for their
 * candidates again.
 */
async function refuse(bench: Bench, { key, parts }: Share): Promise<FullBuild[]> {
  const full: FullBuild[] = [];
  for (const part of parts) {
    const builds = await fullBuilds(bench, part);
    for (const { plan } of builds) bench.run.tooMany.set(key + readsKey(part.reads), plan);
    full.push(...builds);
  }
  return full;
}

async function fullBuilds({ tx, run }: Bench, { builds }: Part): Promise<FullBuild[]> {
  const plan = await planOfTooMany(tx, run.contacts);
  return builds.map((prepared) => ({ prepared, plan }));
}

/** What was done for some parts of a share. */
interface PartsDone {
  readonly planned: readonly { readonly prepared: Prepared; readonly plan: Plan }[];
  readonly full: readonly FullBuild[];
  readonly work: number;
  readonly evaluateMs: number;
}

/**
 * What was done for one part. The builds in `changed` still have to decide the changed contacts,
 * which happens together with those of other parts.
 */
interface PartDone extends PartsDone {
  readonly changed: readonly Prepared[];
}

/** Decides the contacts in slices part by part, then the changed contacts for all parts at once. */
async function proposeParts(
  bench: Bench,
  { parts }: Share,
  candidates: Candidates,
  room: number,
): Promise<PartsDone> {
  const countOf = onceEach(readsKey, async (reads: Reads) => candidates.count(reads));
  const done: PartDone[] = [];
  const sum = (of: (part: PartDone) => number): number =>
    done.reduce((total, part) => total + of(part), 0);
  for (const part of parts) {
    const left = room - sum(({ work }) => work);
    if (done.some(({ planned }) => planned.length > 0) && left <= 0) break;
    done.push(
      await proposePart(bench, candidates, { ...part, own: await countOf(part.reads) }, left),
    );
  }
  const changed = done.flatMap((part) => part.changed);
  const changedMs = changed.length === 0 ? 0 : await decide(bench, candidates, changed);
  return {
    planned: done.flatMap(({ planned }) => planned),
    full: done.flatMap(({ full }) => full),
    work: sum(({ work }) => work),
    evaluateMs: changedMs + sum(({ evaluateMs }) => evaluateMs),
  };
}

/** A part, and for how many contacts something changed that it reads (`own`). */
interface CountedPart extends Part {
  readonly own: number;
}

async function proposePart(
  bench: Bench,
  candidates: Candidates,
  part: CountedPart,
  room: number,
): Promise<PartDone> {
  const few = await findInSlices(bench, candidates, part);
  if (few === undefined) return { ...NO_PART, full: await fullBuilds(bench, part) };
  const { found, inSlices } = few;
  const reached = part.builds.slice(0, Math.max(1, Math.floor(room / Math.max(1, found))));
  const plan = planByCandidates(found);
  return {
    planned: reached.map((prepared) => ({ prepared, plan })),
    full: [],
    work: found * reached.length,
    // rule: share-in-slices
    evaluateMs: inSlices === undefined ? 0 : await decide(bench, inSlices, reached),
    changed: part.own > 0 ? reached : [],
  };
}

const NO_PART: PartDone = { planned: [], full: [], work: 0, evaluateMs: 0, changed: [] };

/**
 * How many candidates a part has; `inSlices` are those of them that are only in its slices, if any
 * are.
 */
interface PartCandidates extends Nominated {
  readonly inSlices?: Nominated | undefined;
}

/** Finds the candidates of a part; undefined if there are too many. */
async function findInSlices(
  { tx, run }: Bench,
  candidates: Candidates,
  { slices, reads, own }: CountedPart,
): Promise<PartCandidates | undefined> {
  if (slices.length === 0) return { found: own };
  return findFew(tx, run.contacts, async (limit) => {
    const inSlices = await candidates.inSlices(slices, reads, Math.max(0, limit - own));
    return inSlices.found === 0 ? { found: own } : { found: own + inSlices.found, inSlices };
  });
}

/** Decides the candidates for these builds. Returns how long that took, in milliseconds. */
async function decide(
  { differences, run: { batch } }: Bench,
  candidates: Nominated,
  builds: readonly Prepared[],
): Promise<number> {
  const started = performance.now();
  await differences.decide(candidates, builds.map(candidateBuildOf), { batch });
  return performance.now() - started;
}

function candidateBuildOf(prepared: Prepared): CandidateBuild {
  return {
    segmentId: prepared.segment.id,
    reads: prepared.dependencies,
    match: conditionOf(prepared, 'probe'),
  };
}

/** Decides all contacts and proposes the changes, from a scan if there is a valid one. */
export async function proposeFull(
  bench: Bench,
  { prepared, plan }: FullBuild,
  scanned: ScannedAhead | undefined,
): Promise<Planned> {
  const { differences, readMs } = bench;
  const { id } = prepared.segment;
  const started = performance.now();
  const rescanned = scanned && (await findChangedSince(bench, prepared, scanned));
  const planned = performance.now();
  await differences.all(id, everybodyOf(bench, prepared, rescanned));
  const evaluateMs = performance.now() - planned;
  return {
    prepared,
    plan,
    proposed: await differences.of(id),
    timing: { planMs: readMs + planned - started, evaluateMs },
  };
}

function everybodyOf(
  { run: { batch } }: Bench,
  prepared: Prepared,
  rescanned: Rescanned | undefined,
): Everybody {
  if (rescanned !== undefined)
    return { kind: 'scan', ...rescanned, probe: conditionOf(prepared, 'probe') };
  // in batches, a condition that scans once for all contacts would scan again for each batch
  const shape = batch === undefined ? 'scan' : 'probe';
  return { kind: 'match', match: conditionOf(prepared, shape), batch };
}
