import { type SQL, sql } from 'drizzle-orm';
import { someInTurn, sumInTurn } from '../../../support/in-turn.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf, name } from '../sql-parts.ts';
import { caseless } from '../words.ts';
import { ODD_ADDRESSES } from './address-suppressions.ts';
import { byField, keysOf, type KnownValue, listOf, type OfField } from './erase-values.ts';
import { EMAIL, keyOf } from './unique-columns.ts';

/** Where wishes stand that are somebody's who is known by some values, and which they are. */
interface Wishes {
  readonly table: 'address_suppressions' | 'value_suppressions';
  readonly which: SQL;
}

/** What stands against these values, in every spelling that is the same. */
export function wishesOf(values: readonly KnownValue[]): Wishes[] {
  const fields = byField(values);
  if (fields.length === 0) return [];
  const addresses = fields.filter(({ field }) => field.column === EMAIL.column);
  return [
    { table: 'value_suppressions', which: anyOf(fields.map(isOfField)) },
    ...addresses.map(({ of }): Wishes => ({ table: 'address_suppressions', which: isAddress(of) })),
  ];
}

function isOfField({ field, of }: OfField): SQL {
  const key = keyOf(field, sql`value_suppressions.value`);
  return sql`(field_id = ${field.fieldId} and ${key} in ${keysOf(field, of)})`;
}

function isAddress(values: readonly KnownValue[]): SQL {
  const keys = keysOf(EMAIL, values);
  return sql`${caseless(sql`address`)} in (
    select ${caseless(sql`value`)} from ${listOf(values)} as given
    union select key from ${keys} as keys
    union select ${caseless(sql`address`)} from ${ODD_ADDRESSES} as odd where odd.key in ${keys}
  )`;
}

/** Deletes what stands against these values; gives how much. */
export async function forgetWishes(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<number> {
  // rule: erased-wishes-of
  return sumInTurn(wishesOf(values), async ({ table, which }) =>
    db.run(sql`delete from ${name(table)} where ${which}`),
  );
}

/** Whether anybody's wish stands against this value. */
export async function hasWishes(db: SqlDatabase, known: KnownValue): Promise<boolean> {
  return someInTurn(
    wishesOf([known]),
    async ({ table, which }) =>
      (await db.get(sql`select 1 from ${name(table)} where ${which}`)) !== undefined,
  );
}
