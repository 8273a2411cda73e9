import { type SQL, sql } from 'drizzle-orm';
import { caseless, sameText, THEN_JOIN } from '../words.ts';
import { keyFor } from './keys.ts';
import type { ApplyOptions } from '../../staging.ts';
import type { SqlDatabase } from '../database.ts';
import { keyOf } from '../tables/unique-columns.ts';
import { addingTo, wishesOf } from '../tables/wish-places.ts';
import { leaveOutSuppressions } from './erased.ts';
import { holderOf, layOutOddKeys } from './find.ts';
import { keepWishes } from './kept-wishes.ts';
import type { SqlStage } from './staging.ts';

/**
 * Applies staged suppressions of unique values. What several rows say is said by the first of them;
 * rows that say nothing else are merged with those.
 */
export async function applySuppressions(
  db: SqlDatabase,
  stage: SqlStage,
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
async function giveToHolders(db: SqlDatabase, stage: SqlStage, said: SQL): Promise<void> {
  const [column] = stage.uniques;
  await layOutOddKeys(db, stage);
  const key = keyFor(column, keyOf(column, sql`said.value`));
  // rule: list-to-contacts
  await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select said.holder, known.channel, known.reason, known.created_at
    from (
      select *, ${holderOf(stage, 0, key)} as holder from ${said} as said
    ) as said
    ${THEN_JOIN} ${wishesOf(column)} as known
      on ${sameWish(sql`known`, { value: sql`said.value`, wish: sql`said` })}
    where said.holder is not null
    order by 1, 2, 3
    on conflict do nothing`);
}

/** A row has an outcome if it is the first to say something, be it that it says nothing. */
async function judgeRows(db: SqlDatabase, stage: SqlStage): Promise<void> {
  const isKnown = sql`exists (
    select 1
    from ${wishesOf(stage.uniques[0])} as known
    where ${sameWish(sql`known`, { value: sql`s.value`, wish: sql`given` })}
  )`;
  await db.run(sql`
    update ${stage.rows} as s
    set outcome = judged.outcome
    from (
      select stage_row, case min(is_known) when 1 then 'unchanged' else 'inserted' end as outcome
      from (${firstToSay(stage, isKnown)}) as first
      group by stage_row
    ) as judged
    where s.stage_row = judged.stage_row`);
}

function firstToSay(stage: SqlStage, isKnown: SQL): SQL {
  return sql`
    select s.stage_row,
      case when given.channel is null or ${isKnown} then 1 else 0 end as is_known
    from (
      select min(s.stage_row) as stage_row, min(given.channel) as channel, min(given.reason) as reason
      from ${stage.rows} as s
      left join ${stage.consent} as given on given.stage_row = s.stage_row
      group by ${caseless(sql`s.value`)}, ${caseless(sql`given.channel`)},
        ${caseless(sql`given.reason`)}
    ) as given
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = given.stage_row`;
}

/** Whether what stands, in the rows `known`, says the same of the value as `wish`. */
function sameWish(known: SQL, { value, wish }: { value: SQL; wish: SQL }): SQL {
  return sql.join(
    [
      sameText(sql`${known}.value`, value),
      sameText(sql`${known}.channel`, sql`${wish}.channel`),
      sameText(sql`${known}.reason`, sql`${wish}.reason`),
    ],
    sql` and `,
  );
}
