import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { AS_IT_STANDS, NOT_INDEXED } from '../words.ts';

/*
 * Contacts are gone through in the order of their ids, because the rows of other tables that belong
 * to them lie in that order too. Left to itself, SQLite counts along the smallest index, and looks
 * those rows up all over the place: 3 to 5 times slower at 1 M contacts.
 */

/**
 * For each condition, how many contacts it holds for. Within a `case`, as in a `where`, SQLite stops
 * evaluating a condition as soon as its outcome is certain: a sum of its value took twice as long
 * over 300,000 contacts.
 */
export async function countEach(db: SqlDatabase, conditions: readonly SQL[]): Promise<number[]> {
  if (conditions.length === 0) return [];
  return db.row<number>(sql`
    select ${sql.join(
      conditions.map((condition) => sql`count(case when ${condition} then 1 end)`),
      sql`, `,
    )}
    from contacts as c ${NOT_INDEXED}`);
}

/**
 * For each condition, how many contacts both it and all those before it hold for. The first stands
 * in the `where`, so that an index can serve it; the `case` asks the others in their order and stops
 * at the first that fails. Without the limit SQLite would put the whole `case` into every sum.
 */
export async function countLeft(db: SqlDatabase, conditions: readonly SQL[]): Promise<number[]> {
  const [first, ...others] = conditions;
  if (first === undefined) return [];
  if (others.length === 0) return [await countInOrder(db, first)];
  const failures = others.map(
    (condition, index) => sql`when not ${condition} then ${number(index)}`,
  );
  const sums = others.map((_, index) => sql`count(case when failed > ${number(index)} then 1 end)`);
  return db.row<number>(sql`
    select count(*), ${sql.join(sums, sql`, `)}
    from (
      select case ${sql.join(failures, sql` `)} else ${number(others.length)} end as failed
      from contacts c
      where ${first}
      order by c.id
      ${AS_IT_STANDS}
    ) as counted`);
}

async function countInOrder(db: SqlDatabase, condition: SQL): Promise<number> {
  return db.value<number>(sql`
    select count(*)
    from (select c.id from contacts c where ${condition} order by c.id ${AS_IT_STANDS}) as found`);
}

/** As digits, not as a parameter: a filter of 1,500 conditions needs most of those for itself. */
function number(index: number): SQL {
  return sql.raw(String(index));
}
