import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { keyOf, type UniqueColumn } from '../../sql/tables/unique-columns.ts';
import { hadTable, REPLACED, type SharedField, withHolders } from './shared-fields.ts';

const from = name(REPLACED);

/**
 * Fills `temp.said` with the suppressions of the contacts of the replaced store: also those that
 * stand for a value that a contact has in another spelling, and that nothing has given it yet.
 */
export async function gatherSaid(
  db: SqliteDatabase,
  fields: readonly SharedField[],
): Promise<void> {
  await db.run(sql`
    create temp table said (
      contact_id integer not null, channel text not null collate nocase,
      reason text not null collate nocase, created_at integer not null,
      primary key (contact_id, channel, reason)
    ) without rowid`);
  await db.run(sql`
    insert into temp.said (contact_id, channel, reason, created_at)
    select contact_id, channel, reason, created_at
    from ${from}.suppressions
    where contact_id in (select id from ${from}.contacts)
    order by contact_id, channel, reason, created_at
    on conflict do nothing`);
  for (const field of fields.filter(({ wasUnique }) => wasUnique)) await gatherWaiting(db, field);
}

async function gatherWaiting(db: SqliteDatabase, field: SharedField): Promise<void> {
  const waiting = await waitingFor(db, field);
  if (waiting === undefined) return;
  const column: UniqueColumn = { table: 'contacts', ...field };
  const given = sql`holder.id, keyed.channel, keyed.reason, keyed.created_at`;
  // rule: restore-unsettled
  await db.run(sql`
    insert into temp.said (contact_id, channel, reason, created_at)
    with keyed as materialized (
      select ${keyOf(column, sql`value`)} as key, channel, reason, min(created_at) as created_at
      from (${waiting})
      group by 1, 2, 3
    )
    ${withHolders(REPLACED, column, given)}
    order by 1, 2, 3
    on conflict do nothing`);
}

/** Selects what stands for values of a field; undefined in a version of the store that kept none. */
async function waitingFor(
  db: SqliteDatabase,
  { column, formerId }: SharedField,
): Promise<SQL | undefined> {
  const [table, value, which] =
    column === 'email'
      ? ['address_suppressions', 'address', sql``]
      : ['value_suppressions', 'value', sql`where field_id = ${formerId}`];
  if (!(await hadTable(db, table))) return undefined;
  return sql`
    select ${name(value)} as value, channel, reason, created_at from ${from}.${name(table)} ${which}`;
}
