import type { Slice, WriteTx } from '../../store/index.ts';
import { findChangedSince, type ScannedAhead } from './ahead.ts';
import type { Planned } from './build.ts';
import { conditionOf, type Plan, planByCandidates, type PlannedBuild, type Prepared } from './plan.ts';
import type { Run } from './request.ts';
import type { FullBuild, Share } from './shares.ts';

/** What was done of a share. */
interface ShareDone {
  readonly decided: readonly Decided[];
  /** Where there are too many candidates. */
  readonly full: readonly FullBuild[];
  readonly work: number;
}

/** A segment whose candidates were decided; how much of that is laid out is counted for all of them together. */
export type Decided = Omit<Planned, 'laidOut'>;

interface Terms {
  readonly run: Run;
  /** What it took to read a segment. */
  readonly readMs: number;
}

/** Lays out the candidates of a share's segments, or of as many of them as there is room for: who is in a part's slices, then who was changed. */
export async function layOutShare(tx: WriteTx, { query, parts }: Share, { run, readMs }: Terms, room: number): Promise<ShareDone> {
  const started = performance.now();
  const changed = await planByCandidates(tx, run.contacts, async (limit) => tx.members.findCandidates(query, limit));
  const full: FullBuild[] = [];
  const planned: { readonly prepared: Prepared; readonly plan: Plan }[] = [];
  let [work, evaluateMs] = [0, 0];
  const decide = async (builds: readonly Prepared[], further: boolean): Promise<void> => {
    const began = performance.now();
    await tx.members.layOutCandidates(builds.map((prepared) => ({ segmentId: prepared.segment.id, match: conditionOf(prepared, 'probe') })), { further, batch: run.batch });
    evaluateMs += performance.now() - began;
  };
  for (const { slices, builds } of parts) {
    if (planned.length > 0 && work >= room) break;
    const { candidates, ...plan } = slices.length === 0 || changed.candidates === null ? changed : await planFurther(tx, changed.candidates, slices, run);
    const reached = candidates === null ? builds : builds.slice(0, Math.max(1, Math.floor((room - work) / Math.max(1, candidates))));
    (candidates === null ? full : planned).push(...reached.map((prepared) => ({ prepared, plan })));
    if (candidates !== null && candidates > (changed.candidates ?? 0)) await decide(reached, true);
    work += (candidates ?? 0) * reached.length;
  }
  if (changed.mode === 'delta' && planned.length > 0) await decide(planned.map(({ prepared }) => prepared), false);
  const each = Math.max(1, planned.length);
  const timing = { planMs: readMs + (performance.now() - started - evaluateMs) / each, evaluateMs: evaluateMs / each };
  return { decided: planned.map((one) => ({ ...one, timing })), full, work };
}

/** The plan where others may have changed besides those who are candidates already. */
async function planFurther(tx: WriteTx, already: number, slices: readonly Slice[], { contacts }: Run): Promise<PlannedBuild> {
  return planByCandidates(tx, contacts, async (limit) => already + (await tx.members.findFurther(slices, Math.max(0, limit - already))));
}

/** Lays out everybody, from a scan where there is a good one. */
export async function layOutFull(tx: WriteTx, { prepared, plan }: FullBuild, { run, readMs }: Terms, scanned: ScannedAhead | undefined): Promise<Planned> {
  const started = performance.now();
  const isScanGood = scanned !== undefined && (await findChangedSince(tx, prepared, scanned, run));
  const planned = performance.now();
  const { batch } = run;
  const laidOut = isScanGood
    ? await tx.members.layOutScan(scanned.scan, prepared.segment.id, conditionOf(prepared, 'probe'))
    : await tx.members.layOut(prepared.segment.id, conditionOf(prepared, batch === undefined ? 'scan' : 'probe'), { batch }); // what scans once for everybody would scan again for each batch
  return { prepared, plan, laidOut, timing: { planMs: readMs + planned - started, evaluateMs: performance.now() - planned } };
}
