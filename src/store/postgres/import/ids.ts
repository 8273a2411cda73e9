import { type SQL, sql } from 'drizzle-orm';
import { name } from '../../sql/sql-parts.ts';
import type { IdTable, RecordTable } from '../../sql/ways.ts';
import type { PostgresDatabase } from '../connection/database.ts';

/** The sequence that gives a table its ids. */
const sequenceOf = (table: IdTable): SQL => sql`pg_get_serial_sequence(${table}, 'id')::regclass`;

/**
 * The last ids that the sequences gave, which the rows that this transaction sees do not exceed: a
 * sequence that rows of ids of their own have overtaken goes on behind these.
 */
export async function lastIds(db: PostgresDatabase): Promise<Record<IdTable, number>> {
  return {
    contacts: await lastIdOf(db, 'contacts'),
    companies: await lastIdOf(db, 'companies'),
    events: await lastIdOf(db, 'events'),
  };
}

async function lastIdOf(db: PostgresDatabase, table: IdTable): Promise<number> {
  const [given = 0, present = 0] = await db.row<number>(sql`
    select
      coalesce(pg_sequence_last_value(${sequenceOf(table)}), 0),
      coalesce((select max(id) from ${name(table)}), 0)`);
  if (present <= given) return given;
  // rule: sequence-overtaken
  await db.run(sql`select setval(${sequenceOf(table)}, ${present})`);
  return present;
}

/** New records get ids of the sequence: other programs take some as well, meanwhile. */
export async function giveIds(
  db: PostgresDatabase,
  found: SQL,
  table: RecordTable,
): Promise<number> {
  return db.run(sql`
    update ${found} as f
    set record_id = numbered.id
    from (
      select stage_row, nextval(${sequenceOf(table)}) as id
      from (
        select stage_row from ${found} where outcome = 'inserted' order by stage_row offset 0
      ) as inserted
    ) as numbered
    where f.stage_row = numbered.stage_row`);
}
