import { type SQL, sql } from 'drizzle-orm';
import { name, type SqliteDatabase } from '../connection/database.ts';
import {
  erasedSince,
  isAnybodyErased,
  keyIn,
  type UniqueOfContacts,
  uniqueValues,
} from '../delta/erased.ts';
import { eraseContacts } from '../tables/erase-contacts.ts';
import { forgetFormer, hashOfId, type KnownValue } from '../tables/erase-values.ts';
import { forgetWishes } from '../tables/erase-wishes.ts';
import { eraseFromAudit } from '../tables/erase-words.ts';
import { REPLACED, uniqueIn } from './consent.ts';

interface ErasedAgain {
  readonly contacts: number;
  /** There was anything to erase: then the file must be scoured. */
  readonly isAny: boolean;
}

const NOTHING: ErasedAgain = { contacts: 0, isAny: false };

/**
 * Erases whom the replaced store knows to be erased from the one that takes its place, which has
 * their hashes from then on.
 */
export function eraseAgain(db: SqliteDatabase): ErasedAgain {
  const from = name(REPLACED);
  if (!knowsErased(db)) return NOTHING;
  // rule: restore-erased
  db.run(sql`
    insert into main.erased_key (key)
    select key from ${from}.erased_key where key not in (select key from main.erased_key)
    order by id`);
  db.run(sql`
    insert into main.erased (hash, erased_at)
    select hash, erased_at from ${from}.erased where 1
    on conflict do nothing`);
  if (!isAnybodyErased(db)) return NOTHING;
  return eraseKnown(db);
}

function eraseKnown(db: SqliteDatabase): ErasedAgain {
  const people = erasedPeople(db);
  const now = Math.max(...people.map((one) => one.since));
  const contactIds = people.map(({ id }) => id);
  if (people.length > 0) eraseContacts(db, { contactIds, now, by: null }, true);
  readmitLiving(db);
  return { contacts: people.length, isAny: people.length + forgetErased(db) > 0 };
}

/**
 * Those who have a value or an id of somebody who was erased; not those who are in the replaced
 * store by what is theirs there: a value that they had at the time of the backup was another's
 * when that one was erased.
 */
function erasedPeople(db: SqliteDatabase): { id: number; since: number }[] {
  const since = uniqueValues(db).map(({ column, type }) =>
    erasedSince(column, keyIn('c', column, type)),
  );
  // rule: restore-erased-ids
  const sinceById = sql`(
    select min(erased.erased_at)
    from erased_key
    cross join erased on erased.hash = ${hashOfId(sql`erased_key.key`, sql`c`)}
  )`;
  return db.all<{ id: number; since: number }>(sql`
    select id, since
    from (
      select c.id, coalesce(${sql.join([...since, sinceById], sql`, `)}) as since
      from main.contacts as c
      where not exists (${living(db)})
    )
    where since is not null
    order by id`);
}

/** The same contact in the replaced store, if it is nobody there who was erased. */
function living(db: SqliteDatabase): SQL {
  const there = uniqueIn(db, REPLACED);
  const since = uniqueValues(db)
    .filter(({ column }) => there.includes(column))
    .map(({ column, type }) => erasedSince(column, keyIn('living', column, type)));
  // rule: restore-living
  return sql`
    select 1
    from ${name(REPLACED)}.contacts as living
    where living.id = c.id and living.created_at = c.created_at
      and coalesce(${sql.join([...since, sql`null`, sql`null`], sql`, `)}) is null`;
}

/** A value that somebody has is theirs: they are not to be taken for who had it otherwise. */
function readmitLiving(db: SqliteDatabase): void {
  for (const { column, type } of uniqueValues(db))
    db.run(sql`
      delete from main.erased
      where hash in (
        select person_hash(erased_key.key, ${column}, ${keyIn('c', column, type)})
        from main.contacts as c
        cross join main.erased_key
        where c.${name(column)} is not null
      )`);
}

/** What says something of who is known by a value alone; gives how many rows that makes. */
function forgetErased(db: SqliteDatabase): number {
  const values = uniqueValues(db).flatMap((field) => saidOf(db, field));
  return forgetWishes(db, values) + forgetFormer(db, values) + eraseFromAudit(db, values).length;
}

/** The values of a field that the store speaks of, and of which nobody is left. */
function saidOf(db: SqliteDatabase, { id: fieldId, column, type }: UniqueOfContacts): KnownValue[] {
  const ofAddresses = sql`
    union select address from main.address_suppressions
    union
    select said.value
    from main.audit
    cross join json_each(iif(json_valid(detail), detail, '{}'), '$.addresses') as said`;
  const values = db.pluck<KnownValue['value']>(sql`
    select value
    from (
      select value from main.value_suppressions where field_id = ${fieldId}
      union select value from main.former_values where field_id = ${fieldId}
      ${column === 'email' ? ofAddresses : sql``}
    ) as said
    where ${erasedSince(column, sql`unique_key(${type}, said.value)`)} is not null
    order by value`);
  return values.map((value) => ({ fieldId, column, type, value }));
}

/** Whether the replaced store is of a version that knows of erased people. */
function knowsErased(db: SqliteDatabase): boolean {
  const found = db.get(sql`
    select 1 from ${name(REPLACED)}.sqlite_schema where name = 'erased_key'`);
  return found !== undefined;
}
