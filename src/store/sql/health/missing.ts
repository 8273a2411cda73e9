import { type SQL, sql } from 'drizzle-orm';
import { name } from '../sql-parts.ts';
import { spelled } from '../words.ts';

/**
 * Whether no row of the table has this id, which says of which other table it is. PostgreSQL would
 * go through a list that is too long for its memory again for each row.
 */
export function isNoneOf(id: SQL, table: string): SQL {
  return spelled(
    sql`${id} not in (select id from ${name(table)})`,
    sql`not exists (select 1 from ${name(table)} as known where known.id = ${id})`,
  );
}
