import { type SQL, sql } from 'drizzle-orm';
import type { SuppressionSelection } from '../../records.ts';
import type { Value } from '../../rows.ts';
import { type SqliteDatabase, valuesOf } from '../connection/database.ts';
import {
  deleteWishes,
  fieldsWithWishes,
  heedWishes,
  type WishField,
  wishesFor,
} from '../delta/wishes.ts';
import { settleOdd } from './address-suppressions.ts';
import { among, unsuppressContacts } from './suppressions.ts';
import { hasPlainKey, keyOf, matchUnique, oddKeys, uniqueColumn } from './unique-columns.ts';

/**
 * Lets what stands for addresses and for other unique values hold for who has them, however they
 * are written; `changed`, a sub-select of `id`, are the contacts that may have come by other
 * values. What comes to somebody by the one is noted for the other, so that it may take several
 * turns. Gives how many suppressions that makes.
 */
export function settleWishes(db: SqliteDatabase, changed: SQL): number {
  let settled = 0;
  for (;;) {
    const found = settleOdd(db) + heedWishes(db, { contactIds: changed }) + heedFresh(db);
    if (found === 0) return settled;
    settled += found;
  }
}

/** Lets what was noted since the last time hold for who had such a value before. */
function heedFresh(db: SqliteDatabase): number {
  return fieldsWithWishes(db)
    .filter(({ id }) => isAnyFresh(db, id))
    .reduce((sum, field) => sum + heedFreshOf(db, field), 0);
}

function isAnyFresh(db: SqliteDatabase, fieldId: number): boolean {
  const fresh = db.get(sql`
    select 1 from value_suppressions where field_id = ${fieldId} and key is null limit 1`);
  return fresh !== undefined;
}

/**
 * Phones are odd more often than not: of two contacts with one number in odd spellings, which only
 * SQL can make, one does not hear of what is said of the other until it changes.
 */
function heedFreshOf(db: SqliteDatabase, { id, column: alias }: WishField): number {
  const column = uniqueColumn(db, 'contacts', alias);
  const isFresh = sql`field_id = ${id} and key is null`;
  const odd =
    column.type === 'phone' ? sql`(select null as id, null as key where 0)` : oddKeys(column);
  // rule: values-fresh
  const heeded = db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    with
      fresh as materialized (
        select channel, reason, min(created_at) as created_at, ${keyOf(column, sql`value`)} as key
        from value_suppressions
        where ${isFresh}
        group by 4, 1, 2
      ),
      odd as materialized (select id, key from ${odd})
    select contacts.id, fresh.channel, fresh.reason, fresh.created_at
    from fresh
    cross join contacts on ${hasPlainKey(column, 'contacts', sql`fresh.key`)}
    union all
    select odd.id, fresh.channel, fresh.reason, fresh.created_at
    from fresh
    join odd on odd.key = fresh.key
    order by 1, 2, 3
    on conflict do nothing`);
  db.run(sql`update value_suppressions set key = ${keyOf(column, sql`value`)} where ${isFresh}`);
  return heeded;
}

/** Those of these values for which something stands, as they were given. */
export function valuesAmong(db: SqliteDatabase, alias: string, values: readonly Value[]): Value[] {
  const field = fieldWithWishes(db, alias);
  if (field === undefined) return [];
  return db.pluck<Value>(sql`
    select given.value
    from ${valuesOf(values)} as given
    where ${keyOf(field, sql`given.value`)} in (
      select key from (${wishesFor(field, keysOf(field, values), sql`given.key`)})
    )`);
}

/** Lifts what stands for these values and for who has them; gives how many there were. */
export function liftValues(
  db: SqliteDatabase,
  alias: string,
  values: readonly Value[],
  which: SuppressionSelection,
): number {
  const field = fieldWithWishes(db, alias);
  if (field === undefined) return 0;
  const lifted = deleteWishes(db, field, keysOf(field, values), among(which));
  const holders = matchUnique(db, uniqueColumn(db, 'contacts', alias), values);
  unsuppressContacts(
    db,
    holders.filter((id) => id !== null),
    which,
  );
  return lifted;
}

function fieldWithWishes(db: SqliteDatabase, alias: string): WishField | undefined {
  return fieldsWithWishes(db).find(({ column }) => column === alias);
}

function keysOf(field: WishField, values: readonly Value[]): SQL {
  return sql`(select ${keyOf(field, sql`value`)} as key from ${valuesOf(values)})`;
}
