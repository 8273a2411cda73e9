import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet, name } from '../../sql/sql-parts.ts';
import {
  erasedSince,
  isAnybodyErased,
  keyIn,
  type UniqueOfContacts,
  uniqueValues,
} from '../../sql/delta/erased.ts';
import { eraseContacts } from '../../sql/tables/erase-contacts.ts';
import { forgetFormer, hashOfId, type KnownValue } from '../../sql/tables/erase-values.ts';
import { forgetWishes } from '../../sql/tables/erase-wishes.ts';
import { eraseFromAudit } from '../../sql/tables/erase-audit.ts';
import { hadTable, REPLACED, sharedFields } from './shared-fields.ts';

interface ErasedAgain {
  readonly contacts: number;
  /** Of contacts that stay, or of nobody. */
  readonly values: number;
  /** There was anything to erase: then the file must be scoured. */
  readonly isAny: boolean;
}

const NOTHING: ErasedAgain = { contacts: 0, values: 0, isAny: false };

/**
 * Erases whom the replaced store knows to be erased from the one that takes its place, which has
 * their hashes from then on.
 */
export async function eraseAgain(db: SqliteDatabase): Promise<ErasedAgain> {
  const from = name(REPLACED);
  if (!(await hadTable(db, 'erased_key'))) return NOTHING;
  await forgetReadmitted(db);
  // rule: restore-erased
  await db.run(sql`
    insert into main.erased_key (key)
    select key from ${from}.erased_key where key not in (select key from main.erased_key)
    order by id`);
  await db.run(sql`
    insert into main.erased (hash, erased_at)
    select hash, erased_at from ${from}.erased where 1
    on conflict do nothing`);
  if (!(await isAnybodyErased(db))) return NOTHING;
  return eraseKnown(db);
}

/** Hashes only become more by restores: one that the replaced store lacks was taken back there. */
async function forgetReadmitted(db: SqliteDatabase): Promise<void> {
  const from = name(REPLACED);
  // rule: restore-readmitted
  await db.run(sql`
    delete from main.erased
    where hash not in (select hash from ${from}.erased) and not exists (
      select 1 from main.erased_key where key not in (select key from ${from}.erased_key)
    )`);
}

async function eraseKnown(db: SqliteDatabase): Promise<ErasedAgain> {
  const people = await erasedPeople(db);
  const now = Math.max(...people.map((one) => one.since));
  const contactIds = people.map(({ id }) => id);
  if (people.length > 0) await eraseContacts(db, { contactIds, now, by: null }, true);
  const values = await forgetErased(db, await takeErased(db));
  const contacts = people.length;
  return { contacts, ...values, isAny: contacts > 0 || values.isAny };
}

/**
 * Those who have a value or an id of somebody who was erased; not those who are in the replaced
 * store by what is theirs there: a value that they had at the time of the backup was another's
 * when that one was erased.
 */
async function erasedPeople(db: SqliteDatabase): Promise<{ id: number; since: number }[]> {
  const since = (await uniqueValues(db)).map(({ column, type }) =>
    erasedSince(column, keyIn('c', column, type)),
  );
  // rule: restore-erased-ids
  const sinceById = sql`(
    select min(erased.erased_at)
    from erased_key
    cross join erased on erased.hash = ${hashOfId(sql`erased_key.key`, sql`c`)}
  )`;
  return db.all<{ id: number; since: number }>(sql`
    select id, since
    from (
      select c.id, coalesce(${sql.join([...since, sinceById], sql`, `)}) as since
      from main.contacts as c
      where not exists (${await living(db)})
    )
    where since is not null
    order by id`);
}

/** The same contact in the replaced store, if it is nobody there who was erased. */
async function living(db: SqliteDatabase): Promise<SQL> {
  const since = (await sharedFields(db))
    .filter(({ isUnique, wasUnique }) => isUnique && wasUnique)
    .map(({ column, type }) => erasedSince(column, keyIn('living', column, type)));
  // rule: restore-living
  return sql`
    select 1
    from ${name(REPLACED)}.contacts as living
    where living.id = c.id and living.created_at = c.created_at
      and coalesce(${sql.join([...since, sql`null`, sql`null`], sql`, `)}) is null`;
}

/**
 * Takes from who is there in the replaced store too what they no longer have there and what was
 * erased since, alone or as somebody else's; gives what that was.
 */
async function takeErased(db: SqliteDatabase): Promise<KnownValue[]> {
  return (
    await inTurn(await uniqueValues(db), async ({ id: fieldId, column, type }) => {
      const taken = await db.all<{ id: number; value: KnownValue['value'] }>(sql`
      select c.id, ${name(column)} as value
      from main.contacts as c
      where c.${name(column)} is not null
        and ${erasedSince(column, keyIn('c', column, type))} is not null
      order by c.id`);
      // rule: restore-erased-values
      await db.run(sql`
      update main.contacts set ${name(column)} = null where id in ${idSet(taken.map(({ id }) => id))}`);
      return taken.map(({ value }) => ({ fieldId, column, type, value }));
    })
  ).flat();
}

/** Forgets what is said of these values, and of all others by which nobody is known any more. */
async function forgetErased(
  db: SqliteDatabase,
  taken: readonly KnownValue[],
): Promise<Pick<ErasedAgain, 'values' | 'isAny'>> {
  const said = (await inTurn(await uniqueValues(db), async (field) => saidOf(db, field))).flat();
  const rows =
    (await forgetWishes(db, said)) +
    (await forgetFormer(db, said)) +
    (await eraseFromAudit(db, said)).length;
  const nameOf = ({ column, value }: KnownValue): string => `${column}=${value}`;
  const values = new Set([...taken, ...said].map(nameOf)).size;
  return { values, isAny: rows + taken.length > 0 };
}

/** The values of a field that the store speaks of, and of which nobody is left. */
async function saidOf(
  db: SqliteDatabase,
  { id: fieldId, column, type }: UniqueOfContacts,
): Promise<KnownValue[]> {
  const ofAddresses = sql`
    union select address from main.address_suppressions
    union
    select said.value
    from main.audit
    cross join json_each(iif(json_valid(detail), detail, '{}'), '$.addresses') as said`;
  const values = await db.pluck<KnownValue['value']>(sql`
    select value
    from (
      select value from main.value_suppressions where field_id = ${fieldId}
      union select value from main.former_values where field_id = ${fieldId}
      ${column === 'email' ? ofAddresses : sql``}
    ) as said
    where ${erasedSince(column, sql`unique_key(${type}, said.value)`)} is not null
    order by value`);
  return values.map((value) => ({ fieldId, column, type, value }));
}
