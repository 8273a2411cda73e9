import { loadCatalogue } from '../../contact/fields.ts';
import type {
  ReadTx,
  RunSegmentRow,
  RunTotals,
  SegmentRow,
  Slice,
  WriteTx,
} from '../../store/index.ts';
import { readClock } from '../../support/clock.ts';
import { UserError } from '../../support/errors.ts';
import { carryOutDue } from './due.ts';
import { KEPT_DELETED_MS } from '../deleted.ts';
import type { Firing } from '../triggers/firing.ts';
import { noteFirings } from '../triggers/run-notes.ts';
import { meaningOf } from './meaning.ts';
import {
  type BuildOptions,
  changes,
  elapsedMs,
  type Run,
  type SegmentReport,
  type UpdateReport,
  type UpdateRequest,
} from './request.ts';
import type { CountContacts } from './plan.ts';

const DAY_MS = 86_400_000;
export const UPDATE_COMMAND = 'segments:update';

/** A run whose record has been opened. */
type Opened = Pick<Run, 'runId' | 'now' | 'startedAt' | 'due'>;

/** Opens the run's record, then ends pins and carries out conversions that are due. */
export async function openRun(
  tx: WriteTx,
  { now = tx.now, beside }: Pick<UpdateRequest, 'now' | 'beside'>,
  command = UPDATE_COMMAND,
): Promise<Opened> {
  const startedAt = readClock();
  const runId = await tx.runs.begin(command, now, startedAt, { beside });
  // rule: plans-before
  return { runId, now, startedAt, due: await carryOutDue(tx, { now, runId }) };
}

/** Gets the store ready for the builds of an opened run. */
export async function beginRun(tx: WriteTx, opened: Opened, request: UpdateRequest): Promise<Run> {
  await tx.members.sweepDeleted({ now: opened.now, by: null, runId: opened.runId });
  // rule: wishes-settled
  await tx.suppressions.settle();
  await tx.changes.open();
  return {
    ...buildOptionsOf(request),
    ...opened,
    contacts: countOnce(),
    tooMany: new Map(),
    whyFull: 'asked for with --full',
    namesChanges: request.dryRun === true,
  };
}

/**
 * Counts the contacts once for a whole run: what changes during the run is too little to matter.
 */
export function countOnce(): CountContacts {
  let counted: Promise<number> | undefined;
  return async (tx) => (counted ??= tx.contacts.count({}));
}

function buildOptionsOf({
  full,
  isClockRead,
  maxShrink,
  maxGrow,
  maxChanges,
  batch,
  mostWork,
  columnsFrom,
}: BuildOptions): BuildOptions {
  return { full, isClockRead, maxShrink, maxGrow, maxChanges, batch, mostWork, columnsFrom };
}

/**
 * Where the filters of these segments compare dates, for `Store.prepare`. A filter that can no longer
 * be read is skipped: its own build reports that later.
 */
export async function placesOf(
  tx: ReadTx,
  segments: readonly SegmentRow[],
): Promise<Slice['place'][]> {
  const catalogue = await loadCatalogue(tx);
  return segments.flatMap((segment) => {
    try {
      return meaningOf(segment, catalogue).dependencies.moments.flatMap(({ place }) =>
        place.kind === 'properties' ? [] : [place],
      );
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
}

/** What a run did. */
export interface Done {
  readonly reports: readonly SegmentReport[];
  readonly triggers?: readonly Firing[];
  readonly notices: readonly string[];
}

/** Closes the run's record and prunes the log. `started` is a time of `performance.now()`. */
export async function finishRun(
  tx: WriteTx,
  run: Run,
  { reports, triggers = [], notices }: Done,
  started: number,
): Promise<UpdateReport> {
  const totals = totalsOf(reports);
  const ms = elapsedMs(started);
  await tx.runs.recordSegments(run.runId, reports.map(rowOf));
  await tx.runs.finish(
    run.runId,
    isWhole(reports, triggers) ? 'ok' : 'partial',
    totals,
    readClock(),
    ms,
  );
  await noteFirings(tx, triggers, { runId: run.runId, at: run.now });
  await forgetPast(tx, run);
  await tx.members.pruneCauses();
  // rule: plans-before
  await tx.changes.prune();
  return {
    ...totals,
    runId: run.runId,
    now: run.now,
    due: run.due,
    reports,
    triggers,
    notices,
    ms,
  };
}

function isWhole(reports: readonly SegmentReport[], triggers: readonly Firing[]): boolean {
  return (
    reports.every(({ status }) => status === 'ok') && triggers.every(({ error }) => error === null)
  );
}

/** What is kept for so many days. A run that is asked about another day forgets nothing early. */
async function forgetPast(tx: WriteTx, { now }: Run): Promise<void> {
  const { keepRunsDays, keepHistoryDays, keepAuditDays } = await tx.settings.get();
  const clock = readClock();
  const early = Math.min(now, clock);
  if (Number.isFinite(keepRunsDays)) {
    const keptFrom = clock - keepRunsDays * DAY_MS;
    await tx.runs.prune(keptFrom);
    await tx.imports.forget(keptFrom);
  }
  if (Number.isFinite(keepHistoryDays)) {
    const keptFrom = early - keepHistoryDays * DAY_MS;
    await tx.history.forget(keptFrom);
    // an import is taken back by the intervals that it ended
    await tx.imports.forget(keptFrom);
  }
  if (Number.isFinite(keepAuditDays)) await tx.audit.prune(early - keepAuditDays * DAY_MS);
  await tx.segments.purge(early - KEPT_DELETED_MS);
}

function rowOf({
  segmentId,
  status,
  mode,
  reason,
  joined,
  left,
  members,
  ms,
  error,
}: SegmentReport): RunSegmentRow {
  return { segmentId, status, mode, reason, joined, left, members, ms, error };
}

function totalsOf(reports: readonly SegmentReport[]): RunTotals {
  const sum = (of: (report: SegmentReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  return {
    segments: reports.length,
    changed: reports.filter(changes).length,
    joined: sum((report) => report.joined),
    left: sum((report) => report.left),
    failed: reports.filter((report) => report.status === 'failed').length,
    held: reports.filter((report) => report.status === 'held').length,
  };
}
