import { type SQL, sql } from 'drizzle-orm';
import type { SuppressionSelection } from '../../records.ts';
import type { Value } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { deleteWishes, fieldsWithWishes, type WishField, wishesFor } from '../delta/wishes.ts';
import { listOfKept } from './kept-values.ts';
import { among, unsuppressContacts } from './suppressions.ts';
import { keyOf, matchUnique, uniqueColumn } from './unique-columns.ts';

/** Those of these values for which something stands, as they were given. */
export async function valuesAmong(
  db: SqlDatabase,
  alias: string,
  values: readonly Value[],
): Promise<Value[]> {
  const field = await fieldWithWishes(db, alias);
  if (field === undefined) return [];
  const places = await db.pluck<number>(sql`
    select given.key
    from ${listOfKept(values)} as given
    where ${keyOf(field, sql`given.value`)} in (
      select key from (${wishesFor(field, keysOf(field, values), sql`given.key`)}) as standing
    )
    order by given.key`);
  return places.flatMap((place) => values.slice(place, place + 1));
}

/** Lifts what stands for these values and for who has them; gives how many there were. */
export async function liftValues(
  db: SqlDatabase,
  alias: string,
  values: readonly Value[],
  which: SuppressionSelection,
): Promise<number> {
  const field = await fieldWithWishes(db, alias);
  if (field === undefined) return 0;
  const lifted = await deleteWishes(db, field, keysOf(field, values), among(which));
  const holders = await matchUnique(db, await uniqueColumn(db, 'contacts', alias), values);
  await unsuppressContacts(
    db,
    holders.filter((id) => id !== null),
    which,
  );
  return lifted;
}

async function fieldWithWishes(db: SqlDatabase, alias: string): Promise<WishField | undefined> {
  return (await fieldsWithWishes(db)).find(({ column }) => column === alias);
}

function keysOf(field: WishField, values: readonly Value[]): SQL {
  return sql`(select ${keyOf(field, sql`value`)} as key from ${listOfKept(values)} as listed)`;
}
