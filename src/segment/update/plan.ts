import { loadCatalogue } from '../../contact/fields.ts';
import { timeContext } from '../../contact/time-context.ts';
import {
  type Bounds,
  type Catalogue,
  compileFilter,
  type Crossing,
  crossings,
  resolveMoments,
  type TimeContext,
} from '../../filter/index.ts';
import type { Condition } from '../../sql/condition.ts';
import type { Dialect } from '../../sql/dialect.ts';
import {
  type BuildMode,
  type CandidateQuery,
  type LogReach,
  type Nominated,
  type ReadTx,
  RESTORED,
  type SegmentRow,
  type Slice,
  type Watermark,
} from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { segmentsReferredToBy } from '../references.ts';
import { type Meaning, meaningOf } from './meaning.ts';

/** What the filters of all segments are read with, at one clock. */
export interface Groundwork {
  readonly dialect: Dialect;
  /** All segments, as they were when the ground was laid. */
  readonly segments: readonly SegmentRow[];
  /** By id, as they are now: segments to build and those that their filters name. */
  readonly rows: ReadonlyMap<number, SegmentRow>;
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  readonly reach: LogReach;
}

/** A segment's filter made ready to build. */
export interface Prepared extends Groundwork, Meaning {
  readonly segment: SegmentRow;
  readonly bounds: readonly Bounds[];
}

/** How a segment is going to be built, and why. */
export interface Plan {
  readonly mode: BuildMode;
  readonly reason: string;
}

export interface PlannedBuild extends Plan {
  /** How many contacts will be looked at; null where it is all of them. */
  readonly candidates: number | null;
}

/** Reads what filters are prepared with, as of `now` (epoch ms). */
export async function layGround(tx: ReadTx, now: number): Promise<Groundwork> {
  const segments = await tx.segments.list();
  return {
    dialect: tx.dialect,
    segments,
    rows: new Map(segments.map((segment) => [segment.id, segment])),
    catalogue: await loadCatalogue(tx),
    time: await timeContext(tx, now),
    reach: await tx.changes.reach(),
  };
}

/**
 * The ground for the builds of these segments, whose rows are read again: building others has
 * changed some. Nothing else of the ground changes in the transaction that laid it.
 */
export async function renewGround(
  tx: ReadTx,
  ground: Groundwork,
  segments: readonly SegmentRow[],
): Promise<Groundwork> {
  const ids = segments.flatMap(({ id }) => {
    const row = ground.rows.get(id);
    return row === undefined ? [id] : [id, ...segmentsReferredToBy(row)];
  });
  const rows = await tx.segments.some([...new Set(ids)]);
  return { ...ground, rows: new Map(rows.map((row) => [row.id, row])) };
}

/** Makes a segment's filter ready to build. `UserError` when it has none or it no longer checks. */
export function prepare(ground: Groundwork, segment: SegmentRow): Prepared {
  if (segment.filter === null) {
    throw new UserError(
      'NO_FILTER',
      EXIT.refused,
      `dynamic segment ${segment.alias} has no filter`,
      { hint: `give it one: rollcall segments:filters:set ${segment.alias} 'country = "FR"'` },
    );
  }
  const meaning = meaningOf(segment, ground.catalogue);
  return {
    ...ground,
    segment,
    ...meaning,
    bounds: resolveMoments(meaning.dependencies.moments, ground.time),
  };
}

export function conditionOf(
  { ast, dialect, catalogue, time }: Prepared,
  shape: 'scan' | 'probe',
): Condition {
  return compileFilter(ast, { dialect, shape, time, catalogue });
}

/**
 * With more candidates than one in this many of all contacts, a full build is cheaper. At a million
 * contacts a candidate takes 1.8 µs, including its share of the writing, and a full build of one
 * segment 90 ms where threads scan for it and 200 ms in place, which equal one candidate in 20 and
 * one in 9. Up to 2,000 candidates are always looked at: that takes less time than counting the
 * contacts.
 */
export const CONTACTS_A_CANDIDATE = 12;
export const ALWAYS_BY_CANDIDATES = 2_000;

/**
 * Returns how many contacts there are. Counts only when called, because that takes a while in a
 * large store.
 */
export type CountContacts = (tx: ReadTx) => Promise<number>;

/** The most candidates that a build by candidates may have. */
async function candidateLimit(tx: ReadTx, contacts: CountContacts): Promise<number> {
  return Math.max(ALWAYS_BY_CANDIDATES, Math.floor((await contacts(tx)) / CONTACTS_A_CANDIDATE));
}

/**
 * What `find` returns for a limit; undefined if it found more candidates than a build by candidates
 * may have.
 */
export async function findFew<T extends Nominated>(
  tx: ReadTx,
  contacts: CountContacts,
  find: (limit: number) => Promise<T>,
): Promise<T | undefined> {
  const few = await find(ALWAYS_BY_CANDIDATES);
  if (few.found <= ALWAYS_BY_CANDIDATES) return few;
  const limit = await candidateLimit(tx, contacts);
  const found = limit === ALWAYS_BY_CANDIDATES ? few : await find(limit);
  // rule: limit
  return found.found > limit ? undefined : found;
}

