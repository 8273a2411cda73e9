import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { CarriedSuppressions } from '../../backups.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { anyOf, name } from '../../sql/sql-parts.ts';
import { EVERY_CONTACT } from '../../sql/delta/erased.ts';
import { heedWishesOf, isOfPerson } from '../../sql/delta/wishes.ts';
import { forgetHeldWishes } from '../../sql/tables/fields.ts';
import { settleWaiting } from '../../sql/tables/waiting-suppressions.ts';
import { gatherSaid } from './said.ts';
import { findSamePersons } from './same-persons.ts';
import { hadTable, REPLACED, type SharedField, sharedFields } from './shared-fields.ts';

const from = name(REPLACED);

/**
 * Sets every suppression that the replaced store has, for each of its reasons, for everybody who
 * may be the person it was said of. What was lifted since the backup is not lifted again.
 */
export async function carrySuppressions(db: SqliteDatabase): Promise<CarriedSuppressions> {
  const fields = await sharedFields(db);
  const carriers = fields.filter(({ isUnique, wasUnique }) => isUnique || wasUnique);
  await gatherSaid(db, fields);
  await findSamePersons(db, fields);
  const carried = await carryToPersons(db);
  // rule: restore-folded
  const byValue =
    (await carryValues(db, fields)) +
    (await carryAddresses(db)) +
    (await settleWaiting(db, EVERY_CONTACT, db.ways.log.written));
  const notCarried = {
    unplaced: await countUnplaced(db, carriers),
    fieldless: await countFieldless(db),
  };
  await db.run(sql`drop table temp.same_person`);
  await db.run(sql`drop table temp.said`);
  return { carried: carried + byValue, ...notCarried };
}

/** A bounce is the address's own, and goes with that. */
async function carryToPersons(db: SqliteDatabase): Promise<number> {
  // rule: restore-reasons
  return db.run(sql`
    insert into main.suppressions (contact_id, channel, reason, created_at)
    select same_person.contact_id, said.channel, said.reason, min(said.created_at)
    from temp.same_person
    join temp.said on said.contact_id = same_person.former_id
    where same_person.itself = 1 or ${isOfPerson(sql`said`)}
    group by same_person.contact_id, said.channel, said.reason
    order by 1, 2, 3
    on conflict do nothing`);
}

/** How much stood for contacts that are not there and have no value to wait by. */
async function countUnplaced(
  db: SqliteDatabase,
  carriers: readonly SharedField[],
): Promise<number> {
  const isKnown = carriers
    .filter(({ column }) => column !== 'email')
    .map(({ column }) => sql`former.${name(column)} is not null`);
  const waits = sql`
    former.email is not null or (${anyOf([sql`0`, ...isKnown])}) and ${isOfPerson(sql`said`)}`;
  return db.value<number>(sql`
    select count(*)
    from temp.said
    join ${from}.contacts as former on former.id = said.contact_id
    where not (${waits}) and former.id not in (select former_id from temp.same_person)`);
}

/** What waits for values of fields that are not there, by these; contacts have their own. */
async function countFieldless(db: SqliteDatabase): Promise<CarriedSuppressions['fieldless']> {
  if (!(await hadTable(db, 'value_suppressions'))) return [];
  const fields = await db.all<{ id: number; column: string }>(sql`
    select former.id, columns.name as "column"
    from ${from}.fields as former
    join pragma_table_xinfo('contacts', ${REPLACED}) as columns
      on columns.name = former.alias collate nocase
    where former.object = 'contact' and former.alias collate nocase not in (
      select alias from main.fields where object = 'contact'
    )
    order by former.alias`);
  const counted = await inTurn(fields, async ({ id, column }) => {
    return { field: column, suppressions: await countWaiting(db, id, column) };
  });
  return counted.filter(({ suppressions }) => suppressions > 0);
}

async function countWaiting(db: SqliteDatabase, fieldId: number, column: string): Promise<number> {
  // rule: restore-fieldless
  return db.value<number>(sql`
    select count(*)
    from ${from}.value_suppressions as waiting
    where waiting.field_id = ${fieldId} and not exists (
      select 1
      from ${from}.contacts as former
      join temp.said on said.contact_id = former.id
      where former.${name(column)} = waiting.value
        and said.channel = waiting.channel and said.reason = waiting.reason
    )`);
}

/**
 * Carries over what stands for addresses, and gives it to who has them; gives how many suppressions
 * of contacts that makes. What stood for a contact that is no more waits for its address.
 */
async function carryAddresses(db: SqliteDatabase): Promise<number> {
  const said = sql`
    select former.email as address, said.channel, said.reason, said.created_at
    from temp.said
    join ${from}.contacts as former on former.id = said.contact_id
    where former.email is not null`;
  const listed = (await hadTable(db, 'address_suppressions'))
    ? sql`union all select address, channel, reason, created_at from ${from}.address_suppressions`
    : sql``;
  // rule: restore-addresses
  await db.run(sql`
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

/**
 * The same of values of other fields. Where a field is unique in the one store alone, who has such a
 * value now is not to be reached either; where it is so in none, what stands goes on waiting.
 */
async function carryValues(db: SqliteDatabase, fields: readonly SharedField[]): Promise<number> {
  let given = 0;
  for (const field of fields) {
    if (field.column === 'email') continue;
    const { isUnique, wasUnique } = field;
    await carryValuesOf(db, field);
    if (isUnique || !wasUnique) continue; // those that are unique are settled together
    given += await heedWishesOf(db, field, EVERY_CONTACT);
    await forgetHeldWishes(db, { ...field, object: 'contact', alias: field.column });
  }
  return given;
}

async function carryValuesOf(db: SqliteDatabase, field: SharedField): Promise<void> {
  const value = sql`former.${name(field.column)}`;
  const isCarrier = field.isUnique || field.wasUnique;
  const said = sql`
    select ${value} as value, said.channel, said.reason, said.created_at
    from temp.said
    join ${from}.contacts as former on former.id = said.contact_id
    where ${isCarrier ? 1 : 0} and ${value} is not null and ${isOfPerson(sql`said`)}`;
  const listed = (await hadTable(db, 'value_suppressions'))
    ? sql`
        union all
        select value, channel, reason, created_at
        from ${from}.value_suppressions
        where field_id = ${field.formerId}`
    : sql``;
  // rule: restore-values
  await db.run(sql`
    insert into main.value_suppressions (field_id, value, channel, reason, created_at)
    select ${field.id}, value, channel, reason, min(created_at)
    from (${said} ${listed})
    group by value collate nocase, channel, reason
    on conflict do nothing`);
}
