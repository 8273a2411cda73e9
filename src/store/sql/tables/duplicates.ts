import { type SQL, sql } from 'drizzle-orm';
import type { AlikeContacts, DuplicateKind, DuplicateQuery, Shared } from '../../duplicates.ts';
import type { SqlDatabase } from '../database.ts';
import { ALWAYS, bytewise, spelled } from '../words.ts';

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

/** The ids of a group as text, `[1,2]`. */
const IDS = bytewise(sql`'[' || string_agg(cast(id as text), ',' order by id) || ']'`);

/** What a group has in common, as JSON: `[[kind, key]]`. */
const SHARED = spelled(
  sql`json_group_array(json_array(kind, key) order by kind, key)`,
  sql`jsonb_agg(jsonb_build_array(kind, key) order by kind, key)`,
);

/** Reads all contacts once. Contacts that have several things in common are one row. */
export async function listDuplicates(
  db: SqlDatabase,
  { kinds, after, limit }: DuplicateQuery,
): Promise<AlikeContacts[]> {
  const keys = kinds.map(
    (kind, place) => sql`select ${place} as kind, id, key from (${KEYS[kind]}) as keyed`,
  );
  const rows = await db.all<{ ids: string; shared: string }>(sql`
    with
      keys as (${sql.join(keys, sql` union all `)}),
      alike as (
        select kind, key, min(id) as first, ${IDS} as ids
        from keys
        where key <> ''
        group by kind, key
        having count(*) > 1
      )
    select ids, ${SHARED} as shared
    from alike
    where ${behind(after)}
    group by first, ids
    order by first, ids
    limit ${limit}`);
  return rows.map(({ ids, shared }) => ({
    ids: JSON.parse(ids) as number[],
    shared: (JSON.parse(shared) as [number, string][]).flatMap(([place, value]): Shared[] => {
      const by = kinds[place];
      return by === undefined ? [] : [{ by, value }];
    }),
  }));
}

function behind(after: readonly number[] | undefined): SQL {
  const [first] = after ?? [];
  return first === undefined ? ALWAYS : sql`(first, ids) > (${first}, ${JSON.stringify(after)})`;
}