/**
 * Whether `count`, which need not count further than one above the limit, finds too much for a
 * build by candidates.
 */
export async function isTooMuch(
  tx: ReadTx,
  contacts: CountContacts,
  count: (limit: number) => Promise<number>,
): Promise<boolean> {
  const few = await findFew(tx, contacts, async (limit) => ({ found: await count(limit) }));
  return few === undefined;
}

/** The plan of a build that looks at this many candidates. */
export function planByCandidates(candidates: number): PlannedBuild {
  if (candidates === 0) return { mode: 'skip', reason: 'nothing changed', candidates };
  return {
    mode: 'delta',
    candidates,
    reason: `${candidates} ${candidates === 1 ? 'contact' : 'contacts'} may have changed`,
  };
}

/** The plan of a full build that has too many candidates. */
export async function planOfTooMany(tx: ReadTx, contacts: CountContacts): Promise<PlannedBuild> {
  const limit = await candidateLimit(tx, contacts);
  return {
    mode: 'full',
    reason: `more than ${limit} contacts may have changed`,
    candidates: null,
  };
}

/** Decides only by what is stored: the same store and the same clock give the same plan. */
export async function planBuild(
  tx: ReadTx,
  prepared: Prepared,
  contacts: CountContacts,
): Promise<PlannedBuild> {
  const query = await queryOf(tx, prepared);
  if (typeof query === 'string') return { mode: 'full', reason: query, candidates: null };
  const differences = await tx.differences();
  const candidates = await findFew(tx, contacts, async (limit) => differences.find(query, limit));
  return candidates === undefined
    ? planOfTooMany(tx, contacts)
    : planByCandidates(candidates.found);
}

/**
 * The query for the candidates; or why a query would not find all contacts that may have changed.
 */
export async function queryOf(tx: ReadTx, prepared: Prepared): Promise<CandidateQuery | string> {
  const since = await lookBack(tx, prepared);
  const { segment, dependencies: needs } = prepared;
  return typeof since === 'string'
    ? since
    : { segmentId: segment.id, reads: [needs], segments: needs.segments, ...since };
}

type LookBack = Pick<CandidateQuery, 'since' | 'slices'>;

/**
 * The point in the log from which to look for candidates, and what to look at; or why that would
 * not find all of them.
 */
export async function lookBack(tx: ReadTx, prepared: Prepared): Promise<LookBack | string> {
  const { rows, reach, dependencies: needs } = prepared;
  const last = seenByLastBuild(prepared);
  if (typeof last === 'string') return last;
  const { seen } = last;
  // rule: log-reaches
  if (!reach(seen, needs)) return 'too much changed to keep a log of it';
  // rule: bulk-seen
  const [bulk] = needs.segments.length > 0 ? await tx.changes.bulkSince(seen, needs.segments) : [];
  if (bulk !== undefined) return `many joined or left ${rows.get(bulk)?.alias ?? bulk}`;
  const slices = slicesSinceLastBuild(prepared);
  return typeof slices === 'string' ? slices : { since: seen, slices };
}

/** How far the last build has read the log; or why that cannot be used. */
function seenByLastBuild({
  segment,
  fingerprint,
}: Prepared): { readonly seen: Watermark } | string {
  const { seen } = segment;
  if (segment.builtAt === null) return 'first build';
  if (seen === null && segment.fingerprint === RESTORED) return 'the store was restored or copied';
  if (seen === null && segment.fingerprint === fingerprint) return 'changes were left over';
  // rule: fingerprint
  if (seen === null || segment.bounds === null || segment.fingerprint !== fingerprint)
    return 'definition changed';
  return { seen };
}

/**
 * The ranges of dates that the filter's bounds have crossed since the last build; or why they
 * cannot be told.
 */
function slicesSinceLastBuild(prepared: Prepared): readonly Slice[] | string {
  const { segment, bounds } = prepared;
  const before = readBounds(segment.bounds ?? '', bounds.length);
  if (before === undefined) return 'what the last build left cannot be read';
  // rule: stored-bounds
  const crossed = crossings(before, bounds);
  // rule: properties
  if (crossed.some(({ place }) => place.kind === 'properties'))
    return 'dates of event properties were crossed';
  return crossed.filter(isSlice);
}

/**
 * Reads the bounds that a build stored; undefined if another tool has written something else there.
 */
export function readBounds(text: string, count: number): readonly Bounds[] | undefined {
  try {
    const stored: unknown = JSON.parse(text);
    if (!Array.isArray(stored) || stored.length !== count) return undefined;
    const parts = stored as readonly Partial<Bounds>[];
    return parts.every(({ range, place }) => hasEnds(range) && typeof place === 'object')
      ? (stored as readonly Bounds[])
      : undefined;
  } catch {
    return undefined;
  }
}

function hasEnds(range: Partial<Bounds>['range']): boolean {
  return (
    range !== undefined &&
    [range.from, range.until].every(
      (end) => end === null || typeof end === 'number' || typeof end === 'string',
    )
  );
}

/** Whether the store can look this crossing up: it has no index for dates of event properties. */
function isSlice(crossing: Crossing): crossing is Crossing & Slice {
  return crossing.place.kind !== 'properties';
}
