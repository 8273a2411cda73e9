import { type SQL, sql } from 'drizzle-orm';
import type { CarriedSuppressions } from '../../backups.ts';
import type { FieldType } from '../../rows.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { settleOdd } from '../tables/address-suppressions.ts';
import { hasPlainKey, keyOf, oddKeys, type UniqueColumn } from '../tables/unique-columns.ts';

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
  const { from, to } = matches(db);
  db.run(sql`
    create temp table same_person as
    select distinct former.id as former_id, contacts.id as contact_id
    from (select distinct contact_id from ${from}.suppressions) as suppressed
    join ${from}.contacts as former on former.id = suppressed.contact_id
    join contacts on contacts.id in (${to})`);
  // rule: restore-reasons
  const carried = db.run(sql`
    insert into main.suppressions (contact_id, channel, reason, created_at)
    select same_person.contact_id, said.channel, said.reason, said.created_at
    from temp.same_person
    join ${from}.suppressions as said on said.contact_id = same_person.former_id
    where 1
    order by same_person.contact_id, said.channel, said.created_at
    on conflict do nothing`);
  const carriedByAddress = carryAddresses(db, from);
  const unplaced = db.value<number>(sql`
    select count(*)
    from ${from}.suppressions as said
    join ${from}.contacts as former on former.id = said.contact_id
    where former.email is null and former.id not in (select former_id from temp.same_person)`);
  const settled = settleOdd(db);
  db.run(sql`drop table temp.same_person`);
  db.run(sql`drop table temp.odd_of_restored`);
  return { carried: carried + carriedByAddress + settled, unplaced };
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
 * By whom `former` may be the same person; each look-up goes by an index. Values are the same in
 * whatever way they are written, as they are wherever a contact is named.
 */
function matches(db: SqliteDatabase): { readonly from: SQL; readonly to: SQL } {
  const from = name(REPLACED);
  const before = uniqueIn(db, REPLACED).map(({ column }) => column);
  const shared = uniqueIn(db, 'main').filter(({ column }) => before.includes(column));
  layOutOddKeys(db, shared);
  const same = shared.flatMap((column, place) => {
    const key = keyOf(column, sql`former.${name(column.column)}`);
    return [
      sql`select c.id from main.contacts as c where ${hasPlainKey(column, 'c', key)}`,
      sql`
        select odd.id
        from temp.odd_of_restored as odd
        where odd.place = ${place} and odd.key = ${key}`,
    ];
  });
  const itself = sql`select id from main.contacts where id = former.id and created_at = former.created_at`;
  return { from, to: sql.join([itself, ...same], sql` union all `) };
}

/** The values of the restored contacts that no unique index finds, by what they compare by. */
function layOutOddKeys(db: SqliteDatabase, columns: readonly UniqueColumn[]): void {
  db.run(sql`
    create temp table odd_of_restored (
      place integer not null, key not null, id integer not null, primary key (place, key, id)
    ) without rowid`);
  for (const [place, column] of columns.entries())
    db.run(sql`
      insert into temp.odd_of_restored (place, key, id)
      select ${place}, key, id from ${oddKeys(column)}`);
}

/** Fields of contacts that are unique, by their columns. */
function uniqueIn(db: SqliteDatabase, schema: string): UniqueColumn[] {
  return db
    .all<{ column: string; type: FieldType }>(
      sql`
        select columns.name as "column", fields.type
        from ${name(schema)}.fields as fields
        join pragma_table_xinfo('contacts', ${schema}) as columns
          on columns.name = fields.alias collate nocase
        where fields.object = 'contact' and fields.is_unique = 1 and fields.alias <> 'id'
        order by columns.name`,
    )
    .map(({ column, type }) => ({ table: 'contacts', column, type }));
}
