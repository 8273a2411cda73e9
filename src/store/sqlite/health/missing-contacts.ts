import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';

/** The bounds of all integers. */
const LOWEST = sql.raw('(-9223372036854775807 - 1)');
const HIGHEST = sql.raw('9223372036854775807');

/**
 * The ids that no contact has, as `temp.no_contacts (low, high)`; gives how many stretches there
 * are. Looking for these in the rows that name contacts takes a moment: at 14 M memberships 0.6 s,
 * where a look at each one's contact took 10.
 */
export async function fillMissingContacts(db: SqliteDatabase): Promise<number> {
  db.raw.exec(
    'create temp table if not exists no_contacts (low integer primary key, high integer not null)',
  );
  await db.run(sql`delete from temp.no_contacts`);
  return db.run(sql`
    insert into temp.no_contacts (low, high)
    with neighbours as (select id, lead(id) over (order by id) as next from contacts)
    select id + 1, coalesce(next - 1, ${HIGHEST})
    from neighbours
    where id < coalesce(next - 1, ${HIGHEST})
    union all
    select ${LOWEST}, coalesce(first - 1, ${HIGHEST})
    from (select min(id) as first from contacts)
    where coalesce(first > ${LOWEST}, 1)`);
}

/** Rows of a table whose `contact_id` is the first column of an index, that name no contact. */
export function rowsWithoutContact(table: SQL): SQL {
  return sql`temp.no_contacts cross join ${table} on contact_id between low and high`;
}

/** The same where the index begins with the segment. */
export function segmentRowsWithoutContact(table: SQL): SQL {
  return sql`
    segments
    cross join temp.no_contacts
    cross join ${table} on segment_id = segments.id and contact_id between low and high`;
}

/**
 * The same, row by row: for when the stretches are so many that looking into each one would take
 * longer.
 */
export function everyRowWithoutContact(table: SQL): SQL {
  // `+`: a set of ids in memory, not a look at the row
  return sql`${table} where contact_id not in (select +id from contacts)`;
}
