import { type SQL, sql } from 'drizzle-orm';
import type { FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name, valuesOf } from '../sql-parts.ts';
import { toKept } from '../tables/kept-values.ts';
import { spelled, THEN_JOIN } from '../words.ts';

/*
 * Who was erased is known by hashes of the unique values, made with a key that is in the store: it
 * keeps from reading who that was, not from guessing. Whoever comes back is known by any of them.
 */

/** Whether anybody was erased: where nobody was, nothing is computed. */
export async function isAnybodyErased(db: SqlDatabase): Promise<boolean> {
  return (await db.get(sql`select 1 from erased limit 1`)) !== undefined;
}

/** Since when the person is erased who has this key of a unique column; null if nobody is. */
export function erasedSince(column: string, key: SQL): SQL {
  return sql`(
    select min(erased.erased_at)
    from erased_key
    ${THEN_JOIN} erased on erased.hash = person_hash(erased_key.key, ${column}, ${key})
  )`;
}

/** A unique column of contacts, with the field that makes it. */
export interface UniqueOfContacts {
  readonly id: number;
  readonly column: string;
  readonly type: FieldType;
}

const COLUMNS_OF_CONTACTS = spelled(
  sql`pragma_table_xinfo('contacts')`,
  sql`(
    select attname::text as name
    from pg_attribute
    where attrelid = 'contacts'::regclass and attnum > 0 and not attisdropped
  )`,
);

/** The unique columns of contacts but for the id; of a field that lost its column to SQL there is none. */
export async function uniqueValues(db: SqlDatabase): Promise<UniqueOfContacts[]> {
  const fields = await db.all<UniqueOfContacts>(sql`
    select id, alias as "column", type
    from fields
    where object = 'contact' and is_unique = 1 and alias <> 'id'
    order by id`);
  if (fields.length === 0) return [];
  const listed = fields.map(({ column }) => sql`${column.toLowerCase()}`);
  const columns = await db.pluck<string>(sql`
    select lower(name)
    from ${COLUMNS_OF_CONTACTS} as columns
    where lower(name) in (${sql.join(listed, sql`, `)})`);
  return fields.filter(({ column }) => columns.includes(column.toLowerCase()));
}

/** What a value of a unique column of this type compares by, of a row known as `alias`. */
export function keyIn(alias: string, column: string, type: string): SQL {
  return sql`unique_key(${type}, ${name(alias)}.${name(column)})`;
}

/** The same by the value as it is kept for wishes, whose keys are all of one type. */
export function keptKeyIn(alias: string, column: string, type: FieldType): SQL {
  return sql`unique_key(${type}, ${toKept(type, sql`${name(alias)}.${name(column)}`)})`;
}

/** In which channels nobody reaches who was erased and came back. */
const CHANNELS = ['email', 'sms', 'phone', 'post', 'push', 'whatsapp'];

/**
 * Suppresses those of these contacts, a sub-select of `id`, who were erased before: only another
 * program can have brought them back. Gives how many suppressions that makes.
 */
export async function suppressErased(
  db: SqlDatabase,
  contactIds: SQL = db.ways.log.written,
): Promise<number> {
  const suppressed = await ofErased(db, contactIds);
  if (suppressed === undefined) return 0;
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    ${suppressed}
    order by 1, 2
    on conflict do nothing`);
}

/** The suppressions of those who were erased before, to be selected; undefined where nobody was. */
export async function ofErased(db: SqlDatabase, contactIds: SQL): Promise<SQL | undefined> {
  if (!(await isAnybodyErased(db))) return undefined;
  const since = (await uniqueValues(db)).map(({ column, type }) =>
    erasedSince(column, keyIn('c', column, type)),
  );
  // rule: erased-suppressed
  return sql`
    select back.id, channels.value as channel, 'manual' as reason, back.since as created_at
    from (
      select c.id, coalesce(${sql.join([...since, sql`null`], sql`, `)}) as since
      from ${contactIds} as logged
      ${THEN_JOIN} contacts as c on c.id = logged.id
    ) as back
    cross join ${valuesOf(CHANNELS, 'text')} as channels
    where back.since is not null`;
}

/** For when the log cannot be trusted. */
export const EVERY_CONTACT = sql`(select id from contacts)`;
