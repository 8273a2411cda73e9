import { type SQL, sql } from 'drizzle-orm';
import { LARGEST_ID, type OutOfReach, outOfReach } from '../../sql/reach.ts';
import type { SqliteDatabase } from './database.ts';
import { name } from '../../sql/sql-parts.ts';

/*
 * JavaScript reads an id beyond 2^53 - 1 as that of a neighbour. Triggers refuse such ids
 * (drizzle/0004_bounds.sql). Rows that have one from before, or were written while the triggers were
 * off, stop whatever would read records until they have other ids.
 */

/**
 * The ids of these tables alone are looked at. A row elsewhere that names an id out of reach names a
 * row of these, or none at all, which an update puts right.
 */
const TABLES = ['contacts', 'companies', 'tags', 'events'];

const FIRST_OUT_OF_REACH = sql`${sql.join(TABLES.flatMap(endsOf), sql` union all `)} limit 1`;

/** The ids out of reach at either end: two looks at a key, whatever the size of the table. */
function endsOf(table: string): SQL[] {
  return [sql`id < 1`, sql`id > ${sql.raw(String(LARGEST_ID))}`].map(
    (beyond) => sql`
      select place, id
      from (
        select ${`${table}.id`} as place, cast(id as text) as id
        from ${name(table)}
        where ${beyond}
        limit 1
      )`,
  );
}

/**
 * A check that costs next to nothing while nobody writes. It throws a `UserError` (69) that names a
 * record out of reach.
 */
export function reachGuard(db: SqliteDatabase): () => void {
  let checked: string | undefined;
  return () => {
    const version = db.versionNow();
    // rule: reach-again
    if (version === checked) return;
    const found = db.getNow<OutOfReach>(FIRST_OUT_OF_REACH);
    // rule: reach
    if (found !== undefined) throw outOfReach(db, found);
    checked = version;
  };
}
