import { sql } from 'drizzle-orm';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { erasedSince, isAnybodyErased, keyIn, uniqueValues } from '../delta/erased.ts';
import { fieldsWithWishes } from '../delta/wishes.ts';
import { eraseContacts } from '../tables/erase-contacts.ts';
import { REPLACED } from './consent.ts';

/**
 * Erases whom the replaced store knows to be erased from the one that takes its place, which has
 * their hashes from then on. Says whether there was anything to erase: then the file must be scoured.
 */
export function eraseAgain(db: SqliteDatabase): boolean {
  const from = name(REPLACED);
  if (!knowsErased(db)) return false;
  // rule: restore-erased
  db.run(sql`
    insert into main.erased_key (key)
    select key from ${from}.erased_key where key not in (select key from main.erased_key)
    order by id`);
  db.run(sql`
    insert into main.erased (hash, erased_at)
    select hash, erased_at from ${from}.erased where 1
    on conflict do nothing`);
  if (!isAnybodyErased(db)) return false;
  return eraseKnown(db);
}

function eraseKnown(db: SqliteDatabase): boolean {
  const since = uniqueValues(db).map(({ column, type }) =>
    erasedSince(column, keyIn('c', column, type)),
  );
  const people = db.all<{ id: number; since: number }>(sql`
    select id, since
    from (select c.id, coalesce(${sql.join([...since, sql`null`], sql`, `)}) as since from main.contacts as c)
    where since is not null
    order by id`);
  const now = Math.max(...people.map((one) => one.since));
  if (people.length > 0)
    eraseContacts(
      db,
      people.map(({ id }) => id),
      { now, by: null },
    );
  const addresses = db.run(sql`
    delete from main.address_suppressions
    where ${erasedSince('email', sql`unique_key('email', address)`)} is not null`);
  return people.length + addresses + eraseWishes(db) > 0;
}

/** What stands for values of theirs though no contact has them. */
function eraseWishes(db: SqliteDatabase): number {
  const erased = fieldsWithWishes(db).map(({ id, column, type }) =>
    db.run(sql`
      delete from main.value_suppressions
      where field_id = ${id}
        and ${erasedSince(column, sql`unique_key(${type}, value)`)} is not null`),
  );
  return erased.reduce((sum, count) => sum + count, 0);
}

/** Whether the replaced store is of a version that knows of erased people. */
function knowsErased(db: SqliteDatabase): boolean {
  const found = db.get(sql`
    select 1 from ${name(REPLACED)}.sqlite_schema where name = 'erased_key'`);
  return found !== undefined;
}
