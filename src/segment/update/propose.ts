import {
  type CandidateBuild,
  type Candidates,
  type Everybody,
  type InSlices,
  MOST_PARTS,
  type Nominated,
  type Reads,
} from '../../store/index.ts';
import { findChangedSince, type Rescanned, type ScannedAhead } from './ahead.ts';
import type { Bench } from './bench.ts';
import type { Planned } from './build.ts';
import {
  ALWAYS_BY_CANDIDATES,
  conditionOf,
  findFew,
  isTooMuch,
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

/** Decides the contacts in slices some parts at a time, then the changed ones for all at once. */
async function proposeParts(
  bench: Bench,
  { parts }: Share,
  candidates: Candidates,
  room: number,
): Promise<PartsDone> {
  const countOf = onceEach(readsKey, async (reads: Reads) => candidates.count(reads));
  let done = NOTHING_DONE;
  for (let first = 0; first < parts.length && hasRoom(done, room); first += MOST_PARTS) {
    const some: CountedPart[] = [];
    for (const part of parts.slice(first, first + MOST_PARTS))
      some.push({ ...part, own: await countOf(part.reads) });
    done = together(done, await proposeSome(bench, candidates, some, room - done.work));
  }
  const changedMs =
    done.changed.length === 0 ? 0 : await decide(bench, candidates, done.changed.map(buildOf));
  return { ...done, evaluateMs: changedMs + done.evaluateMs };
}

/** What was done for some parts of a share. */
interface PartsDone {
  readonly planned: readonly { readonly prepared: Prepared; readonly plan: Plan }[];
  readonly full: readonly FullBuild[];
  /**
   * Builds that still have to decide the changed contacts, which happens together with those of
   * other parts.
   */
  readonly changed: readonly Prepared[];
  readonly work: number;
  readonly evaluateMs: number;
}

const NOTHING_DONE: PartsDone = { planned: [], full: [], changed: [], work: 0, evaluateMs: 0 };

function together(one: PartsDone, other: PartsDone): PartsDone {
  return {
    planned: [...one.planned, ...other.planned],
    full: [...one.full, ...other.full],
    changed: [...one.changed, ...other.changed],
    work: one.work + other.work,
    evaluateMs: one.evaluateMs + other.evaluateMs,
  };
}

function hasRoom({ planned, work }: PartsDone, room: number): boolean {
  return planned.length === 0 || work < room;
}

/** A part, and for how many contacts something changed that it reads (`own`). */
interface CountedPart extends Part {
  readonly own: number;
}

/** Where these parts have too many candidates to be looked for at once, they are by halves. */
async function proposeSome(
  bench: Bench,
  candidates: Candidates,
  parts: readonly CountedPart[],
  room: number,
): Promise<PartsDone> {
  const found = await findInSlices(bench, candidates, parts);
  if (found !== undefined) return proposeFound(bench, parts, found, room);
  const [only, ...more] = parts as [CountedPart, ...CountedPart[]];
  if (more.length === 0) return { ...NOTHING_DONE, full: await fullBuilds(bench, only) };
  const half = Math.ceil(parts.length / 2);
  const done = await proposeSome(bench, candidates, parts.slice(0, half), room);
  if (!hasRoom(done, room)) return done;
  return together(done, await proposeSome(bench, candidates, parts.slice(half), room - done.work));
}

/**
 * Finds the contacts in the slices of these parts; undefined if a part has too many candidates, or
 * if several have more than one statement should look for.
 */
async function findInSlices(
  { tx, run }: Bench,
  candidates: Candidates,
  parts: readonly CountedPart[],
): Promise<InSlices | undefined> {
  const own = Math.max(...parts.map((part) => part.own));
  if (parts.length === 1) {
    const few = await findFew(tx, run.contacts, async (limit) => {
      const inSlices = await candidates.inSlices(parts, Math.max(0, limit - own));
      return { found: own + inSlices.found, inSlices };
    });
    return few?.inSlices;
  }
  const inSlices = await candidates.inSlices(parts, ALWAYS_BY_CANDIDATES);
  if (inSlices.found > ALWAYS_BY_CANDIDATES) return undefined;
  const most = Math.max(...parts.map((part, number) => part.own + (inSlices.ofParts[number] ?? 0)));
  return (await isTooMuch(tx, run.contacts, async () => most)) ? undefined : inSlices;
}

/** Decides those who were found for as many segments as there is room for, at least one. */
async function proposeFound(
  bench: Bench,
  parts: readonly CountedPart[],
  inSlices: InSlices,
  room: number,
): Promise<PartsDone> {
  let done = NOTHING_DONE;
  const builds: CandidateBuild[] = [];
  for (const [number, part] of parts.entries()) {
    if (!hasRoom(done, room)) break;
    const inPart = inSlices.ofParts[number] ?? 0;
    const reached = reachedOf(part, part.own + inPart, room - done.work);
    if (inPart > 0)
      builds.push(...reached.changed.map((one) => ({ ...buildOf(one), part: number })));
    done = together(done, part.own > 0 ? reached : { ...reached, changed: [] });
  }
  // rule: share-in-slices
  const evaluateMs = builds.length === 0 ? 0 : await decide(bench, inSlices, builds);
  return { ...done, evaluateMs };
}

function reachedOf({ builds }: Part, found: number, room: number): PartsDone {
  const reached = builds.slice(0, Math.max(1, Math.floor(room / Math.max(1, found))));
  const plan = planByCandidates(found);
  return {
    ...NOTHING_DONE,
    planned: reached.map((prepared) => ({ prepared, plan })),
    changed: reached,
    work: found * reached.length,
  };
}

/** Decides the candidates for these builds. Returns how long that took, in milliseconds. */
async function decide(
  { differences, run: { batch } }: Bench,
  candidates: Nominated,
  builds: readonly CandidateBuild[],
): Promise<number> {
  const started = performance.now();
  await differences.decide(candidates, builds, { batch });
  return performance.now() - started;
}

function buildOf(prepared: Prepared): CandidateBuild {
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
