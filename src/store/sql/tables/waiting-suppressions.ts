import { type SQL, sql } from 'drizzle-orm';
import { filterInTurn, inTurn, someInTurn } from '../../../support/in-turn.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import {
  ALWAYS,
  BY_KEY,
  caseless,
  INTEGER,
  NEVER,
  ofStore,
  sameText,
  TEMP,
  TEXT,
  THEN_JOIN,
} from '../words.ts';
import { keptKeyIn, ofErased, uniqueValues, type UniqueOfContacts } from '../delta/erased.ts';
import { fieldsWithWishes, isOfPerson, type WishField, wishesAbout } from '../delta/wishes.ts';
import { oddWishes } from './address-suppressions.ts';
import { fromKept } from './kept-values.ts';
import {
  hasPlainKey,
  keyOf,
  oddKeys,
  oddValues,
  sameValue,
  type UniqueColumn,
} from './unique-columns.ts';

/*
 * What another program wrote may have to be given to contacts yet: what stands for their values in
 * other letters, which no trigger can see, and who was erased and came back. Whoever writes settles
 * it; whoever only reads sees them as they will be then: see `waiting-shown.ts`.
 */

/**
 * Lets what stands for addresses and for other unique values hold for who has them, however they
 * are written, and suppresses who was erased. `changed`, a sub-select of `id`, are the contacts that
 * may have come by other values, and `back` those that may have been brought back. Gives how many
 * suppressions that makes.
 */
export async function settleWaiting(
  db: SqlDatabase,
  changed: SQL,
  back: SQL = changed,
): Promise<number> {
  const found = await gatherWaiting(db, changed, back);
  if (found > 0)
    await db.run(sql`
      insert into suppressions (contact_id, channel, reason, created_at)
      select contact_id, channel, reason, created_at
      from ${TEMP}.waiting
      order by contact_id, channel, reason
      on conflict do nothing`);
  for (const field of await fieldsWithWishes(db)) await markHeeded(db, field);
  return found;
}

/** What is noted by now for a value was given to all who have it. */
async function markHeeded(db: SqlDatabase, { id, type }: WishField): Promise<void> {
  if (!(await isAnyFresh(db, id))) return;
  await db.run(sql`
    update value_suppressions
    set key = ${keyOf({ type }, sql`value`)}
    where field_id = ${id} and key is null`);
}

/**
 * Fills `temp.waiting`, and gives how many they are. What comes to somebody by one value holds for
 * all of their values, and so for others who have one of these in other letters: `turn` counts how
 * often it was handed on.
 */
export async function gatherWaiting(db: SqlDatabase, changed: SQL, back: SQL): Promise<number> {
  const sources = await sourcesOf(db, changed, back);
  if (!(await someInTurn(sources, async (source) => isAnyUnknown(db, source)))) return 0;
  await db.run(WAITING);
  await db.run(sql`delete from ${TEMP}.waiting`);
  let found = await gatherAll(db, sources, 0);
  for (let turn = 0, last = found; last > 0; turn += 1) {
    const twins = (await uniqueValues(db)).map((column) => twinsOf(column, turn));
    last = await gatherAll(db, twins, turn + 1);
    found += last;
  }
  return found;
}

const WAITING = sql`
  create temp table if not exists waiting (
    contact_id ${INTEGER} not null,
    channel ${TEXT} not null,
    reason ${TEXT} not null,
    created_at ${INTEGER} not null,
    turn ${INTEGER} not null,
    primary key (contact_id, channel, reason)
  ) ${BY_KEY}`;

/** What stands, as suppressions of contacts, whether these have them or not. */
async function sourcesOf(db: SqlDatabase, changed: SQL, back: SQL): Promise<SQL[]> {
  const fields = await fieldsWithWishes(db);
  const erased = await ofErased(db, back);
  return [
    ...((await isAnyAddress(db)) ? [oddWishes()] : []),
    ...fields.map((field) => wishesAbout(field, changed)),
    ...(await inTurn(
      await filterInTurn(fields, async ({ id }) => isAnyFresh(db, id)),
      async (field) => freshWishes(db, field),
    )),
    ...(erased === undefined ? [] : [erased]),
  ];
}

async function isAnyAddress(db: SqlDatabase): Promise<boolean> {
  return (await db.get(sql`select 1 from address_suppressions limit 1`)) !== undefined;
}

/** Whether anything was noted for values of the field since the last time. */
async function isAnyFresh(db: SqlDatabase, fieldId: number): Promise<boolean> {
  const fresh = await db.get(sql`
    select 1 from value_suppressions where field_id = ${fieldId} and key is null limit 1`);
  return fresh !== undefined;
}

