import { type BySql, type PlannedLeaf, printFilter } from '../filter/index.ts';
import type { ReadTx } from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { prepareIfReadable } from './update/ahead.ts';
import type { Groundwork, Prepared } from './update/plan.ts';
import { type Decided, decideFilters, scanWorkOf } from './update/scan-filters.ts';
import { isUpdated } from './update/scope.ts';

/** One condition of a segment in a full build of all segments. */
export interface LeafTogether {
  readonly condition: string;
  /** Decided value by value in memory, or by the database. */
  readonly way: 'columns' | 'sql';
  /** Why not by columns; null where it is. */
  readonly because: BySql | null;
  /** How long deciding it took, without reading what it asks; null where the database decides. */
  readonly ms: number | null;
  /** How many segments share the answer. */
  readonly segments: number;
}

/** A full build of all segments as far as it is about who matches. */
export interface Together {
  /** How many segments were evaluated together. */
  readonly segments: number;
  readonly ms: number;
  readonly leaves: readonly LeafTogether[];
  /** Why they could not be evaluated together: each goes by SQL then. */
  readonly problem: string | null;
}

/**
 * Evaluates all segments that updates build, and this one, for all contacts at once, as a full build
 * does. Undefined where the store evaluates each filter by itself.
 */
export async function profileTogether(
  tx: ReadTx,
  ground: Groundwork,
  own: Prepared,
): Promise<Together | undefined> {
  if (tx.scan === undefined) return undefined;
  const others = ground.segments
    .filter((segment) => segment.id !== own.segment.id && isUpdated(segment))
    .map((segment) => prepareIfReadable(ground, segment))
    .filter((prepared) => prepared !== undefined);
  const builds = [own, ...others];
  const started = performance.now();
  const decided: Decided[] = [];
  try {
    await tx.scan(scanWorkOf(builds), async (desk, work) => {
      decided.push(await decideFilters(desk, work));
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    return { segments: builds.length, ms: performance.now() - started, leaves: [], problem };
  }
  const ms = performance.now() - started;
  const leaves = decided.flatMap((each) =>
    each.leaves
      .filter(({ filters }) => filters.includes(0)) // this one's
      .map((leaf) => told(leaf, each, own)),
  );
  return { segments: builds.length, ms, leaves, problem: null };
}

function told(
  { key, leaf, way, filters }: PlannedLeaf,
  { costs }: Decided,
  { catalogue }: Prepared,
): LeafTogether {
  const isByColumns = way.kind === 'columns';
  return {
    condition: printFilter(leaf, catalogue),
    way: way.kind,
    because: isByColumns ? null : way.because,
    ms: isByColumns ? (costs.get(key) ?? 0) : null,
    segments: filters.length,
  };
}
