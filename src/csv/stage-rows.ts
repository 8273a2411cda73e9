import type { Stage, StagedRow, StagedWish } from '../store/index.ts';
import type { ImportJob } from './job.ts';
import { refuseHeader } from './joined.ts';
import type { CheckedRow } from './plan.ts';
import type { Rejects } from './rejects.ts';
import type { CsvRow } from './tokenizer.ts';

/** Checks every row of the file and stages the good ones. Returns how many rows the file has. */
export async function stageRows(stage: Stage, rejects: Rejects, job: ImportJob): Promise<number> {
  const { source, table } = job;
  const startedAt = performance.now();
  let rows = 0;
  for await (const batch of table.batches()) {
    const bytes = source.bytesRead; // dates that are settled read the file once more, to its end
    const { good, wishes } = await sorted(batch, rejects, job, rows === 0);
    await stage.add(good);
    await stage.keep(wishes);
    rejects.spoken += wishes.length;
    rows += batch.length;
    job.context.progress?.({
      ...{ kind: 'reading', rows, rejected: rejects.count },
      ...{ bytes, totalBytes: source.totalBytes, ms: performance.now() - startedAt },
    });
  }
  return rows;
}

interface Sorted {
  readonly good: StagedRow[];
  /** What the others say of who must not be reached. */
  readonly wishes: StagedWish[];
}

/** The good ones of some rows; the others go to the rejects. */
async function sorted(
  rows: readonly CsvRow[],
  rejects: Rejects,
  job: ImportJob,
  areFirst: boolean,
): Promise<Sorted> {
  const { columns, keyColumn } = job.plan;
  const key = columns.find(({ column, field }) => column === keyColumn && field !== null);
  const good: StagedRow[] = [];
  const wishes: StagedWish[] = [];
  for (const row of rows) {
    const checked = checkRow(row, job);
    // awaiting each row would cost more than checking it
    const settled = checked instanceof Promise ? await checked : checked;
    if (settled.kind === 'row') good.push(settled.row);
    else {
      // a second row of names at the top, as some forms have, changes no columns
      if (!areFirst || row !== rows[0]) refuseHeader(row, job.table, key);
      job.rejectedKeys?.add(row.line, settled);
      if (settled.wish !== undefined) wishes.push(settled.wish);
      await rejects.add(row, settled.rejection);
    }
  }
  return { good, wishes };
}

function checkRow(row: CsvRow, { plan, table }: ImportJob): CheckedRow | Promise<CheckedRow> {
  const checked = plan.check(row);
  if (checked.kind !== 'undecided' || plan.dates.settled) return checked;
  return plan.dates.settle(table).then(() => plan.check(row));
}
