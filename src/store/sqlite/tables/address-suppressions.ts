import { type SQL, sql } from 'drizzle-orm';
import type { SuppressionSelection } from '../../records.ts';
import type { Value } from '../../rows.ts';
import type { Wish } from '../../suppressions.ts';
import { among, unsuppressContacts } from './suppressions.ts';
import { EMAIL, keyOf, oddKeys, oddValues } from './unique-columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../connection/sql-parts.ts';

export async function addressesAmong(
  db: SqliteDatabase,
  addresses: readonly Value[],
): Promise<Value[]> {
  return db.pluck<Value>(sql`
    with odd as materialized (select distinct key from ${ODD_ADDRESSES})
    select given.value
    from ${valuesOf(addresses)} as given
    where exists (
      select 1
      from address_suppressions
      where address in (given.value, ${keyOf(EMAIL, sql`given.value`)})
    ) or ${keyOf(EMAIL, sql`given.value`)} in (select key from odd)`);
}

export async function addAddresses(db: SqliteDatabase, wishes: readonly Wish[]): Promise<number> {
  const given = sql`(
    select
      value ->> 'address' as address, value ->> 'channel' as channel, value ->> 'reason' as reason,
      value ->> 'createdAt' as created_at
    from json_each(${JSON.stringify(wishes)})
  )`;
  const added = await db.run(sql`
    insert into address_suppressions (address, channel, reason, created_at)
    select address, channel, reason, created_at
    from ${given}
    order by address, channel, reason
    on conflict do nothing`);
  // rule: wishes-to-contacts
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, said.channel, said.reason, said.created_at
    from ${given} as said
    cross join contacts on contacts.email = said.address
    order by 1, 2, 3
    on conflict do nothing`);
  return added;
}

/** The addresses that no trigger finds in another spelling, with what they compare by. */
export const ODD_ADDRESSES = sql`(
  select address, channel, reason, ${keyOf(EMAIL, sql`address`)} as key
  from address_suppressions
  where ${sql.raw(String(oddValues({ type: 'email', column: 'address' })))}
)`;

/** Selects what stands for addresses that are the same in other letters, for who has these. */
export function oddWishes(): SQL {
  // rule: wishes-folded
  return sql`
    with
      odd_contacts as materialized (select id, key from ${oddKeys(EMAIL)}),
      odd_addresses as materialized (select distinct address, key from ${ODD_ADDRESSES}),
      meant as (
        select odd_contacts.id, odd_contacts.key as address from odd_contacts
        union
        select odd_contacts.id, odd_addresses.address from odd_contacts join odd_addresses using (key)
        union
        select contacts.id, odd_addresses.address
        from odd_addresses
        cross join contacts on contacts.email = odd_addresses.key
      )
    select meant.id, said.channel, said.reason, said.created_at
    from meant
    cross join address_suppressions as said on said.address = meant.address`;
}

export async function liftAddresses(
  db: SqliteDatabase,
  addresses: readonly Value[],
  which: SuppressionSelection,
): Promise<number> {
  const keys = sql`(select ${keyOf(EMAIL, sql`value`)} from ${valuesOf(addresses)})`;
  const lifted = await db.run(sql`
    delete from address_suppressions
    where address in (
      select value from ${valuesOf(addresses)}
      union select * from ${keys}
      union select address from ${ODD_ADDRESSES} as odd where odd.key in ${keys}
    ) ${among(which)}`);
  const holders = await db.pluck<number>(sql`
    select contacts.id
    from ${valuesOf(addresses)} as given
    cross join contacts on contacts.email = given.value
    union select contacts.id from contacts where email in ${keys}
    union select id from ${oddKeys(EMAIL)} as odd where odd.key in ${keys}`);
  await unsuppressContacts(db, holders, which);
  return lifted;
}
