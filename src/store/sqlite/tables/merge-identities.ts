import { sql } from 'drizzle-orm';
import type { Merging } from '../../merging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet, name } from '../connection/sql-parts.ts';
import { uniqueValues } from '../delta/erased.ts';

/**
 * Keeps by which ids and unique values the winner is known from now on, beside its own: those of the
 * losers, and those that they were known by before. To be called while the losers are there.
 */
export async function rememberLosers(db: SqliteDatabase, merging: Merging): Promise<void> {
  await keepIds(db, merging);
  for (const { id, column } of await uniqueValues(db)) await keepValues(db, merging, id, column);
  // rule: merge-former
  await db.run(sql`
    insert into former_values (contact_id, field_id, value, changed_at)
    select ${merging.winner}, field_id, value, max(changed_at)
    from former_values
    where contact_id in ${idSet(merging.losers)}
    group by field_id, value
    order by field_id, value
    on conflict do nothing`);
}

async function keepIds(db: SqliteDatabase, { winner, losers }: Merging): Promise<void> {
  // rule: merged-chain
  await db.run(sql`
    update merged_contacts set merged_into = ${winner} where merged_into in ${idSet(losers)}`);
  await db.run(sql`
    insert into merged_contacts (contact_id, created_at, merged_into)
    select id, created_at, ${winner} from contacts where id in ${idSet(losers)} order by id
    on conflict (contact_id) do update set
      created_at = excluded.created_at, merged_into = excluded.merged_into`);
}

/** Of what the winner takes over itself nothing is former. */
async function keepValues(
  db: SqliteDatabase,
  merging: Merging,
  fieldId: number,
  column: string,
): Promise<void> {
  const { winner, losers, values, now } = merging;
  // rule: merge-former
  await db.run(sql`
    insert into former_values (contact_id, field_id, value, changed_at)
    select ${winner}, ${fieldId}, ${name(column)}, ${now}
    from contacts
    where id in ${idSet(losers)} and ${name(column)} is not null
      and ${name(column)} is not ${values[column] ?? null}
    order by id
    on conflict do nothing`);
}
