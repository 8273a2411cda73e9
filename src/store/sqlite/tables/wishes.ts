import { type SQL, sql } from 'drizzle-orm';
import type { Order } from '../../query.ts';
import type { Value } from '../../rows.ts';
import type { SuppressionsWriter, ValueSuppression, WishPage } from '../../suppressions.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet, name } from '../connection/sql-parts.ts';
import { markSettled } from '../delta/capture.ts';
import { UNSETTLED_CONTACTS } from '../delta/erased.ts';
import { addAddresses, addressesAmong, liftAddresses } from './address-suppressions.ts';
import { uniqueColumn } from './unique-columns.ts';
import { liftValues, valuesAmong } from './value-suppressions.ts';
import { settleWaiting } from './waiting-suppressions.ts';
import { wishesOf } from './wish-places.ts';

/** Triggers keep these and the suppressions of contacts together. */
export function suppressionsTable(db: SqliteDatabase): SuppressionsWriter {
  return {
    list: async (page) => listWishes(db, page),
    count: async (field) =>
      db.value<number>(
        sql`select count(*) from ${wishesOf(await uniqueColumn(db, 'contacts', field))}`,
      ),

    among: async (field, values) =>
      field === 'email' ? await addressesAmong(db, values) : await valuesAmong(db, field, values),

    settle: async (contactIds) =>
      settleWaiting(db, contactIds === undefined ? UNSETTLED_CONTACTS : idSet(contactIds)),
    markSettled: async () => markSettled(db),

    add: async (wishes) => addAddresses(db, wishes),

    lift: async (field, values, which) =>
      field === 'email'
        ? await liftAddresses(db, values, which)
        : await liftValues(db, field, values, which),
  };
}

/** Qualified, since fields of contacts may be called so too. */
const KEY = sql`(said.value, said.channel, said.reason)`;

async function listWishes(
  db: SqliteDatabase,
  { field, order, after, limit }: WishPage,
): Promise<ValueSuppression[]> {
  const column = await uniqueColumn(db, 'contacts', field);
  const beyond = after === undefined ? sql`1` : isBeyond(after, order);
  return db.all<ValueSuppression>(sql`
    select
      said.value, said.channel, said.reason, said.created_at as "createdAt",
      contacts.id as "contactId"
    from ${wishesOf(column)} as said
    left join contacts on contacts.${name(field)} = said.value
    where ${beyond}
    order by ${rankIn(order)} said.value, said.channel, said.reason
    limit ${limit}`);
}

/** By the keys of the list. */
const COLUMNS: Readonly<
  Record<string, { readonly sql: SQL; readonly of: (row: ValueSuppression) => Value }>
> = {
  value: { sql: sql`said.value`, of: ({ value }) => value },
  channel: { sql: sql`said.channel`, of: ({ channel }) => channel },
  reason: { sql: sql`said.reason`, of: ({ reason }) => reason },
  created_at: { sql: sql`said.created_at`, of: ({ createdAt }) => createdAt },
  contact_id: { sql: sql`contacts.id`, of: ({ contactId }) => contactId },
};

function columnOf({ by }: Order): (typeof COLUMNS)[string] {
  const column = COLUMNS[by];
  if (column === undefined) throw new Error(`suppressions are not sorted by ${by}`);
  return column;
}

function rankIn(order: Order | undefined): SQL {
  if (order === undefined) return sql``;
  const { sql: rank } = columnOf(order);
  return order.descends ? sql`${rank} is null, ${rank} desc,` : sql`${rank} is null, ${rank},`;
}

function isBeyond(row: ValueSuppression, order: Order | undefined): SQL {
  const isBehind = sql`${KEY} > (${row.value}, ${row.channel}, ${row.reason})`;
  if (order === undefined) return isBehind;
  const { sql: rank, of } = columnOf(order);
  const last = of(row);
  if (last === null) return sql`${rank} is null and ${isBehind}`;
  const isFurther = order.descends ? sql`${rank} < ${last}` : sql`${rank} > ${last}`;
  return sql`(${rank} is null or ${isFurther} or ${rank} = ${last} and ${isBehind})`;
}
