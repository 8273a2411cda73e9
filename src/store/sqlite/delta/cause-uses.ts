import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';

/**
 * Counts rows that came or went and point to causes; `causeIds` selects `cause_id` of each. Pins of
 * segments that are there are counted by triggers.
 */
export function shiftUses(db: SqliteDatabase, causeIds: SQL, by: 1 | -1): void {
  // rule: uses-shifted
  db.run(sql`
    update causes
    set uses = causes.uses + ${by} * counted.rows
    from (
      select cause_id, count(*) as rows from (${causeIds}) where cause_id is not null group by cause_id
    ) as counted
    where counted.cause_id = causes.id`);
}
