import { sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';

/**
 * Compares the number of rows of each table, and of each segment who its members are, by two sums of
 * their ids. What differs is a bug: nothing was copied then.
 */
export async function verifyCopy(
  source: SqlDatabase,
  target: SqlDatabase,
  tables: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [table, rows] of Object.entries(tables)) {
    const copied = await target.value<number>(sql`select count(*) from ${name(table)}`);
    if (copied !== rows)
      throw new Error(`${table} has ${copied} rows in the copy, and ${rows} where it comes from`);
  }
  const [before, after] = [await membersOf(source), await membersOf(target)];
  if (JSON.stringify(before) !== JSON.stringify(after))
    throw new Error('the members of segments in the copy are not those where it comes from');
}

async function membersOf(db: SqlDatabase): Promise<unknown[]> {
  return db.tuples(sql`
    select
      segment_id, count(*), cast(sum(contact_id) as text),
      cast(sum(contact_id % 1000003 * (contact_id % 999983)) as text)
    from joined
    group by segment_id
    order by segment_id`);
}
