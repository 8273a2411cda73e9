import type { Finding, StoreStatus } from '../../segment/status.ts';
import type { RunRow, SegmentRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import { assertNever } from '../../support/errors.ts';
import { counted, grouped } from '../../support/text.ts';
import type { WriteInstant } from '../../support/local-instant.ts';
import { ageInWords, inDuration } from '../output/instants.ts';
import { alignedLines } from './record-columns.ts';
import { inBytes } from './bytes.ts';

const MOST_NAMED = 5;

/** The clock of the command, and how people read instants. */
interface Clock {
  readonly now: number;
  readonly instant: WriteInstant;
}

/** The status for people: one screen. */
export function statusLines(status: StoreStatus, clock: Clock): string[] {
  const { segments, stale, lastRun, lastSuccess, problems } = status;
  return [
    `store ${status.location}`,
    ...alignedLines([
      ['size', inBytes(status.sizeBytes)],
      ['contacts', grouped(status.contacts)],
      [
        'segments',
        `${grouped(segments.dynamic)} dynamic, ${grouped(segments.static)} ` +
          `static${segments.unpublished === 0 ? '' : `, ${grouped(segments.unpublished)} of them unpublished`}`,
      ],
      [
        'last run',
        lastRun === undefined ? 'none yet' : `${runInWords(lastRun, clock)}, ${lastRun.status}`,
      ],
      ...(problems.length === 0 ? [] : [['problems', problemsInWords(problems)] as const]),
      ['last success', lastSuccess === undefined ? 'none yet' : runInWords(lastSuccess, clock)],
      ['stale', stale.length === 0 ? 'none' : named(stale)],
      ['run lock', status.isLocked ? 'held: a run is at work' : 'free'],
      ['pending', pendingInWords(status, clock)],
      ['to build', buildsInWords(status.pendingBuilds)],
      ['triggers', triggersInWords(status.triggers)],
    ]),
  ];
}

/** The status for programs. */
export function statusData(
  {
    location,
    sizeBytes,
    contacts,
    segments,
    stale,
    lastRun,
    lastSuccess,
    isLocked,
    pendingChanges,
    logHeldSince,
    pendingBuilds,
    problems,
    triggers,
  }: StoreStatus,
  now: number,
): Record<string, unknown> {
  return {
    store: location,
    size_bytes: sizeBytes,
    contacts,
    segments,
    last_run:
      lastRun === undefined ? null : { ...runData(lastRun), problems: problems.map(problemData) },
    last_success: lastSuccess === undefined ? null : runData(lastSuccess),
    age_seconds: lastSuccess === undefined ? null : Math.floor((now - lastSuccess.now) / 1_000),
    stale: stale.map(({ alias, builtAt }) => ({
      alias,
      built_at: builtAt === null ? null : formatInstant(builtAt),
    })),
    locked: isLocked,
    pending_changes: pendingChanges,
    log_held_since: logHeldSince === undefined ? null : formatInstant(logHeldSince),
    pending_builds: pendingBuilds,
    triggers,
  };
}

/** The one line of `--max-age`. */
export function findingLine(
  finding: Finding | undefined,
  { lastSuccess, lastRun, problems }: StoreStatus,
  { clock, maxAgeMs }: { readonly clock: Clock; readonly maxAgeMs: number },
): string {
  const limit = `more than ${inDuration(maxAgeMs)}`;
  const since = sinceThen(lastRun, lastSuccess, problems);
  switch (finding?.kind) {
    case undefined:
      return (
        'ok: last successful update ' +
        (lastSuccess === undefined ? '' : runInWords(lastSuccess, clock))
      );
    case 'never':
      return `no successful update yet${since}`;
    case 'old':
      return `too old: last successful update ${runInWords(finding.success, clock)}, ${limit}${since}`;
    case 'future':
      return (
        `wrong clock: last successful update ${runInWords(finding.success, clock)}, ` +
        `${limit}${since}`
      );
    case 'stale':
      return `stale for ${limit}: ${named(finding.segments)}`;
    case 'trigger':
      return failuresInWords(finding.failing);
    default:
      return assertNever(finding);
  }
}

/** `3 changes; a transaction that is open since … keeps what was recorded` */
function pendingInWords({ pendingChanges, logHeldSince }: StoreStatus, { instant }: Clock): string {
  const pending = counted(pendingChanges, 'change');
  if (logHeldSince === undefined) return pending;
  return `${pending}; a transaction that is open since ${instant(logHeldSince)} keeps what was recorded`;
}

/** `2 published; fair waits for 3 changes; trigger hot fails: …` */
function triggersInWords({
  published,
  unpublished,
  failing,
  waiting,
}: StoreStatus['triggers']): string {
  if (published + unpublished === 0) return 'none';
  return [
    `${grouped(published)} published${unpublished === 0 ? '' : `, ${grouped(unpublished)} not`}`,
    ...firstOf(waiting).map(
      ({ name, changes }) =>
        `${name} waits for ${changes === null ? 'everybody' : counted(changes, 'change')}`,
    ),
    ...(failing.length === 0 ? [] : [failuresInWords(failing)]),
  ].join('; ');
}

function failuresInWords(failing: StoreStatus['triggers']['failing']): string {
  return firstOf(failing)
    .map(({ name, error }) => `trigger ${name} fails: ${error}`)
    .join('; ');
}

function firstOf<T>(all: readonly T[]): readonly T[] {
  return all.slice(0, MOST_NAMED);
}

/** That the last run was none that succeeded, and by which segments. */
function sinceThen(
  lastRun: RunRow | undefined,
  lastSuccess: RunRow | undefined,
  problems: StoreStatus['problems'],
): string {
  if (lastRun === undefined || lastRun.id === lastSuccess?.id) return '';
  const which = problems.map((one) => `${calledSo(one)} ${one.status}`);
  return (
    `; the last run, ${lastRun.id}, is ${lastRun.status}` +
    (which.length === 0 ? '' : ` (${firstInWords(which)})`)
  );
}

/** `hot held: would lose 3 of 4 members; mid failed: …` */
function problemsInWords(problems: StoreStatus['problems']): string {
  const each = problems.map((one) => {
    const why = one.error?.message ?? one.reason;
    return `${calledSo(one)} ${one.status.replace('_', ' ')}${why === null ? '' : `: ${why}`}`;
  });
  return firstInWords(each, '; ');
}

function calledSo({ alias, segmentId }: StoreStatus['problems'][number]): string {
  return alias ?? `segment ${segmentId} (gone)`;
}

function problemData({ alias, segmentId, status, reason, error }: StoreStatus['problems'][number]) {
  return { segment_id: segmentId, alias, status, reason, error };
}

/** `2 segments: hot (definition changed), mid (first build)` */
function buildsInWords(builds: StoreStatus['pendingBuilds']): string {
  if (builds.length === 0) return 'none';
  const each = builds.map(({ alias, reason }) => `${alias} (${reason})`);
  return `${counted(builds.length, 'segment')}: ${firstInWords(each)}`;
}

function firstInWords(all: readonly string[], between = ', '): string {
  const rest = all.length - MOST_NAMED;
  return `${firstOf(all).join(between)}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `15m ago, at 2026-03-01T11:00:00+01:00 (run 12)` */
function runInWords({ id, now: at }: RunRow, { now, instant }: Clock): string {
  return `${ageInWords(at, now)}, at ${instant(at)} (run ${id})`;
}

function runData({
  id,
  now,
  startedAt,
  finishedAt,
  status,
  segments,
  changed,
  joined,
  left,
  failed,
  held,
  ms,
}: RunRow): Record<string, unknown> {
  return {
    run_id: id,
    now: formatInstant(now),
    started_at: formatInstant(startedAt),
    finished_at: finishedAt === null ? null : formatInstant(finishedAt),
    status,
    segments,
    changed,
    joined,
    left,
    failed,
    held,
    ms,
  };
}

function named(segments: readonly SegmentRow[]): string {
  const each = segments.map(
    ({ alias, builtAt }) => `${alias}${builtAt === null ? ' (never built)' : ''}`,
  );
  return `${counted(segments.length, 'segment')}: ${firstInWords(each)}`;
}
