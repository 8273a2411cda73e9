import {
  type Catalogue,
  type ColumnOptions,
  type FilterAst,
  LeafFailure,
  planColumns,
  type PlannedLeaf,
  type TimeContext,
} from '../../filter/index.ts';
import { TooMuchOfOne } from '../../sql/columns.ts';
import type { ScanDesk, ScanJob, ScanWork } from '../../store/index.ts';
import type { Prepared } from './plan.ts';
import type { BuildOptions } from './request.ts';

/** What the filters of a scan are read with, as plain data. */
interface Ground {
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
  readonly alone: NonNullable<ColumnOptions['alone']>;
}

/**
 * The work of a scan for these builds, which are prepared at one clock. Where columns are to be read
 * however few contacts there are, they are read for conditions that share them with no other too.
 */
export function scanWorkOf(
  builds: readonly Prepared[],
  { columnsFrom }: Pick<BuildOptions, 'columnsFrom'> = {},
): ScanWork {
  const [first] = builds;
  const ground: Ground | undefined = first && {
    catalogue: first.catalogue,
    time: first.time,
    alone: columnsFrom === 0 ? 'columns' : 'faster',
  };
  const jobs = builds.map(({ segment, ast }): ScanJob => ({ segmentId: segment.id, filter: ast }));
  return { jobs, ground };
}

/** How the conditions of a scan were decided. */
export interface Decided {
  readonly leaves: readonly PlannedLeaf[];
  /** By each leaf's key the milliseconds that deciding it took, without reading its column. */
  readonly costs: ReadonlyMap<string, number>;
}

export async function scanFilters(desk: ScanDesk, work: ScanWork): Promise<void> {
  await decideFilters(desk, work);
}

/**
 * Finds who matches by columns, and tells how. A condition that cannot be decided so is decided by
 * the store, and the scan begins again.
 */
export async function decideFilters(desk: ScanDesk, work: ScanWork): Promise<Decided> {
  const bySql = new Set<string>();
  for (;;) {
    try {
      return await scanOnce(desk, work, bySql);
    } catch (error) {
      // rule: columns-leaf-fails
      if (!(error instanceof LeafFailure) || error.keys.every((key) => bySql.has(key))) throw error;
      for (const key of error.keys) bySql.add(key);
    }
  }
}

async function scanOnce(
  desk: ScanDesk,
  { jobs, ground }: ScanWork,
  bySql: ReadonlySet<string>,
): Promise<Decided> {
  const given = ground as Ground;
  const filters = jobs.map(({ filter }) => filter as FilterAst);
  const plan = planColumns(filters, { ...given, dialect: desk.dialect, bySql });
  try {
    const { tables, batches } = await desk.read(plan.wanted);
    const evaluator = plan.open(tables);
    for await (const batch of batches) await desk.keep(batch, evaluator.evaluate(batch));
    return { leaves: plan.leaves, costs: evaluator.costs };
  } catch (error) {
    // rule: columns-too-much
    if (error instanceof TooMuchOfOne) throw new LeafFailure(plan.readersOf(error.parts), error);
    throw error;
  }
}
