import { createHmac } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { FieldType } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../connection/sql-parts.ts';

/*
 * Who was erased is known by hashes of the unique values, made with a key that is in the store: it
 * keeps from reading who that was, not from guessing. Whoever comes back is known by any of them.
 */

/** Whether anybody was erased: where nobody was, nothing is computed. */
export async function isAnybodyErased(db: SqliteDatabase): Promise<boolean> {
  if ((await db.get(sql`select 1 from erased limit 1`)) === undefined) return false;
  registerHash(db);
  return true;
}

/** Only who asks for hashes needs the function. An empty value, as SQL can write it, is nobody's. */
export function registerHash(db: SqliteDatabase): void {
  db.onceInTransaction('person_hash', () =>
    db.raw.function(
      'person_hash',
      { deterministic: true },
      (key: Buffer, column: string, value: string | number | null) =>
        // rule: erased-nothing
        value === null || value === '' ? null : personHash(key, column, String(value)),
    ),
  );
}

function personHash(key: Buffer, column: string, value: string): string {
  return createHmac('sha256', key).update(`${column}\0${value}`).digest('hex');
}

/** Since when the person is erased who has this key of a unique column; null if nobody is. */
export function erasedSince(column: string, key: SQL): SQL {
  return sql`(
    select min(erased.erased_at)
    from erased_key
    cross join erased on erased.hash = person_hash(erased_key.key, ${column}, ${key})
  )`;
}

/** A unique column of contacts, with the field that makes it. */
export interface UniqueOfContacts {
  readonly id: number;
  readonly column: string;
  readonly type: FieldType;
}

/** The unique columns of contacts but for the id; of a field that lost its column to SQL there is none. */
export async function uniqueValues(db: SqliteDatabase): Promise<UniqueOfContacts[]> {
  const fields = await db.all<UniqueOfContacts>(sql`
    select id, alias as "column", type
    from fields
    where object = 'contact' and is_unique = 1 and alias <> 'id'
    order by id`);
  const names = fields.map(({ column }) => sql`${column.toLowerCase()}`);
  const columns = await db.pluck<string>(sql`
    select lower(name)
    from pragma_table_xinfo('contacts')
    where lower(name) in (${sql.join(names, sql`, `)})`);
  return fields.filter(({ column }) => columns.includes(column.toLowerCase()));
}

/** What a value of a unique column of this type compares by, of a row known as `alias`. */
export function keyIn(alias: string, column: string, type: string): SQL {
  return sql`unique_key(${type}, ${name(alias)}.${name(column)})`;
}

/** In which channels nobody reaches who was erased and came back. */
const CHANNELS = ['email', 'sms', 'phone', 'post', 'push', 'whatsapp'];

/**
 * Suppresses those of these contacts, a sub-select of `id`, who were erased before: only another
 * program can have brought them back. Gives how many suppressions that makes.
 */
export async function suppressErased(
  db: SqliteDatabase,
  contactIds: SQL = LOGGED_CONTACTS,
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
export async function ofErased(db: SqliteDatabase, contactIds: SQL): Promise<SQL | undefined> {
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
      cross join contacts as c on c.id = logged.id
    ) as back
    cross join json_each(${JSON.stringify(CHANNELS)}) as channels
    where back.since is not null`;
}

/** Those whom the log of changes names; nothing else remembers who came. */
export const LOGGED_CONTACTS = sql`(
  select distinct id from contact_changes where kind in ('exists', 'profile')
)`;

/** Those of them who changed since all that waits was settled, see `markSettled`. */
export const UNSETTLED_CONTACTS = sql`(
  select distinct id
  from contact_changes
  where kind in ('exists', 'profile') and epoch >= coalesce(
    (
      select pruned_before
      from capture_kinds, capture
      where capture_kinds.kind = 'settled' and pruned_before <= capture.epoch
    ),
    0
  )
)`;

/** For when the log cannot be trusted. */
export const EVERY_CONTACT = sql`(select id from contacts)`;
