import {
  type Catalogue,
  type FilterAst,
  planColumns,
  type TimeContext,
} from '../../filter/index.ts';
import type { ScanDesk, ScanJob, ScanWork } from '../../store/index.ts';
import { LeafFailure } from '../../filter/index.ts';
import type { Prepared } from './plan.ts';

/** What the filters of a scan are read with, as plain data. */
interface Ground {
  readonly catalogue: Catalogue;
  readonly time: TimeContext;
}

/** The work of a scan for these builds, which are prepared at one clock. */
export function scanWorkOf(builds: readonly Prepared[]): ScanWork {
  const [first] = builds;
  const ground: Ground | undefined = first && { catalogue: first.catalogue, time: first.time };
  const jobs = builds.map(({ segment, ast }): ScanJob => ({ segmentId: segment.id, filter: ast }));
  return { jobs, ground };
}

/**
 * Finds who matches by columns. A condition that cannot be decided so is decided by the store, and
 * the scan begins again.
 */
export async function scanFilters(desk: ScanDesk, work: ScanWork): Promise<void> {
  const bySql = new Set<string>();
  for (;;) {
    try {
      await scanOnce(desk, work, bySql);
      return;
    } catch (error) {
      // rule: columns-leaf-fails
      if (!(error instanceof LeafFailure) || bySql.has(error.key)) throw error;
      bySql.add(error.key);
    }
  }
}

async function scanOnce(
  desk: ScanDesk,
  { jobs, ground }: ScanWork,
  bySql: ReadonlySet<string>,
): Promise<void> {
  const { catalogue, time } = ground as Ground;
  const filters = jobs.map(({ filter }) => filter as FilterAst);
  const plan = planColumns(filters, { dialect: desk.dialect, catalogue, time, bySql });
  const { tables, batches } = await desk.read(plan.wanted);
  const evaluator = plan.open(tables);
  for await (const batch of batches) await desk.keep(batch, evaluator.evaluate(batch));
}
