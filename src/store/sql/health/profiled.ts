import { type SQL, sql } from 'drizzle-orm';
import type { Condition } from '../../../sql/condition.ts';
import type { SqlDatabase } from '../database.ts';
import { NOT_INDEXED } from '../words.ts';

/*
 * The statements whose cost a profiler measures, as those that find contacts write them.
 */

/** How a full build asks, which goes by no index of contacts. */
export function scanStatement(match: Condition): SQL {
  return sql`select c.id from contacts as c ${NOT_INDEXED} where ${match}`;
}

/** As records.ts asks for a list. */
export function listStatement(match: Condition): SQL {
  return sql`select c.id from contacts as c where ${match} order by c.id`;
}

/** Whom a full build makes members, as propose.ts asks for them. */
export function buildStatement(segmentId: number, match: Condition): SQL {
  return sql`
    select c.id
    from contacts as c ${NOT_INDEXED}
    where ((${match}) or c.id in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in'))
      and c.id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'out')
    order by c.id`;
}

/** How many rows it finds, and how long that takes: the best of `times`. */
export async function bestOf(
  db: SqlDatabase,
  select: SQL,
  times: number,
): Promise<{ readonly matching: number; readonly ms: number }> {
  let best = Number.POSITIVE_INFINITY;
  let matching = 0;
  for (let time = 0; time < times; time++) {
    const started = performance.now();
    matching = await db.value<number>(sql`select count(*) from (${select}) as found`);
    best = Math.min(best, performance.now() - started);
  }
  return { matching, ms: best };
}

/** The tables that compiled filters call by other names. */
export const TABLES_BY_ALIAS: Readonly<Record<string, string>> = {
  c: 'contacts',
  co: 'companies',
  e: 'events',
  ct: 'contact_tags',
  t: 'tags',
  m: 'joined',
  s: 'suppressions',
};
