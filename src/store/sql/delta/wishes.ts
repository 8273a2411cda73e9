import { type SQL, sql } from 'drizzle-orm';
import { sumInTurn } from '../../../support/in-turn.ts';
import type { FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { toKept } from '../tables/kept-values.ts';
import { sameText, THEN_JOIN } from '../words.ts';
import { keptKeyIn, uniqueValues } from './erased.ts';

/** A unique field of contacts other than the e-mail address. */
export interface WishedField {
  readonly id: number;
  readonly column: string;
}

/*
 * Wishes by the values of unique fields. Triggers keep them together with the suppressions of
 * contacts where SQL sees two equal values; here values compare by their keys, as everywhere else.
 * A row has its key from the first time that rollcall looks at it.
 */

/** A unique field of contacts other than the e-mail address, and how its values compare. */
export interface WishField extends WishedField {
  readonly type: FieldType;
}

/** The fields whose values keep wishes. */
export async function wishedFields(db: SqlDatabase): Promise<WishField[]> {
  return (await uniqueValues(db)).filter(({ column }) => column !== 'email');
}

/** Those for whose values anything stands: most stores have none. */
export async function fieldsWithWishes(db: SqlDatabase): Promise<WishField[]> {
  if ((await db.get(sql`select 1 from value_suppressions limit 1`)) === undefined) return [];
  return wishedFields(db);
}

interface Heeding {
  /** A sub-select of `id`; by default those whom the log of changes names. */
  readonly contactIds?: SQL;
  /** The columns that may have other values than before; by default all. */
  readonly columns?: readonly string[];
}

/**
 * Gives contacts what stands for their values, however they are written. Gives how many
 * suppressions that makes.
 */
export async function heedWishes(
  db: SqlDatabase,
  { contactIds = db.ways.log.written, columns: written }: Heeding = {},
): Promise<number> {
  const fields = (await fieldsWithWishes(db)).filter(
    ({ column }) => written?.includes(column) ?? true,
  );
  return sumInTurn(fields, async (field) => heedWishesOf(db, field, contactIds));
}

/** The same for the values of one field. */
export async function heedWishesOf(
  db: SqlDatabase,
  field: WishField,
  contactIds: SQL,
): Promise<number> {
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    ${wishesAbout(field, contactIds)}
    order by 1, 2, 3
    on conflict do nothing`);
}

/** Selects what stands for the values of contacts, a sub-select of `id`, as suppressions of them. */
export function wishesAbout(field: WishField, contactIds: SQL): SQL {
  // rule: values-heeded
  return sql`
    with given as materialized (${keysOf(field, contactIds, sql`null as more`)})
    ${standingFor(field, sql`given.id, said.channel, said.reason, said.created_at`)}`;
}

/** What the values of these contacts compare by, with more about each of the rows `about`. */
function keysOf({ column, type }: WishField, rows: SQL, more: SQL): SQL {
  return sql`
    select c.id, ${keptKeyIn('c', column, type)} as key, ${more}
    from ${rows} as about
    ${THEN_JOIN} contacts as c on c.id = about.id
    where c.${name(column)} is not null`;
}

/** Selects what stands, as `said`, for the keys of the rows `given`. */
function standingFor({ id, type }: WishField, columns: SQL): SQL {
  return sql`
    select ${columns}
    from given
    ${THEN_JOIN} value_suppressions as said on said.field_id = ${id} and ${sameText(sql`said.key`, sql`given.key`)}
    union all
    select ${columns}
    from value_suppressions as said
    ${THEN_JOIN} given on given.key = unique_key(${type}, said.value)
    where said.field_id = ${id} and said.key is null`;
}

/**
 * Takes away what stands for the values of contacts: `lifted` is a sub-select of `id`, `channel`
 * and `reason`, of which null means any.
 */
export async function liftWishes(db: SqlDatabase, lifted: SQL): Promise<void> {
  for (const field of await fieldsWithWishes(db)) {
    const about = keysOf(field, lifted, sql`about.channel, about.reason`);
    const isMeant = sql`
      ${isOrAny(sql`channel`, sql`meant_channel`)} and ${isOrAny(sql`reason`, sql`meant_reason`)}`;
    // rule: values-lifted
    await db.run(sql`
      delete from value_suppressions
      where field_id = ${field.id} and (value, channel, reason) in (
        with given as materialized (${about})
        select value, channel, reason
        from (${standingFor(
          field,
          sql`said.value, said.channel, said.reason,
            given.channel as meant_channel, given.reason as meant_reason`,
        )}) as standing
        where ${isMeant}
      )`);
  }
}

/** Whether a column says this word, in any case; any will do where there is none. */
function isOrAny(column: SQL, word: SQL): SQL {
  return sql`(${word} is null or ${sameText(column, word)})`;
}

/** Takes away what stands for these keys, a sub-select of `key`; gives how much it was. */
export async function deleteWishes(
  db: SqlDatabase,
  field: WishField,
  keys: SQL,
  which: SQL = sql``,
): Promise<number> {
  return db.run(sql`
    delete from value_suppressions
    where field_id = ${field.id} and (value, channel, reason) in (
      ${wishesFor(field, keys, sql`said.value, said.channel, said.reason`)}
    ) ${which}`);
}

/** Selects of what stands, as `said`, for keys, a sub-select of `key`. */
export function wishesFor(field: WishField, keys: SQL, columns: SQL): SQL {
  return sql`with given as materialized (select key from ${keys} as keys) ${standingFor(field, columns)}`;
}

/** Notes for their values what stands for contacts by now, where no trigger did. */
export async function noteWishes(db: SqlDatabase): Promise<void> {
  for (const { id, column, type } of await wishedFields(db)) {
    const value = sql`contacts.${name(column)}`;
    // rule: wishes-noted
    await db.run(sql`
      insert into value_suppressions (field_id, value, channel, reason, created_at)
      select ${id}, ${toKept(type, value)}, said.channel, said.reason, said.created_at
      from suppressions as said
      join contacts on contacts.id = said.contact_id
      where ${value} is not null and ${isOfPerson(sql`said`)}
      order by 2, 3, 4
      on conflict do nothing`);
  }
}

/** A bounce is the e-mail address's own. */
export function isOfPerson(row: SQL): SQL {
  const [isEmail, isBounced] = [
    sameText(sql`${row}.channel`, sql`'email'`),
    sameText(sql`${row}.reason`, sql`'bounced'`),
  ];
  return sql`not (${isEmail} and ${isBounced})`;
}
