import { type SQL, sql } from 'drizzle-orm';
import { ALWAYS } from '../words.ts';
import type { SqlDatabase } from '../database.ts';

/**
 * Conditions on an id that cut the ids of a table into parts of so many, in their order; without a
 * size, one that holds for all.
 */
export async function batchesOf(
  db: SqlDatabase,
  table: SQL,
  key: SQL,
  size: number | undefined,
): Promise<((id: SQL) => SQL)[]> {
  // rule: batches
  if (size === undefined) return [() => ALWAYS];
  const ranges = await db.all<{ low: number; high: number }>(sql`
    select min(id) as low, max(id) as high
    from (
      select ${key} as id, (row_number() over (order by ${key}) - 1) / ${sql.raw(String(size))} as batch
      from ${table}
    ) as numbered
    group by batch
    order by batch`);
  // rule: batches-whole
  return ranges.map(
    ({ low, high }) =>
      (id) =>
        sql`${id} between ${low} and ${high}`,
  );
}
