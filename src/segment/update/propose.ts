import type { Reads, WriteTx } from '../../store/index.ts';
import { findChangedSince, type ScannedAhead } from './ahead.ts';
import type { Planned } from './build.ts';
import {
  conditionOf,
  type Plan,
  planByCandidates,
  type PlannedBuild,
  type Prepared,
} from './plan.ts';
import type { Run } from './request.ts';
import { type FullBuild, onceEach, type Part, readsKey, type Share, takeApart } from './shares.ts';

/** What was done of some shares. */
interface Done {
  readonly decided: readonly Decided[];
  /** Where there are too many candidates. */
  readonly full: readonly FullBuild[];
  readonly work: number;
}

/**
 * A segment whose candidates were decided; how much of that is laid out is counted for all of them
 * together.
 */
export type Decided = Omit<Planned, 'laidOut'>;

interface Terms {
  readonly run: Run;
  /** What it took to read a segment. */
  readonly readMs: number;
}

/**
 * Lays out the candidates of some shares' segments, or of as many of them as there is room for, one
 * at least.
 */
export async function layOutShares(
  tx: WriteTx,
  shares: readonly Share[],
  terms: Terms,
  room: number,
): Promise<Done> {
  const [decided, full]: [Decided[], FullBuild[]] = [[], []];
  let work = 0;
  for (const share of shares) {
    // rule: wave-work
    if (decided.length > 0 && work >= room) break;
    // rule: wave-work
    const done = await layOutShare(tx, share, terms, room - work);
    decided.push(...done.decided);
    full.push(...done.full);
    work += done.work;
  }
  return { decided, full, work };
}

/** Part by part who is in its slices, then who was changed of all of them. */
async function layOutShare(tx: WriteTx, share: Share, terms: Terms, room: number): Promise<Done> {
  const started = performance.now();
  const { run, readMs } = terms;
  const found = await planByCandidates(tx, run.contacts, async (limit) =>
    tx.members.findCandidates(share.query, limit),
  );
  const apart = found.candidates === null ? takeApart(share) : [];
  // rule: share-apart
  if (apart.length > 1) return layOutShares(tx, apart, terms, room);
  const countOf = onceEach(readsKey, async (reads: Reads) => tx.members.countCandidates(reads));
  const full: FullBuild[] = [];
  const planned: { readonly prepared: Prepared; readonly plan: Plan }[] = [];
  const changed: Prepared[] = [];
  let [work, evaluateMs] = [0, 0];
  const decide = async (builds: readonly Prepared[], further: boolean): Promise<void> => {
    const began = performance.now();
    await tx.members.layOutCandidates(
      builds.map((prepared) => ({
        segmentId: prepared.segment.id,
        reads: prepared.dependencies,
        match: conditionOf(prepared, 'probe'),
      })),
      { further, batch: run.batch },
    );
    evaluateMs += performance.now() - began;
  };
  for (const { reads, slices, builds } of share.parts) {
    if (planned.length > 0 && work >= room) break;
    if (found.candidates === null) run.tooMany.set(share.key + readsKey(reads), found);
    const own =
      found.candidates === null
        ? found
        : await planByCandidates(tx, run.contacts, async () => countOf(reads));
    const { candidates, ...plan } =
      slices.length === 0 || own.candidates === null
        ? own
        : await planFurther(tx, own.candidates, { slices, reads }, run);
    const reached =
      candidates === null
        ? builds
        : builds.slice(0, Math.max(1, Math.floor((room - work) / Math.max(1, candidates))));
    (candidates === null ? full : planned).push(...reached.map((prepared) => ({ prepared, plan })));
    // rule: share-further
    if (candidates !== null && candidates > (own.candidates ?? 0)) await decide(reached, true);
    if (candidates !== null && own.mode === 'delta') changed.push(...reached);
    work += (candidates ?? 0) * reached.length;
  }
  if (changed.length > 0) await decide(changed, false);
  const each = Math.max(1, planned.length);
  const timing = {
    planMs: readMs + (performance.now() - started - evaluateMs) / each,
    evaluateMs: evaluateMs / each,
  };
  return { decided: planned.map((one) => ({ ...one, timing })), full, work };
}

/** The plan where others may have changed besides those who are candidates already. */
async function planFurther(
  tx: WriteTx,
  already: number,
  { slices, reads }: Pick<Part, 'slices' | 'reads'>,
  { contacts }: Run,
): Promise<PlannedBuild> {
  return planByCandidates(
    tx,
    contacts,
    async (limit) =>
      already + (await tx.members.findFurther(slices, reads, Math.max(0, limit - already))),
  );
}

/** Lays out everybody, from a scan where there is a good one. */
export async function layOutFull(
  tx: WriteTx,
  { prepared, plan }: FullBuild,
  { run, readMs }: Terms,
  scanned: ScannedAhead | undefined,
): Promise<Planned> {
  const started = performance.now();
  const isScanGood = scanned !== undefined && (await findChangedSince(tx, prepared, scanned, run));
  const planned = performance.now();
  const { batch } = run;
  const laidOut = isScanGood
    ? await tx.members.layOutScan(scanned.scan, prepared.segment.id, conditionOf(prepared, 'probe'))
    : await tx.members.layOut(
        prepared.segment.id,
        conditionOf(prepared, batch === undefined ? 'scan' : 'probe'),
        { batch },
      ); // what scans once for everybody would scan again for each batch
  return {
    prepared,
    plan,
    laidOut,
    timing: { planMs: readMs + planned - started, evaluateMs: performance.now() - planned },
  };
}
