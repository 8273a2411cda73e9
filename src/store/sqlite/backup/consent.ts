import { type SQL, sql } from 'drizzle-orm';
import type { CarriedSuppressions } from '../../backups.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { settleOdd } from '../tables/address-suppressions.ts';
import { EMAIL, hasPlainKey, keyOf, oddKeys, type UniqueColumn } from '../tables/unique-columns.ts';

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
  db.run(sql`create temp table same_person as ${samePersons(db)}`);
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

/**
 * Carries over what stands for addresses, and gives it to who has them; gives how many suppressions
 * of contacts that makes. What stood for a contact that is no more waits for its address.
 */
function carryAddresses(db: SqliteDatabase, from: SQL): number {
  const said = sql`
    select former.email as address, channel, reason, said.created_at
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
  return db.run(sql`
    insert into main.suppressions (contact_id, channel, reason, created_at)
    select contacts.id, waiting.channel, waiting.reason, waiting.created_at
    from main.address_suppressions as waiting
    join main.contacts on contacts.email = waiting.address
    where 1
    order by 1, 2, 3
    on conflict do nothing`);
}

/** Whether the replaced store is of a version that knows of addresses. */
function hasAddresses(db: SqliteDatabase): boolean {
  const found = db.get(sql`
    select 1 from ${name(REPLACED)}.sqlite_schema where name = 'address_suppressions'`);
  return found !== undefined;
}

/**
 * Pairs of a contact of the replaced store that is suppressed and one who may be the same person;
 * each look-up goes by an index.
 */
function samePersons(db: SqliteDatabase): SQL {
  const from = name(REPLACED);
  const suppressed = sql`(
    select * from ${from}.contacts where id in (select contact_id from ${from}.suppressions)
  )`;
  const itself = sql`
    select former.id as former_id, contacts.id as contact_id
    from ${suppressed} as former
    cross join main.contacts
      on contacts.id = former.id and contacts.created_at = former.created_at`;
  const known = uniqueIn(db, REPLACED).map(({ column }) => column);
  const keys = uniqueIn(db, 'main').filter(({ column }) => known.includes(column));
  const same = [EMAIL, ...keys].map((column) => holdersOf(column, suppressed));
  return sql.join([itself, ...same], sql` union `);
}

/** Who has a value of a unique column that is the same as one of `former`, as filters compare. */
function holdersOf(column: UniqueColumn, former: SQL): SQL {
  const value = name(column.column);
  const keyed = sql`(
    select id, ${keyOf(column, value)} as key from ${former} where ${value} is not null
  )`;
  // rule: restore-keys
  return sql`
    select former.id, contacts.id
    from ${keyed} as former
    cross join main.contacts on ${hasPlainKey(column, 'contacts', sql`former.key`)}
    union
    select former.id, odd.id from ${keyed} as former join ${oddKeys(column)} as odd using (key)`;
}

/** The unique fields of contacts beside the e-mail address. */
function uniqueIn(db: SqliteDatabase, schema: string): UniqueColumn[] {
  const fields = db.all<Omit<UniqueColumn, 'table'>>(sql`
    select columns.name as "column", fields.type
    from ${name(schema)}.fields as fields
    join pragma_table_xinfo('contacts', ${schema}) as columns on columns.name = fields.alias collate nocase
    where fields.object = 'contact' and fields.is_unique = 1
      and fields.alias not in ('id', ${EMAIL.column})
    order by columns.name`);
  return fields.map((field) => ({ table: 'contacts', ...field }));
}
