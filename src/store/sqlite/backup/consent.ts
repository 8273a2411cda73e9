import { type SQL, sql } from 'drizzle-orm';
import type { CarriedSuppressions } from '../../backups.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { settleOdd } from '../tables/address-suppressions.ts';
import { hasPlainKey, keyOf, oddKeys, uniqueColumn } from '../tables/unique-columns.ts';

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
  findSamePersons(db, from);
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
  const carriedByAddress = carryAddresses(db, from) + settleOdd(db);
  const unplaced = db.value<number>(sql`
    select count(*)
    from ${from}.suppressions as said
    join ${from}.contacts as former on former.id = said.contact_id
    where former.email is null and former.id not in (select former_id from temp.same_person)`);
  db.run(sql`drop table temp.same_person`);
  return { carried: carried + carriedByAddress, unplaced };
}

/** Fills `temp.same_person`; each look-up goes by an index. */
function findSamePersons(db: SqliteDatabase, from: SQL): void {
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
  const uniqueBefore = uniqueIn(db, REPLACED);
  for (const column of uniqueIn(db, 'main'))
    if (uniqueBefore.includes(column)) findSameValues(db, suppressed, column);
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
  const listed = hasAddresses(db)
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
  return given + settleOdd(db);
}

/** Whether the replaced store is of a version that knows of addresses. */
function hasAddresses(db: SqliteDatabase): boolean {
  const found = db.get(sql`
    select 1 from ${name(REPLACED)}.sqlite_schema where name = 'address_suppressions'`);
  return found !== undefined;
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
