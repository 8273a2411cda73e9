import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from './database.ts';
import type { SqliteStage } from './staging.ts';
import { strengthOf, strongerWins } from './suppressions.ts';

/** Whether a staged row, known as `s`, says something of its contact's suppressions that is not so yet. */
export function consentDiffers(stage: SqliteStage): SQL {
  return sql`exists (
    select 1
    from ${stage.consent} as given
    left join suppressions on suppressions.contact_id = s.record_id and suppressions.channel = given.channel
    where given.stage_row = s.stage_row
      and case given.is_suppressed
        when 1 then suppressions.reason is null or ${strengthOf(sql`given.reason`)} > ${strengthOf(sql`suppressions.reason`)}
        else suppressions.reason is not null and suppressions.reason = given.reason
      end
  )`;
}

/** Lifts and sets the suppressions of the rows that are written; of several reasons for one channel the strongest stands. */
export function writeConsent(db: SqliteDatabase, stage: SqliteStage, now: number): void {
  const given = sql`${stage.consent} as given join ${stage.rows} as s on s.stage_row = given.stage_row and s.outcome in ('inserted', 'updated')`;
  db.run(sql`
    delete from suppressions
    where (contact_id, channel) in (
      select suppressions.contact_id, suppressions.channel
      from ${given}
      join suppressions on suppressions.contact_id = s.record_id and suppressions.channel = given.channel and suppressions.reason = given.reason
      where given.is_suppressed = 0
    )`);
  db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select s.record_id, given.channel, given.reason, ${now}
    from ${given}
    where given.is_suppressed = 1
    order by s.record_id, given.channel, ${strengthOf(sql`given.reason`)} desc
    ${strongerWins}`);
}
