import { type SQL, sql } from 'drizzle-orm';
import { INTEGER, spelled, TEMP, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';

/** The bounds of all integers. */
const LOWEST = sql.raw('(-9223372036854775807 - 1)');
const HIGHEST = sql.raw('9223372036854775807');

const NO_CONTACTS = sql`${TEMP}.no_contacts`;

/**
 * The ids that no contact has, as `no_contacts (low, high)`, a temporary table; gives how many stretches there
 * are. Looking for these in the rows that name contacts takes a moment: at 14 M memberships 0.6 s,
 * where a look at each one's contact took 10.
 */
export async function fillMissingContacts(db: SqlDatabase): Promise<number> {
  await db.run(sql`
    create temp table if not exists no_contacts (
      low ${INTEGER} primary key, high ${INTEGER} not null
    )`);
  await db.run(sql`delete from ${NO_CONTACTS}`);
  return db.run(sql`
    insert into ${NO_CONTACTS} (low, high)
    with neighbours as (select id, lead(id) over (order by id) as next from contacts)
    select id + 1, coalesce(next - 1, ${HIGHEST})
    from neighbours
    where id < coalesce(next - 1, ${HIGHEST})
    union all
    select ${LOWEST}, coalesce(first - 1, ${HIGHEST})
    from (select min(id) as first from contacts) as ends
    where coalesce(first > ${LOWEST}, true)`);
}

/** Rows of a table whose `contact_id` is the first column of an index, that name no contact. */
export function rowsWithoutContact(table: SQL): SQL {
  return sql`${NO_CONTACTS} ${THEN_JOIN} ${table} on contact_id between low and high`;
}

/** The same where the index begins with the segment. */
export function segmentRowsWithoutContact(table: SQL): SQL {
  return sql`
    segments
    cross join ${NO_CONTACTS}
    ${THEN_JOIN} ${table} on segment_id = segments.id and contact_id between low and high`;
}

/**
 * The same, row by row: for when the stretches are so many that looking into each one would take
 * longer.
 */
export function everyRowWithoutContact(table: SQL): SQL {
  return spelled(
    // `+`: a set of ids in memory, not a look at the row
    sql`${table} where contact_id not in (select +id from contacts)`,
    sql`${table} where not exists (select 1 from contacts where id = contact_id)`,
  );
}
