import { loadCatalogue } from '../../contact/fields.ts';
import { timeContext } from '../../contact/time-context.ts';
import { type Bounds, type Catalogue, compileFilter, type Crossing, crossings, decodeAst, type Dependencies, dependencies, type FilterAst, recheckAst, resolveMoments, type TimeContext } from '../../filter/index.ts';
import type { BuildMode, CandidateQuery, ChangeKind, Condition, SegmentRow, Slice, WriteTx } from '../../store/index.ts';
import { fingerprintOf } from './fingerprint.ts';

/** A segment's filter made ready to build at one clock. */
export interface Prepared {
  readonly segment: SegmentRow;
  readonly ast: FilterAst;
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  readonly dependencies: Dependencies;
  readonly bounds: readonly Bounds[];
  readonly fingerprint: string;
}

/** How a segment is going to be built, and why. With `delta` the store has its candidates at hand. */
export interface Plan {
  readonly mode: BuildMode;
  readonly reason: string;
}

/** `UserError` when the filter no longer checks. */
export async function prepare(tx: WriteTx, segment: SegmentRow, now: number): Promise<Prepared> {
  if (segment.filter === null) throw new Error(`dynamic segment ${segment.alias} has no filter`);
  const [catalogue, time] = [await loadCatalogue(tx), await timeContext(tx, now)];
  const { ast } = recheckAst(decodeAst(segment.filter), catalogue, { self: segment.id });
  const needs = dependencies(ast, catalogue);
  return { segment, ast, catalogue, time, dependencies: needs, bounds: resolveMoments(needs.moments, time), fingerprint: fingerprintOf(ast, needs, catalogue) };
}

export function conditionOf({ ast, catalogue, time }: Prepared, shape: 'scan' | 'probe'): Condition {
  return compileFilter(ast, { shape, time, catalogue });
}

/**
 * Of all contacts, one in so many may be a candidate before a full build is cheaper: see bench/results.md. Small stores
 * are always updated by candidates.
 */
const CONTACTS_A_CANDIDATE = 12;
const ALWAYS_BY_CANDIDATES = 1_000;

/** Decides by what is stored alone: the same store and the same clock give the same plan. */
export async function planBuild(tx: WriteTx, prepared: Prepared, options: { readonly full: boolean; readonly contacts: number }): Promise<Plan> {
  const obstacle = options.full ? 'asked for with --full' : await obstacleToDelta(tx, prepared);
  if (obstacle !== undefined) return { mode: 'full', reason: obstacle };
  const limit = Math.max(ALWAYS_BY_CANDIDATES, Math.floor(options.contacts / CONTACTS_A_CANDIDATE));
  const candidates = await tx.members.findCandidates(candidateQuery(prepared), limit);
  if (candidates === 0) return { mode: 'skip', reason: 'nothing changed' };
  if (candidates > limit) return { mode: 'full', reason: `more than ${limit} contacts may have changed` };
  return { mode: 'delta', reason: `${candidates} ${candidates === 1 ? 'contact' : 'contacts'} may have changed` };
}

/** Why the candidates since the last build would not be all of them; undefined when they are. */
async function obstacleToDelta(tx: WriteTx, { segment, catalogue: _, dependencies: needs, fingerprint, time }: Prepared): Promise<string | undefined> {
  if (segment.builtAt === null) return 'first build';
  if (segment.seen === null || segment.fingerprint !== fingerprint) return 'definition changed';
  if (!(await tx.changes.reachesBack(segment.seen, kindsOf(needs)))) return 'too much changed to keep a log of it';
  if (needs.opaque && segment.builtAt !== time.now) return 'dates of event properties are compared';
  const { seen } = segment;
  const referred = (await tx.segments.list()).filter((other) => needs.segments.includes(other.id));
  const wholesale = referred.find((other) => other.bulkAt >= seen);
  return wholesale === undefined ? undefined : `many joined or left ${wholesale.alias}`;
}

function candidateQuery({ segment, dependencies: needs, bounds }: Prepared): CandidateQuery {
  if (segment.seen === null) throw new Error('no watermark to look back to');
  const then = JSON.parse(segment.bounds ?? '[]') as Bounds[]; // written by a build of the same fingerprint
  return { segmentId: segment.id, since: segment.seen, kinds: kindsOf(needs), segments: needs.segments, slices: crossings(then, bounds).map(toSlice) };
}

/** The kinds of changes that the filter's answers hang on. */
function kindsOf(needs: Dependencies): ChangeKind[] {
  const kinds: [ChangeKind, boolean][] = [
    ['profile', needs.profile],
    ['company', needs.company],
    ['tags', needs.tags],
    ['tag', needs.tags],
    ['consent', needs.consent],
    ['events', needs.eventTypes.length > 0],
  ];
  return kinds.filter(([, reads]) => reads).map(([kind]) => kind);
}

function toSlice(crossing: Crossing): Slice {
  return crossing as Slice; // a filter's places hold what a slice's do, and which fields they are
}
