import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';
import { idSet, name } from '../sql-parts.ts';
import { beforeColon, contains, THEN_JOIN } from '../words.ts';
import { forgetUnsaidWords } from '../delta/cause-words.ts';
import { POINTERS } from '../delta/cause-uses.ts';

/**
 * The causes of these contacts, be they gone already, by which nobody else's story is told: nothing
 * points to them but what is theirs, and what is left of contacts that are gone for good.
 */
export async function ownCauses(db: SqlDatabase, ids: SQL): Promise<number[]> {
  const theirs = await db.pluck<number>(sql`
    select distinct cause_id
    from (${pointersOf(POINTERS, sql`t.contact_id in ${ids}`)}) as theirs
    where cause_id is not null
    order by cause_id`);
  if (theirs.length === 0) return [];
  const isDeleted = ({ table }: Pointer): boolean => table === 'deleted_history';
  const [left, standing] = [POINTERS.filter(isDeleted), POINTERS.filter((one) => !isDeleted(one))];
  // rule: erased-own-causes
  return db.pluck<number>(sql`
    select causes.id
    from (
      select cause_id, count(*) as pointers
      from (
        ${pointersOf(standing, sql`t.contact_id in ${ids}`)}
        union all
        ${pointersOf(left, isNobodys(sql`t.contact_id`, ids))}
      ) as pointers
      where cause_id in ${idSet(theirs)}
      group by cause_id
    ) as counted
    ${THEN_JOIN} causes on causes.id = counted.cause_id
    where causes.uses <= counted.pointers
    order by causes.id`);
}

type Pointer = (typeof POINTERS)[number];

/** The segment comes first in each key. */
function pointersOf(pointers: readonly Pointer[], which: SQL): SQL {
  const each = pointers.map(
    ({ table, column }) => sql`
      select ${name(column)} as cause_id
      from (select id from segments union all select id from deleted_segments) as s
      ${THEN_JOIN} ${name(table)} as t on t.segment_id = s.id and ${which}`,
  );
  return sql.join(each, sql` union all `);
}

/**
 * Whether a contact is one of these, or gone; who is gone is somebody still only where they are part
 * of another contact.
 */
export function isNobodys(contactId: SQL, ids: SQL): SQL {
  return sql`(
    ${contactId} in ${ids}
    or not exists (select 1 from contacts as living where living.id = ${contactId})
      and not exists (
        select 1 from merged_contacts as merged where merged.contact_id = ${contactId}
      )
  )`;
}

/**
 * Takes the words from these causes, the name behind a channel too, and deletes all that no cause
 * says; gives how many causes had any.
 */
export async function silenceCauses(db: SqlDatabase, causeIds: readonly number[]): Promise<number> {
  // rule: erased-words
  const silenced = await db.run(sql`
    update causes
    set via = ${beforeColon(sql`via`)}, name = null, "by" = null, reason = null
    where id in ${idSet(causeIds)} and (
      ${contains(sql`via`, sql`':'`)} or name is not null or "by" is not null or reason is not null
    )`);
  await forgetUnsaidWords(db);
  return silenced;
}
