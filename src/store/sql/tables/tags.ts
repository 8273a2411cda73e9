import { sql } from 'drizzle-orm';
import type { TagRow } from '../../rows.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, valuesOf } from '../sql-parts.ts';
import { caseless } from '../words.ts';
import { matchUnique, TAG_NAME } from './unique-columns.ts';

export async function listTags(db: SqlDatabase): Promise<TagRow[]> {
  return db.all<TagRow>(sql`
    select tags.name, count(contact_tags.contact_id) as contacts
    from tags
    left join contact_tags on contact_tags.tag_id = tags.id
    group by tags.id
    order by ${caseless(sql`tags.name`)}`);
}

export async function listTagNames(db: SqlDatabase): Promise<string[]> {
  return db.pluck<string>(sql`select name from tags order by ${caseless(sql`name`)}`);
}

export async function listTagsOf(db: SqlDatabase, contactId: number): Promise<string[]> {
  return db.pluck<string>(sql`
    select tags.name
    from contact_tags
    join tags on tags.id = contact_tags.tag_id
    where contact_tags.contact_id = ${contactId}
    order by ${caseless(sql`tags.name`)}`);
}

/**
 * Links every contact with every tag, making tags that do not exist yet; gives how many links are
 * new.
 */
export async function tagContacts(
  db: SqlDatabase,
  ids: readonly number[],
  tags: readonly string[],
  now: number,
): Promise<number> {
  return db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select contacts.id, tags.id
    from contacts
    cross join tags
    where contacts.id in ${idSet(ids)} and tags.id in ${idSet(await ensureTags(db, tags, now))}
    order by contacts.id, tags.id
    on conflict do nothing`);
}

/** The ids of these tags; those that do not exist yet are made, as the first of them is written. */
async function ensureTags(
  db: SqlDatabase,
  tags: readonly string[],
  now: number,
): Promise<number[]> {
  const found = await matchUnique(db, TAG_NAME, tags);
  const missing = new Map<string, string>();
  for (const [at, tag] of tags.entries()) {
    const key = uniqueKey(TAG_NAME.type, tag);
    if (found[at] === null && !missing.has(key)) missing.set(key, tag);
  }
  if (missing.size === 0) return withoutNull(found);
  await db.run(sql`
    insert into tags (name, created_at)
    select value, ${now}
    from ${valuesOf([...missing.values()])}`);
  return withoutNull(await matchUnique(db, TAG_NAME, tags));
}

export async function untagContacts(
  db: SqlDatabase,
  ids: readonly number[],
  tags: readonly string[],
): Promise<number> {
  const tagIds = withoutNull(await matchUnique(db, TAG_NAME, tags));
  return db.run(sql`
    delete from contact_tags where contact_id in ${idSet(ids)} and tag_id in ${idSet(tagIds)}`);
}

function withoutNull(ids: readonly (number | null)[]): number[] {
  return ids.filter((id) => id !== null);
}
