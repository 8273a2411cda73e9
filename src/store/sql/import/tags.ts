import { type SQL, sql } from 'drizzle-orm';
import { firstOfEach } from '../sql-parts.ts';
import { BY_KEY, INTEGER, TEXT, THEN_JOIN } from '../words.ts';
import type { ApplyOptions } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import { hasPlainKey, oddKeys, TAG_NAME } from '../tables/unique-columns.ts';
import { EVERY_TAG } from './record-rows.ts';
import type { SqlStage } from './staging.ts';

/**
 * Lists the tags that rows name, by what their names compare by, with the tag that each is, as far
 * as there is one.
 */
export async function layOutTags(db: SqlDatabase, stage: SqlStage): Promise<void> {
  await db.run(sql`
    create temp table ${stage.tableName('tag_names')} (
      tag ${TEXT} primary key, tag_id ${INTEGER}
    ) ${BY_KEY}`);
  await db.run(sql`
    insert into ${stage.table('tag_names')} (tag)
    select distinct tag from ${stage.tags} where tag <> ${EVERY_TAG}`);
  await stage.analyze('tag_names');
  await findTags(db, stage);
  await stage.index('tag_names', sql`tag_id`);
}

async function findTags(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const names = stage.table('tag_names');
  await db.run(sql`
    update ${names} as given
    set tag_id = (
      select min(r.id) from tags as r where ${hasPlainKey(TAG_NAME, 'r', sql`given.tag`)}
    )`);
  await db.run(sql`
    with odd as materialized (
      select min(id) as id, key from ${oddKeys(TAG_NAME)} as odd group by key
    )
    update ${names} as given
    set tag_id = odd.id
    from odd
    where given.tag_id is null and odd.key = given.tag`);
}

/**
 * Whether a staged row, known as `s`, says something of the tags of its contact, known as `r`, that
 * is not so yet.
 */
export function tagsDiffer(stage: SqlStage): SQL {
  return sql`exists (
    select 1
    from ${stage.tags} as given
    where given.stage_row = s.stage_row
      and (given.is_added = 1) <> case given.tag
        when ${EVERY_TAG} then exists (
          select 1 from contact_tags where contact_tags.contact_id = r.id and ${isDropped(stage)}
        )
        else exists (
          select 1
          from contact_tags
          where contact_tags.contact_id = r.id and contact_tags.tag_id = (
            select tag_id from ${stage.table('tag_names')} as named where named.tag = given.tag
          )
        )
      end
  )`;
}

/** Whether a tag of the contact goes where the row takes off all of them: it adds it not again. */
function isDropped(stage: SqlStage): SQL {
  return sql`not exists (
    select 1
    from ${stage.table('tag_names')} as named
    ${THEN_JOIN} ${stage.tags} as kept
      on kept.stage_row = given.stage_row and kept.tag = named.tag and kept.is_added = 1
    where named.tag_id = contact_tags.tag_id
  )`;
}

/**
 * Adds and takes off the tags of the rows that are written; tags that do not exist yet are made, as
 * the first row that adds each writes it. What is new and what goes is kept with the import.
 */
export async function writeTags(
  db: SqlDatabase,
  stage: SqlStage,
  { now, importId }: Pick<ApplyOptions, 'now' | 'importId'>,
): Promise<void> {
  const given = stage.givenBy(stage.tags);
  const named = sql`${stage.table('tag_names')} as named on named.tag = given.tag`;
  const added = await db.run(sql`
    insert into tags (name, created_at)
    select name, ${now}
    from ${firstOfEach(sql`given.tag`, sql`given.stage_row`, {
      columns: sql`given.name, given.tag`,
      from: sql`${given} join ${named} where given.is_added = 1 and named.tag_id is null`,
    })} as new
    order by first, tag`);
  if (added > 0) await findTags(db, stage);
  await db.run(sql`
    insert into import_tags (import_id, contact_id, tag_id, is_added)
    select ${importId}, s.record_id, named.tag_id, 1
    from ${given}
    join ${named}
    where given.is_added = 1 and not exists (
      select 1
      from contact_tags
      where contact_tags.contact_id = s.record_id and contact_tags.tag_id = named.tag_id
    )
    union all
    select ${importId}, contact_tags.contact_id, contact_tags.tag_id, 0
    from ${given}
    join ${named}
    join contact_tags
      on contact_tags.contact_id = s.record_id and contact_tags.tag_id = named.tag_id
    where given.is_added = 0
    union all
    select ${importId}, contact_tags.contact_id, contact_tags.tag_id, 0
    from ${given}
    join contact_tags on contact_tags.contact_id = s.record_id
    where given.tag = ${EVERY_TAG} and ${isDropped(stage)}
    order by 2, 3
    on conflict do nothing`);
  const told = sql`import_tags where import_id = ${importId}`;
  await db.run(sql`
    insert into contact_tags (contact_id, tag_id)
    select contact_id, tag_id from ${told} and is_added = 1
    order by contact_id, tag_id
    on conflict do nothing`);
  await db.run(sql`
    delete from contact_tags
    where (contact_id, tag_id) in (select contact_id, tag_id from ${told} and is_added = 0)`);
}
