import { sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { spelled } from '../words.ts';
import type { IdTable } from '../ways.ts';

const ID_TABLES: readonly IdTable[] = ['contacts', 'companies', 'events'];

/** Runs `work`, and keeps which ids of records it made. */
export async function keepingIds<T>(
  db: SqlDatabase,
  importId: number,
  work: () => Promise<T>,
): Promise<T> {
  const before = await db.ways.lastIds();
  const result = await work();
  const after = await db.ways.lastIds();
  for (const table of ID_TABLES)
    if (after[table] > before[table])
      await db.run(sql`
        insert into import_ids (import_id, kind, first_id, last_id)
        select ${importId}, ${table}, first_id, last_id
        from ${rangesOf(table, { after: before[table], upTo: after[table] })} as made`);
  return result;
}

/**
 * The ids of before and after lie around those that were made. In PostgreSQL others take ids
 * meanwhile, whose rows this transaction does not see.
 */
function rangesOf(table: IdTable, { after, upTo }: { after: number; upTo: number }) {
  // rule: ids-of-others
  return spelled(
    sql`(select ${after + 1} as first_id, ${upTo} as last_id)`,
    sql`(
      select min(id) as first_id, max(id) as last_id
      from (
        select id, id - row_number() over (order by id) as gap from ${name(table)} where id > ${after}
      ) as seen
      group by gap
    )`,
  );
}
