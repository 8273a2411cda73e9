import { type SQL, sql } from 'drizzle-orm';
import type { IdTable, RecordTable } from '../../sql/ways.ts';
import { name } from '../../sql/sql-parts.ts';
import type { SqliteDatabase } from '../connection/database.ts';

export async function lastIds(db: SqliteDatabase): Promise<Record<IdTable, number>> {
  const last = async (table: IdTable): Promise<number> =>
    db.value<number>(sql`
      select max(
        coalesce((select max(id) from ${name(table)}), 0),
        coalesce((select seq from sqlite_sequence where name = ${table}), 0)
      )`);
  return {
    contacts: await last('contacts'),
    companies: await last('companies'),
    events: await last('events'),
  };
}

/** New records get the ids that follow the last one. */
export async function giveIds(
  db: SqliteDatabase,
  found: SQL,
  _table: RecordTable,
  last: number,
): Promise<number> {
  const [count = 0, firstRow = 0, lastRow = 0] = await db.row<number>(sql`
    select count(*), min(stage_row), max(stage_row) from ${found} where outcome = 'inserted'`);
  // rows without a gap are numbered already, which is several times as fast
  // rule: rows-without-gap
  if (count === lastRow - firstRow + 1)
    await db.run(sql`
      update ${found}
      set record_id = stage_row + ${last + 1 - firstRow}
      where outcome = 'inserted'`);
  else if (count > 0)
    await db.run(sql`
      update ${found} as f
      set record_id = ${last} + numbered.nth
      from (
        select stage_row, row_number() over (order by stage_row) as nth
        from ${found}
        where outcome = 'inserted'
      ) as numbered
      where f.stage_row = numbered.stage_row`);
  return count;
}
