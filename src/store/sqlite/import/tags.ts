import { type SQL, sql } from 'drizzle-orm';
import type { ApplyOptions } from '../../staging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { EVERY_TAG, type SqliteStage } from './staging.ts';

/** Whether a staged row, known as `s`, says something of its contact's tags that is not so yet. */
export function tagsDiffer(stage: SqliteStage): SQL {
  return sql`exists (
    select 1
    from ${stage.tags} as given
    where given.stage_row = s.stage_row
      and given.is_added <> exists (
        select 1
        from contact_tags
        join tags on tags.id = contact_tags.tag_id
        where contact_tags.contact_id = s.record_id and ${tagIsGiven(stage)}
      )
  )`;
}

/**
 * Adds and takes off the tags of the rows that are written; tags that do not exist yet are made. What
 * is new and what goes is kept with the import.
 */
export function writeTags(
  db: SqliteDatabase,
  stage: SqliteStage,
  { now, importId }: Pick<ApplyOptions, 'now' | 'importId'>,
): void {
  const given = stage.givenBy(stage.tags);
  db.run(sql`
    insert into tags (name, created_at)
    select given.tag, ${now}
    from ${given}
    where given.is_added = 1
    order by s.line, given.tag
    on conflict (name) do nothing`);
  db.run(sql`
    insert into import_tags (import_id, contact_id, tag_id, is_added)
    select ${importId}, s.record_id, tags.id, 1
    from ${given}
    join tags on tags.name = given.tag
    where given.is_added = 1 and not exists (
      select 1
      from contact_tags
      where contact_tags.contact_id = s.record_id and contact_tags.tag_id = tags.id
    )
    union all
    select ${importId}, contact_tags.contact_id, tags.id, 0
    from ${given}
    join contact_tags on contact_tags.contact_id = s.record_id
    join tags on tags.id = contact_tags.tag_id
    where given.is_added = 0 and ${tagIsGiven(stage)}
    order by 2, 3
    on conflict do nothing`);
  const told = sql`import_tags where import_id = ${importId}`;
  db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select contact_id, tag_id from ${told} and is_added = 1
    order by contact_id, tag_id
    on conflict do nothing`);
  db.run(sql`
    delete from contact_tags
    where (contact_id, tag_id) in (select contact_id, tag_id from ${told} and is_added = 0)`);
}

/** Whether a row's mention speaks of this tag of its contact. */
function tagIsGiven(stage: SqliteStage): SQL {
  return sql`(
    tags.name = given.tag
    or given.tag = ${EVERY_TAG} and not exists (
      select 1
      from ${stage.tags} as kept
      where kept.stage_row = given.stage_row and kept.tag = tags.name and kept.is_added = 1
    )
  )`;
}
