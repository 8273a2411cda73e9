import { type SQL, sql } from 'drizzle-orm';
import type { ApplyOptions } from '../../staging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { leaveOutAddresses } from './erased.ts';
import { keepWishes } from './kept-wishes.ts';
import type { SqliteStage } from './staging.ts';

/**
 * Applies staged suppressions of addresses. What several rows say is said by the first of them; rows
 * that say nothing else are merged with those.
 */
export function applySuppressions(
  db: SqliteDatabase,
  stage: SqliteStage,
  { now }: Pick<ApplyOptions, 'now'>,
): void {
  leaveOutAddresses(db, stage);
  judgeRows(db, stage);
  keepWishes(db, stage, now);
  const said = sql`(
    select s.address, given.channel, given.reason, s.created_at, s.stage_row
    from ${stage.rows} as s
    join ${stage.consent} as given on given.stage_row = s.stage_row
    where s.outcome is not null
  )`;
  db.run(sql`
    insert into address_suppressions (address, channel, reason, created_at)
    select said.address, said.channel, said.reason, coalesce(said.created_at, ${now})
    from ${said} as said
    order by said.address, said.channel, said.reason, said.stage_row
    on conflict do nothing`);
  // what stands already may have been written by a program that did not give it to the contact
  db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, known.channel, known.reason, known.created_at
    from ${said} as said
    cross join address_suppressions as known
      on known.address = said.address and known.channel = said.channel
        and known.reason = said.reason
    cross join contacts on contacts.email = said.address
    order by 1, 2, 3
    on conflict do nothing`);
}

/** A row has an outcome if it is the first to say something, be it that it says nothing. */
function judgeRows(db: SqliteDatabase, stage: SqliteStage): void {
  const isKnown = sql`exists (
    select 1
    from address_suppressions as known
    where known.address = s.address and known.channel = given.channel
      and known.reason = given.reason
  )`;
  db.run(sql`
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
    group by s.address, given.channel, given.reason`;
}
