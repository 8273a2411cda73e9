import { decodeAst, dependencies } from '../../filter/index.ts';
import { loadCatalogue } from '../../contact/fields.ts';
import type { BuiltStamp, RunTotals, SegmentRow, Slice, WriteTx } from '../../store/index.ts';
import { UserError } from '../../support/errors.ts';
import { carryOutDue } from './due.ts';
import { changes, elapsedMs, type Run, type SegmentReport, type UpdateReport, type UpdateRequest } from './request.ts';
import type { Scope } from './scope.ts';

const DAY_MS = 86_400_000;
export const UPDATE_COMMAND = 'segments:update';

/** Opens the run's record and does what is due. */
export async function openRun(tx: WriteTx, { now }: UpdateRequest): Promise<Pick<Run, 'runId' | 'due'>> {
  const runId = await tx.runs.begin(UPDATE_COMMAND, now, Date.now());
  return { runId, due: await carryOutDue(tx, { now, runId }) };
}

/** Gets the store ready for the builds of an opened run. */
export async function beginRun(tx: WriteTx, { ordered }: Scope, opened: Pick<Run, 'runId' | 'due'>, { now, full = false }: UpdateRequest): Promise<Run> {
  await tx.members.sweepDeleted();
  await tx.changes.open();
  await tx.changes.prepare(await placesOf(tx, ordered));
  return { ...opened, now, full, contacts: await tx.contacts.count({}) };
}

/** Where the filters compare dates. One that cannot be read any more fails its own build, later. */
async function placesOf(tx: WriteTx, segments: readonly SegmentRow[]): Promise<Slice['place'][]> {
  const catalogue = await loadCatalogue(tx);
  return segments.flatMap(({ filter }) => {
    try {
      return dependencies(decodeAst(filter ?? ''), catalogue).moments.flatMap(({ place }) => (place.kind === 'properties' ? [] : [place]));
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

/** What a run has come to. */
export interface Done {
  readonly reports: readonly SegmentReport[];
  /** Of the segments that no transaction of their own has stamped. */
  readonly stamps: readonly BuiltStamp[];
  readonly notices: readonly string[];
}

/** Stamps what is left, closes the run's record, and forgets what nobody needs any more. `started` is of `performance.now()`. */
export async function finishRun(tx: WriteTx, run: Run, { reports, stamps, notices }: Done, started: number): Promise<UpdateReport> {
  const totals = totalsOf(reports);
  const ms = elapsedMs(started);
  await tx.segments.stampBuilt(stamps, run);
  await tx.runs.recordSegments(run.runId, reports.map(({ alias: _, ...row }) => row));
  await tx.runs.finish(run.runId, totals.failed === 0 ? 'ok' : 'partial', totals, Date.now(), ms);
  const { keepRunsDays } = await tx.settings.get();
  await tx.runs.prune(Date.now() - keepRunsDays * DAY_MS);
  await tx.changes.prune();
  return { ...totals, runId: run.runId, now: run.now, due: run.due, reports, notices, ms };
}

function totalsOf(reports: readonly SegmentReport[]): RunTotals {
  const sum = (of: (report: SegmentReport) => number): number => reports.reduce((total, report) => total + of(report), 0);
  return {
    segments: reports.length,
    changed: reports.filter(changes).length,
    joined: sum((report) => report.joined),
    left: sum((report) => report.left),
    failed: reports.filter((report) => report.status === 'failed').length,
    held: reports.filter((report) => report.status === 'held').length,
  };
}
