import { sql } from 'drizzle-orm';
import type { Merging } from '../../merging.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { caseless } from '../words.ts';
import { type UniqueOfContacts, uniqueValues } from '../delta/erased.ts';
import { comparable, toKept } from './kept-values.ts';

/**
 * Keeps by which ids and unique values the winner is known from now on, beside its own: those of the
 * losers, and those that they were known by before. To be called while the losers are there.
 */
export async function rememberLosers(db: SqlDatabase, merging: Merging): Promise<void> {
  await keepIds(db, merging);
  for (const field of await uniqueValues(db)) await keepValues(db, merging, field);
  // rule: merge-former
  await db.run(sql`
    insert into former_values (contact_id, field_id, value, changed_at)
    select ${merging.winner}, field_id, value, changed_at
    from former_values
    where contact_id in ${idSet(merging.losers)}
    order by field_id, ${caseless(sql`value`)}, changed_at desc
    on conflict do nothing`);
}

async function keepIds(db: SqlDatabase, { winner, losers }: Merging): Promise<void> {
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
  db: SqlDatabase,
  merging: Merging,
  { id: fieldId, column, type }: UniqueOfContacts,
): Promise<void> {
  const { winner, losers, values, now } = merging;
  const [value, kept] = [name(column), sql`${values[column] ?? null}`];
  // rule: merge-former
  await db.run(sql`
    insert into former_values (contact_id, field_id, value, changed_at)
    select ${winner}, ${fieldId}, ${toKept(type, value)}, ${now}
    from contacts
    where id in ${idSet(losers)} and ${value} is not null
      and ${comparable(type, value)} is distinct from ${comparable(type, kept)}
    order by id
    on conflict do nothing`);
}