async function isAnyUnknown(db: SqlDatabase, source: SQL): Promise<boolean> {
  return (await db.get(sql`${unknownOf(source, sql`1`)} limit 1`)) !== undefined;
}

async function gatherAll(db: SqlDatabase, sources: readonly SQL[], turn: number): Promise<number> {
  const columns = sql`found.id, found.channel, found.reason, found.created_at, ${turn}`;
  const gathered = await inTurn(sources, async (source) =>
    db.run(sql`
      insert into ${TEMP}.waiting (contact_id, channel, reason, created_at, turn)
      ${unknownOf(source, columns)}
      order by 1, 2, 3, 4
      on conflict do nothing`),
  );
  return gathered.reduce((sum, count) => sum + count, 0);
}

/** Whether the row `known` says the same as this one, in any case. */
export function isAlike(row: SQL): SQL {
  return sql`${sameText(sql`known.channel`, sql`${row}.channel`)}
    and ${sameText(sql`known.reason`, sql`${row}.reason`)}`;
}

/** Selects what contacts do not have yet. */
function unknownOf(source: SQL, columns: SQL): SQL {
  return sql`
    with found (id, channel, reason, created_at) as (${source})
    select ${columns}
    from found
    where not exists (
      select 1
      from ${ofStore(sql`suppressions`)} as known
      where known.contact_id = found.id and ${isAlike(sql`found`)}
    )`;
}

/** Selects what was noted since the last time, for who had such a value before. */
async function freshWishes(db: SqlDatabase, { id, column, type }: WishField): Promise<SQL> {
  const unique: UniqueColumn = { table: 'contacts', column, type };
  const fresh = sql`
    select min(channel) as channel, min(reason) as reason, min(created_at) as created_at, key
    from (
      select channel, reason, created_at, ${keyOf(unique, sql`value`)} as key
      from value_suppressions
      where field_id = ${id} and key is null
    ) as fresh
    group by key, ${caseless(sql`channel`)}, ${caseless(sql`reason`)}`;
  // rule: values-fresh
  return forHolders(unique, fresh, type !== 'phone' || (await isAnyForeign(db, id, unique)));
}

/**
 * Whether something was noted by others than the triggers that note what is said of a contact: what
 * these note nobody else hears of who has the same number in other digits.
 */
async function isAnyForeign(
  db: SqlDatabase,
  fieldId: number,
  { column, type }: UniqueColumn,
): Promise<boolean> {
  const foreign = await db.get(sql`
    select 1
    from value_suppressions as said
    where said.field_id = ${fieldId} and said.key is null and not exists (
      select 1
      from contacts
      ${THEN_JOIN} ${ofStore(sql`suppressions`)} as known
        on known.contact_id = contacts.id and ${isAlike(sql`said`)}
      where ${sameValue(type, sql`contacts.${name(column)}`, fromKept(type, sql`said.value`))}
    )
    limit 1`);
  return foreign !== undefined;
}

/** Selects what came to contacts in a turn, for others who have such a value in other letters. */
function twinsOf({ column, type }: UniqueOfContacts, turn: number): SQL {
  const said = sql`
    select said.channel, said.reason, said.created_at, ${keptKeyIn('c', column, type)} as key
    from ${TEMP}.waiting as said
    ${THEN_JOIN} contacts as c on c.id = said.contact_id
    where said.turn = ${turn} and c.${name(column)} is not null
      and ${column === 'email' ? ALWAYS : isOfPerson(sql`said`)}`;
  // rule: wishes-handed-on
  return forHolders({ table: 'contacts', column, type }, said, type !== 'phone');
}

/**
 * Selects what is `said`, with the key of a value as it is kept, as suppressions of who has such a value. Phones
 * are odd more often than not, so that they are looked through only where something may be found.
 */
function forHolders(column: UniqueColumn, said: SQL, seesOdd: boolean): SQL {
  const columns = sql`said.channel, said.reason, said.created_at`;
  const odd =
    seesOdd && oddValues(column) !== undefined
      ? oddKeys(column)
      : sql`(select cast(null as bigint) as id, '' as key where ${NEVER})`;
  return sql`
    with
      said as materialized (${said}),
      odd as materialized (select id, key from ${odd} as odd)
    select contacts.id, ${columns}
    from said
    ${THEN_JOIN} contacts
      on ${hasPlainKey(column, 'contacts', fromKept(column.type, sql`said.key`))}
    union all
    select odd.id, ${columns}
    from said
    join odd on odd.key = said.key`;
}
