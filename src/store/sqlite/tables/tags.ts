import { sql } from 'drizzle-orm';
import type { TagRow } from '../../rows.ts';
import { idSet, type SqliteDatabase, valuesOf } from '../connection/database.ts';

export function listTags(db: SqliteDatabase): TagRow[] {
  return db.all<TagRow>(sql`
    select tags.name, count(contact_tags.contact_id) as contacts
    from tags
    left join contact_tags on contact_tags.tag_id = tags.id
    group by tags.id
    order by tags.name`);
}

export function listTagNames(db: SqliteDatabase): string[] {
  return db.pluck<string>(sql`select name from tags order by name`);
}

export function listTagsOf(db: SqliteDatabase, contactId: number): string[] {
  return db.pluck<string>(sql`
    select tags.name
    from contact_tags
    join tags on tags.id = contact_tags.tag_id
    where contact_tags.contact_id = ${contactId}
    order by tags.name`);
}

/**
 * Links every contact with every tag, making tags that do not exist yet; gives how many links are
 * new.
 */
export function tagContacts(
  db: SqliteDatabase,
  ids: readonly number[],
  tags: readonly string[],
  now: number,
): number {
  db.run(sql`
    insert into tags (name, created_at)
    select value, ${now}
    from ${valuesOf(tags)}
    where 1
    on conflict (name) do nothing`);
  return db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select contacts.id, tags.id
    from contacts
    cross join tags
    where contacts.id in ${idSet(ids)} and tags.name in (select value from ${valuesOf(tags)})
    order by contacts.id, tags.id
    on conflict do nothing`);
}

export function untagContacts(
  db: SqliteDatabase,
  ids: readonly number[],
  tags: readonly string[],
): number {
  return db.run(sql`
    delete from contact_tags
    where contact_id in ${idSet(ids)}
      and tag_id in (select id from tags where name in (select value from ${valuesOf(tags)}))`);
}
