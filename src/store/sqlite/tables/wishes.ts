import { sql } from 'drizzle-orm';
import type { SuppressionsWriter, ValueSuppression, WishPage } from '../../suppressions.ts';
import { idSet, name, type SqliteDatabase } from '../connection/database.ts';
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

    among: async (field, values) =>
      field === 'email' ? addressesAmong(db, values) : valuesAmong(db, field, values),

    settle: async (contactIds) =>
      settleWaiting(db, contactIds === undefined ? UNSETTLED_CONTACTS : idSet(contactIds)),
    markSettled: async () => markSettled(db),

    add: async (wishes) => addAddresses(db, wishes),

    lift: async (field, values, which) =>
      field === 'email' ? liftAddresses(db, values, which) : liftValues(db, field, values, which),
  };
}

/** Qualified, since fields of contacts may be called so too. */
const KEY = sql`(said.value, said.channel, said.reason)`;

function listWishes(db: SqliteDatabase, { field, after, limit }: WishPage): ValueSuppression[] {
  const column = uniqueColumn(db, 'contacts', field);
  const beyond =
    after === undefined
      ? sql``
      : sql`where ${KEY} > (${after.value}, ${after.channel}, ${after.reason})`;
  return db.all<ValueSuppression>(sql`
    select
      said.value, said.channel, said.reason, said.created_at as "createdAt",
      contacts.id as "contactId"
    from ${wishesOf(column)} as said
    left join contacts on contacts.${name(field)} = said.value
    ${beyond}
    order by said.value, said.channel, said.reason
    limit ${limit}`);
}
