import { type SQL, sql } from 'drizzle-orm';
import type { Order } from '../../query.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, upTo } from '../sql-parts.ts';
import { ALWAYS } from '../words.ts';

/** Whether a row is one of these, all where nothing is said. */
export function isOneOf(ids: readonly number[] | undefined): SQL {
  return ids === undefined ? ALWAYS : sql`id in ${idSet(ids)}`;
}

/** The ids of rows, a select of `id` and `rank`, by their rank; those without one come last. */
export async function idsInOrder(
  db: SqlDatabase,
  rows: SQL,
  { descends }: Pick<Order, 'descends'>,
  limit: number | undefined,
): Promise<number[]> {
  const rank = descends ? sql`rank desc` : sql`rank`;
  return db.pluck<number>(sql`
    select id
    from (${rows}) as ranked
    order by rank is null, ${rank}, id
    ${upTo(limit)}`);
}
