import { sql } from 'drizzle-orm';
import { noteSchema } from '../delta/capture.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name, valuesOf } from '../../sql/sql-parts.ts';

/*
 * The triggers that run for each new contact take as long as the row itself: with any of them
 * SQLite puts all rows into a table of its own first. A bulk load does without them, in its
 * transaction, and does for all rows at once what they do for each.
 */

/**
 * What they do: the ids are ours and the companies found, so they are in bounds; a bulk load is not
 * logged; `suppressAmong` has the wishes about addresses, `heedWishes` those about other values.
 */
const INSERT_TRIGGERS = [
  'bounds_contacts_before_insert',
  'bounds_contacts_insert',
  'capture_contacts_anew',
  'capture_contacts_before_insert',
  'capture_contacts_insert',
  'capture_wishes_come',
  'suppressed_contact_insert',
];

/** Runs `insert`, which makes contacts of ids behind `last`, without the triggers on it. */
export async function insertingUnwatched(
  db: SqliteDatabase,
  last: number,
  insert: () => Promise<void>,
): Promise<void> {
  const wasKnown = await isSchemaKnown(db);
  const triggers = await db.all<{ name: string; sql: string }>(sql`
    select name, sql
    from sqlite_schema
    where type = 'trigger' and name in (select value from ${valuesOf(INSERT_TRIGGERS)})
    order by rowid`);
  for (const trigger of triggers) await db.run(sql`drop trigger ${name(trigger.name)}`);
  await insert();
  // rule: bulk-triggers
  for (const trigger of triggers) await db.run(sql.raw(trigger.sql));
  // rule: bulk-known
  if (wasKnown) await noteSchema(db);
  // rule: bulk-suppressed
  await suppressAmong(db, last);
}

/** Whether nobody but us has changed the schema; otherwise the next update is still to find out. */
async function isSchemaKnown(db: SqliteDatabase): Promise<boolean> {
  return (
    (await db.value<number>(sql`
      select schema_version = (select schema_version from pragma_schema_version) from capture`)) ===
    1
  );
}

/** Lets what stands against addresses hold for the contacts behind `last`. */
async function suppressAmong(db: SqliteDatabase, last: number): Promise<void> {
  // rule: bulk-new-only
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, said.channel, said.reason, said.created_at
    from address_suppressions as said
    cross join contacts on contacts.email = said.address
    where contacts.id > ${last}
    order by 1, 2, 3
    on conflict do nothing`);
}
