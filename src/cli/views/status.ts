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
  const { segments, stale, lastRun, lastSuccess } = status;
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
      ['last success', lastSuccess === undefined ? 'none yet' : runInWords(lastSuccess, clock)],
      ['stale', stale.length === 0 ? 'none' : named(stale)],
      ['run lock', status.isLocked ? 'held: a run is at work' : 'free'],
      ['pending', counted(status.pendingChanges, 'change')],
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
    triggers,
  }: StoreStatus,
  now: number,
): Record<string, unknown> {
  return {
    store: location,
    size_bytes: sizeBytes,
    contacts,
    segments,
    last_run: lastRun === undefined ? null : runData(lastRun),
    last_success: lastSuccess === undefined ? null : runData(lastSuccess),
    age_seconds: lastSuccess === undefined ? null : Math.floor((now - lastSuccess.now) / 1_000),
    stale: stale.map(({ alias, builtAt }) => ({
      alias,
      built_at: builtAt === null ? null : formatInstant(builtAt),
    })),
    locked: isLocked,
    pending_changes: pendingChanges,
    triggers,
  };
}

/** The one line of `--max-age`. */
export function findingLine(
  finding: Finding | undefined,
  { lastSuccess, lastRun }: StoreStatus,
  { clock, maxAgeMs }: { readonly clock: Clock; readonly maxAgeMs: number },
): string {
  const limit = `more than ${inDuration(maxAgeMs)}`;
  const since = sinceThen(lastRun, lastSuccess);
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

/** That the last run was none that succeeded. */
function sinceThen(lastRun: RunRow | undefined, lastSuccess: RunRow | undefined): string {
  if (lastRun === undefined || lastRun.id === lastSuccess?.id) return '';
  return `; the last run, ${lastRun.id}, is ${lastRun.status}`;
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
  const names = segments
    .slice(0, MOST_NAMED)
    .map(({ alias, builtAt }) => `${alias}${builtAt === null ? ' (never built)' : ''}`)
    .join(', ');
  return (
    `${counted(segments.length, 'segment')}: ` +
    `${names}${segments.length > MOST_NAMED ? ` and ${segments.length - MOST_NAMED} more` : ''}`
  );
}
