import { type SQL, sql } from 'drizzle-orm';
import type { ApplyOptions } from '../../staging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { keyOf } from '../tables/unique-columns.ts';
import { addingTo, wishesOf } from '../tables/wish-places.ts';
import { leaveOutSuppressions } from './erased.ts';
import { holderOf, layOutOddKeys } from './find.ts';
import { keepWishes } from './kept-wishes.ts';
import type { SqliteStage } from './staging.ts';

/**
 * Applies staged suppressions of unique values. What several rows say is said by the first of them;
 * rows that say nothing else are merged with those.
 */
export async function applySuppressions(
  db: SqliteDatabase,
  stage: SqliteStage,
  { now }: Pick<ApplyOptions, 'now'>,
): Promise<void> {
  await leaveOutSuppressions(db, stage);
  await judgeRows(db, stage);
  await keepWishes(db, stage, now);
  const [column] = stage.uniques;
  const said = sql`(
    select s.value, given.channel, given.reason, s.created_at, s.stage_row
    from ${stage.rows} as s
    join ${stage.consent} as given on given.stage_row = s.stage_row
    where s.outcome is not null
  )`;
  await db.run(sql`
    ${addingTo(column)} said.value, said.channel, said.reason, coalesce(said.created_at, ${now})
    from ${said} as said
    order by said.value, said.channel, said.reason, said.stage_row
    on conflict do nothing`);
  await giveToHolders(db, stage, said);
}

/** What stands already may have been written by a program that did not give it to the contact. */
async function giveToHolders(db: SqliteDatabase, stage: SqliteStage, said: SQL): Promise<void> {
  const [column] = stage.uniques;
  await layOutOddKeys(db, stage);
  // rule: list-to-contacts
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select said.holder, known.channel, known.reason, known.created_at
    from (
      select *, ${holderOf(stage, 0, keyOf(column, sql`said.value`))} as holder from ${said} as said
    ) as said
    cross join ${wishesOf(column)} as known
      on known.value = said.value and known.channel = said.channel
        and known.reason = said.reason
    where said.holder is not null
    order by 1, 2, 3
    on conflict do nothing`);
}

/** A row has an outcome if it is the first to say something, be it that it says nothing. */
async function judgeRows(db: SqliteDatabase, stage: SqliteStage): Promise<void> {
  const isKnown = sql`exists (
    select 1
    from ${wishesOf(stage.uniques[0])} as known
    where known.value = s.value and known.channel = given.channel
      and known.reason = given.reason
  )`;
  await db.run(sql`
    update ${stage.rows} as s
    set outcome = judged.outcome
    from (
      select stage_row, iif(min(is_known), 'unchanged', 'inserted') as outcome
      from (${firstToSay(stage, isKnown)})
      group by stage_row
    ) as judged
    where s.stage_row = judged.stage_row`);
}

function firstToSay(stage: SqliteStage, isKnown: SQL): SQL {
  return sql`
    select min(s.stage_row) as stage_row, given.channel is null or ${isKnown} as is_known
    from ${stage.rows} as s
    left join ${stage.consent} as given on given.stage_row = s.stage_row
    group by s.value, given.channel, given.reason`;
}
