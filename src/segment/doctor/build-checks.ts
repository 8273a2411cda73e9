import { loadCatalogue } from '../../contact/fields.ts';
import { withLostName } from '../../contact/lost-names.ts';
import { type Catalogue, decodeAst, dependencies, recheckAst } from '../../filter/index.ts';
import { finding, type Finding, type SegmentRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import { UserError } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import { readBounds } from '../update/plan.ts';
import { isUpdated } from '../update/scope.ts';
import type { Check, Examined } from './check.ts';

const DAY_MS = 86_400_000;
const SLOW_MS = 10_000;

/** Checks of filters, and of how the last updates of their segments ended. */
export const BUILD_CHECKS: readonly Check[] = [
  { id: 'filters', title: 'every filter still checks', find: findBroken },
  {
    id: 'bounds',
    title: 'what the last build left for the next can be read',
    find: findUnreadable,
  },
  { id: 'runs', title: 'every run has ended', find: findUnfinished },
  { id: 'last-build', title: 'no segment failed or was held in its last run', find: findFailed },
  {
    id: 'stale',
    title: 'every segment was built of late',
    find: async (examined) =>
      examined.segments.filter(isUpdated).flatMap((segment) => describeAge(segment, examined)),
  },
  { id: 'slow', title: 'no segment is slow', find: findSlow },
];

async function findBroken(examined: Examined): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(examined.tx);
  const found: Finding[] = [];
  for (const segment of examined.segments)
    found.push(...(await brokenIn(examined, segment, catalogue)));
  return found;
}

async function brokenIn(
  { tx, command }: Examined,
  segment: SegmentRow,
  catalogue: Catalogue,
): Promise<Finding[]> {
  const hint = command(`segments:filters:set ${segment.alias} 'country = "FR"'`);
  if (segment.filter === null)
    return segment.kind === 'static'
      ? []
      : [finding('error', `segment ${segment.alias} is dynamic and has no filter`, { hint })];
  const problem = problemOf(segment, catalogue);
  if (problem === undefined) return [];
  const { message } = await withLostName(tx, problem);
  const filter = segment.kind === 'static' ? 'sleeping filter' : 'filter';
  return [
    finding(
      isUpdated(segment) ? 'error' : 'note',
      `the ${filter} of segment ${segment.alias} does not check any more: ${message}`,
      { hint: `give it another, for example: ${hint}` },
    ),
  ];
}

function problemOf({ id, filter }: SegmentRow, catalogue: Catalogue): UserError | undefined {
  try {
    recheckAst(decodeAst(filter ?? ''), catalogue, { self: id });
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/**
 * Finds segments whose stored build state cannot be read. A segment without that state is built in
 * full, but one with only a part of it, or with the bounds of another filter, fails.
 */
async function findUnreadable({ tx, segments, command }: Examined): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(tx);
  return segments
    .filter(
      (segment) =>
        isUpdated(segment) &&
        segment.seen !== null &&
        problemOf(segment, catalogue) === undefined &&
        !hasReadableBounds(segment, catalogue),
    )
    .map((segment) =>
      finding(
        'error',
        `segment ${segment.alias}: what its last build left for the next cannot be read`,
        {
          examples: [{ segment: segment.alias }],
          hint: command(`segments:update ${segment.alias} --full`),
        },
      ),
    );
}

function hasReadableBounds(
  { filter, bounds, fingerprint }: SegmentRow,
  catalogue: Catalogue,
): boolean {
  if (bounds === null || !/^[0-9a-f]{32}$/.test(fingerprint ?? '')) return false;
  const { moments } = dependencies(decodeAst(filter ?? ''), catalogue);
  return readBounds(bounds, moments.length) !== undefined;
}

/**
 * Runs whose record is open although no run is at work: the next run of the same command closes it.
 */
async function findUnfinished({ tx, isRunAtWork, command }: Examined): Promise<readonly Finding[]> {
  const unfinished = (await tx.runs.list({})).filter((run) => run.status === 'running');
  if (isRunAtWork || unfinished.length === 0) return [];
  const examples = unfinished.slice(0, 3).map((run) => ({
    run: run.id,
    command: run.command,
    started_at: formatInstant(run.startedAt),
  }));
  return [
    finding(
      'note',
      `${counted(unfinished.length, 'run')} ended without a word: the next one closes the record`,
      {
        count: unfinished.length,
        examples,
        hint: command(unfinished[0]?.command ?? 'segments:update'),
      },
    ),
  ];
}

async function findFailed({ tx, segments, command }: Examined): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const segment of segments.filter(isUpdated)) {
    const [last] = await tx.runs.ofSegment(segment.id, 1);
    // edited since: only the next run can say whether it builds
    if (last === undefined || last.status === 'ok' || segment.updatedAt > last.now) continue;
    const why = last.error === null ? (last.reason ?? '') : last.error.message;
    // the next run completes the other outcomes by itself
    const severity = last.status === 'failed' || last.status === 'held' ? 'warning' : 'note';
    const outcome = `${OUTCOMES[last.status]} in run ${last.runId}`;
    const remedy = last.status === 'failed' ? 'segments:filters' : 'segments:update';
    found.push(
      finding(severity, `segment ${segment.alias} ${outcome}: ${why}`, {
        hint: command(`${remedy} ${segment.alias}`),
      }),
    );
  }
  return found;
}

const OUTCOMES = {
  failed: 'failed',
  held: 'was held',
  limited: 'was changed in part',
  not_reached: 'was not reached',
} as const;

/**
 * A segment whose build is old: a warning if runs have built other segments since, else a note. A
 * store that nobody updates is idle, which is no fault of its own; `status` is there to watch that
 * runs take place.
 */
function describeAge(
  segment: SegmentRow,
  { now, staleMs, segments, command }: Examined,
): Finding[] {
  const since = segment.builtAt ?? segment.createdAt;
  const hint = command(`segments:update ${segment.alias}`);
  if (now - since < staleMs)
    return segment.builtAt === null
      ? [finding('note', `segment ${segment.alias} was not built yet`, { hint })]
      : [];
  const isLeftBehind = segments.some((other) => (other.builtAt ?? 0) - since >= staleMs);
  const age = counted(Math.floor((now - since) / DAY_MS), 'day');
  const built =
    segment.builtAt === null
      ? `was never built, ${age} after it was made`
      : `was last built ${age} ago`;
  const severity = isLeftBehind ? 'warning' : 'note';
  return [finding(severity, `segment ${segment.alias} ${built}`, { hint })];
}

async function findSlow({ tx, segments, command }: Examined): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const segment of segments.filter(isUpdated)) {
    const [last] = await tx.runs.ofSegment(segment.id, 1);
    if (last === undefined || last.ms < SLOW_MS) continue;
    const took = `took ${(last.ms / 1000).toFixed(1)} s`;
    found.push(
      finding(
        'note',
        `segment ${segment.alias} ${took} in run ${last.runId} (${last.mode ?? last.status})`,
        { hint: command(`segments:profile ${segment.alias}`) },
      ),
    );
  }
  return found;
}
