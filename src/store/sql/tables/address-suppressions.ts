import { type SQL, sql } from 'drizzle-orm';
import type { SuppressionSelection } from '../../records.ts';
import type { Value } from '../../rows.ts';
import type { Wish } from '../../suppressions.ts';
import { among, unsuppressContacts } from './suppressions.ts';
import { EMAIL, keyOf, oddKeys, oddValues } from './unique-columns.ts';
import type { SqlDatabase } from '../database.ts';
import { rowsOf, valuesOf } from '../sql-parts.ts';
import { caseless, NEVER, sameText, THEN_JOIN } from '../words.ts';

export async function addressesAmong(
  db: SqlDatabase,
  addresses: readonly Value[],
): Promise<Value[]> {
  return db.pluck<Value>(sql`
    with odd as materialized (select distinct key from ${ODD_ADDRESSES} as odd)
    select given.value
    from ${valuesOf(addresses, 'text')} as given
    where exists (
      select 1
      from address_suppressions
      where ${caseless(sql`address`)} in (
        ${caseless(sql`given.value`)}, ${keyOf(EMAIL, sql`given.value`)}
      )
    ) or ${keyOf(EMAIL, sql`given.value`)} in (select key from odd)`);
}

export async function addAddresses(db: SqlDatabase, wishes: readonly Wish[]): Promise<number> {
  const given = rowsOf(wishes, {
    address: 'text',
    channel: 'text',
    reason: 'text',
    createdAt: 'bigint',
  });
  const added = await db.run(sql`
    insert into address_suppressions (address, channel, reason, created_at)
    select said.address, said.channel, said.reason, said."createdAt"
    from ${given} as said
    order by 1, 2, 3
    on conflict do nothing`);
  // rule: wishes-to-contacts
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, said.channel, said.reason, said."createdAt"
    from ${given} as said
    ${THEN_JOIN} contacts on ${sameText(sql`contacts.email`, sql`said.address`)}
    order by 1, 2, 3
    on conflict do nothing`);
  return added;
}

/** The addresses that no trigger finds in another spelling, with what they compare by. */
export const ODD_ADDRESSES = sql`(
  select address, channel, reason, ${keyOf(EMAIL, sql`address`)} as key
  from address_suppressions
  where ${oddValues({ type: 'email', column: 'address' }) ?? NEVER}
)`;

/** Selects what stands for addresses that are the same in other letters, for who has these. */
export function oddWishes(): SQL {
  // rule: wishes-folded
  return sql`
    with
      odd_contacts as materialized (select id, key from ${oddKeys(EMAIL)} as odd),
      odd_addresses as materialized (select distinct address, key from ${ODD_ADDRESSES} as odd),
      meant as (
        select odd_contacts.id, odd_contacts.key as address from odd_contacts
        union
        select odd_contacts.id, odd_addresses.address from odd_contacts join odd_addresses using (key)
        union
        select contacts.id, odd_addresses.address
        from odd_addresses
        ${THEN_JOIN} contacts on ${sameText(sql`contacts.email`, sql`odd_addresses.key`)}
      )
    select meant.id, said.channel, said.reason, said.created_at
    from meant
    ${THEN_JOIN} address_suppressions as said
      on ${sameText(sql`said.address`, sql`meant.address`)}`;
}

export async function liftAddresses(
  db: SqlDatabase,
  addresses: readonly Value[],
  which: SuppressionSelection,
): Promise<number> {
  const given = valuesOf(addresses, 'text');
  const keys = sql`(select ${keyOf(EMAIL, sql`value`)} as key from ${given} as given)`;
  const lifted = await db.run(sql`
    delete from address_suppressions
    where ${caseless(sql`address`)} in (
      select ${caseless(sql`value`)} from ${given} as given
      union select key from ${keys} as keys
      union select ${caseless(sql`address`)} from ${ODD_ADDRESSES} as odd where odd.key in ${keys}
    ) ${among(which)}`);
  const holders = await db.pluck<number>(sql`
    select contacts.id
    from ${given} as given
    ${THEN_JOIN} contacts on ${sameText(sql`contacts.email`, sql`given.value`)}
    union select contacts.id from contacts where ${caseless(sql`email`)} in ${keys}
    union select id from ${oddKeys(EMAIL)} as odd where odd.key in ${keys}`);
  await unsuppressContacts(db, holders, which);
  return lifted;
}
