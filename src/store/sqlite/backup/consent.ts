import { type SQL, sql } from 'drizzle-orm';
import type { CarriedSuppressions } from '../../backups.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { EVERY_CONTACT, LOGGED_CONTACTS } from '../delta/erased.ts';
import { isOfPerson, wishedFields } from '../delta/wishes.ts';
import { hasPlainKey, keyOf, oddKeys, uniqueColumn } from '../tables/unique-columns.ts';
import { settleWaiting } from '../tables/waiting-suppressions.ts';

/** The store that is being replaced, attached to the connection of the one that takes its place. */
export const REPLACED = 'replaced';

/**
 * Sets every suppression that the replaced store has, for each of its reasons, for everybody who
 * may be the person it was said of. Asking one person too few is worse than asking one too many, so
 * each of these is enough: the same e-mail address; the same value of a field that is unique; the
 * same id, made at the same moment, whatever became of the address. The same id alone says nothing:
 * after another restore it may be somebody else's. What was lifted since the backup is not lifted
 * again.
 */
export function carrySuppressions(db: SqliteDatabase): CarriedSuppressions {
  const from = name(REPLACED);
  const uniques = uniqueInBoth(db);
  findSamePersons(db, from, uniques);
  // rule: restore-reasons
  const carried = db.run(sql`
    insert into main.suppressions (contact_id, channel, reason, created_at)
    select same_person.contact_id, said.channel, said.reason, said.created_at
    from temp.same_person
    join ${from}.suppressions as said on said.contact_id = same_person.former_id
    where 1
    order by same_person.contact_id, said.channel, said.created_at
    on conflict do nothing`);
  // rule: restore-folded
  carryValues(db, from, uniques);
  const carriedByValue =
    carryAddresses(db, from) + settleWaiting(db, EVERY_CONTACT, LOGGED_CONTACTS);
  const unplaced = countUnplaced(db, from, uniques);
  db.run(sql`drop table temp.same_person`);
  return { carried: carried + carriedByValue, unplaced };
}

/** How much stood for contacts that are not there and have no value to wait by. */
function countUnplaced(db: SqliteDatabase, from: SQL, uniques: readonly string[]): number {
  const hasNone = uniques.map((column) => sql`former.${name(column)} is null`);
  return db.value<number>(sql`
    select count(*)
    from ${from}.suppressions as said
    join ${from}.contacts as former on former.id = said.contact_id
    where ${sql.join([...hasNone, sql`1`], sql` and `)}
      and former.id not in (select former_id from temp.same_person)`);
}

/** Fills `temp.same_person`; each look-up goes by an index. */
function findSamePersons(db: SqliteDatabase, from: SQL, uniques: readonly string[]): void {
  const suppressed = sql`
    (select distinct contact_id from ${from}.suppressions) as suppressed
    join ${from}.contacts as former on former.id = suppressed.contact_id`;
  db.run(sql`
    create temp table same_person (
      former_id integer not null, contact_id integer not null, primary key (former_id, contact_id)
    ) without rowid`);
  db.run(sql`
    insert into temp.same_person (former_id, contact_id)
    select former.id, contacts.id
    from ${suppressed}
    join main.contacts on contacts.id = former.id and contacts.created_at = former.created_at`);
  for (const column of uniques) findSameValues(db, suppressed, column);
}

/** Adds those who have the same value there, as unique values compare. */
function findSameValues(db: SqliteDatabase, suppressed: SQL, unique: string): void {
  const column = uniqueColumn(db, 'contacts', unique);
  const value = sql`former.${name(unique)}`;
  // rule: restore-keys
  db.run(sql`
    with
      odd as materialized (select id, key from ${oddKeys(column)}),
      keyed as materialized (
        select former.id, ${keyOf(column, value)} as key
        from ${suppressed}
        where ${value} is not null
      )
    insert into temp.same_person (former_id, contact_id)
    select keyed.id, c.id
    from keyed
    cross join main.contacts as c on ${hasPlainKey(column, 'c', sql`keyed.key`)}
    union
    select keyed.id, odd.id
    from keyed
    cross join odd
    where odd.key = keyed.key
    on conflict do nothing`);
}

/**
 * Carries over what stands for addresses, and gives it to who has them; gives how many suppressions
 * of contacts that makes. What stood for a contact that is no more waits for its address.
 */
function carryAddresses(db: SqliteDatabase, from: SQL): number {
  const said = sql`
    select former.email as address, said.channel, said.reason, said.created_at
    from ${from}.suppressions as said
    join ${from}.contacts as former on former.id = said.contact_id
    where former.email is not null`;
  const listed = hasBefore(db, 'address_suppressions')
    ? sql`union all select address, channel, reason, created_at from ${from}.address_suppressions`
    : sql``;
  // rule: restore-addresses
  db.run(sql`
    insert into main.address_suppressions (address, channel, reason, created_at)
    select address, channel, reason, min(created_at)
    from (${said} ${listed})
    group by address collate nocase, channel, reason
    on conflict do nothing`);
  const given = db.run(sql`
    insert into main.suppressions (contact_id, channel, reason, created_at)
    select contacts.id, waiting.channel, waiting.reason, waiting.created_at
    from main.address_suppressions as waiting
    join main.contacts on contacts.email = waiting.address
    where 1
    order by 1, 2, 3
    on conflict do nothing`);
  return given;
}

/** The same of other unique values, by the names of their fields. */
function carryValues(db: SqliteDatabase, from: SQL, uniques: readonly string[]): void {
  for (const { id, column } of wishedFields(db))
    if (uniques.includes(column)) carryValuesOf(db, from, id, column);
}

function carryValuesOf(db: SqliteDatabase, from: SQL, fieldId: number, column: string): void {
  const value = sql`former.${name(column)}`;
  const said = sql`
    select ${value} as value, said.channel, said.reason, said.created_at
    from ${from}.suppressions as said
    join ${from}.contacts as former on former.id = said.contact_id
    where ${value} is not null and ${isOfPerson(sql`said`)}`;
  const listed = hasBefore(db, 'value_suppressions')
    ? sql`
        union all
        select value, channel, reason, created_at
        from ${from}.value_suppressions
        where field_id = (
          select id
          from ${from}.fields
          where object = 'contact' and alias = ${column} collate nocase
        )`
    : sql``;
  // rule: restore-values
  db.run(sql`
    insert into main.value_suppressions (field_id, value, channel, reason, created_at)
    select ${fieldId}, value, channel, reason, min(created_at)
    from (${said} ${listed})
    group by value collate nocase, channel, reason
    on conflict do nothing`);
}

/** Whether the replaced store is of a version that has such a table. */
function hasBefore(db: SqliteDatabase, table: string): boolean {
  const found = db.get(sql`select 1 from ${name(REPLACED)}.sqlite_schema where name = ${table}`);
  return found !== undefined;
}

/** The fields of contacts that are unique in both stores. */
function uniqueInBoth(db: SqliteDatabase): string[] {
  const before = uniqueIn(db, REPLACED);
  return uniqueIn(db, 'main').filter((column) => before.includes(column));
}

/** The fields of contacts that are unique, by their columns; ids are compared apart. */
export function uniqueIn(db: SqliteDatabase, schema: string): string[] {
  return db.pluck<string>(sql`
    select columns.name
    from ${name(schema)}.fields as fields
    join pragma_table_xinfo('contacts', ${schema}) as columns on columns.name = fields.alias collate nocase
    where fields.object = 'contact' and fields.is_unique = 1 and fields.alias <> 'id'
    order by columns.name`);
}
