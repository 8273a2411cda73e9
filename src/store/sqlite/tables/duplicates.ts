import { type SQL, sql } from 'drizzle-orm';
import type { DuplicateKind, DuplicateQuery, AlikeContacts } from '../../duplicates.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/**
 * What contacts have in common, as filters compare: names without regard to case and blanks, phones
 * and mobiles by their digits, addresses also in punycode.
 */
const KEYS: Readonly<Record<DuplicateKind, SQL>> = {
  email: sql`select id, unique_key('email', email) as key from contacts where email is not null`,
  phone: sql`
    select id, unique_key('phone', phone) as key from contacts where phone is not null
    union
    select id, unique_key('phone', mobile) from contacts where mobile is not null`,
  name: sql`
    select id, unique_key('text', first_name) || ' ' || unique_key('text', last_name) as key
    from contacts
    where trim(first_name) <> '' and trim(last_name) <> ''`,
};

/** Reads all contacts once. */
export function listDuplicates(
  db: SqliteDatabase,
  { by, after, limit }: DuplicateQuery,
): AlikeContacts[] {
  const rows = db.all<{ key: string; ids: string }>(sql`
    select key, json_group_array(id) as ids
    from (${KEYS[by]} order by key, id)
    where key <> '' ${after === undefined ? sql`` : sql`and key > ${after}`}
    group by key
    having count(*) > 1
    order by key
    limit ${limit}`);
  return rows.map(({ key, ids }) => ({ key, ids: JSON.parse(ids) as number[] }));
}
