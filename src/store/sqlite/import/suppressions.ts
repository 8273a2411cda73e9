import { sql } from 'drizzle-orm';
import type { ApplyOptions } from '../../staging.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { leaveOutAddresses } from './erased.ts';
import type { SqliteStage } from './staging.ts';

/** Applies staged suppressions of addresses; rows that say the same are merged with the first. */
export function applySuppressions(
  db: SqliteDatabase,
  stage: SqliteStage,
  { now }: Pick<ApplyOptions, 'now'>,
): void {
  leaveOutAddresses(db, stage);
  db.run(sql`
    update ${stage.rows} as s
    set outcome = case
      when s.reason is null then 'unchanged'
      when exists (
        select 1
        from address_suppressions as known
        where known.address = s.address and known.channel = s.channel and known.reason = s.reason
      ) then 'unchanged'
      else 'inserted'
    end
    from (
      select min(stage_row) as first
      from ${stage.rows}
      group by address, channel, reason
    ) as distinct_rows
    where s.stage_row = distinct_rows.first`);
  const said = sql`${stage.rows} as s`;
  db.run(sql`
    insert into address_suppressions (address, channel, reason, created_at)
    select s.address, s.channel, s.reason, coalesce(s.created_at, ${now})
    from ${said}
    where s.outcome = 'inserted'
    order by s.address, s.channel, s.reason`);
  // what stands already may have been written by a program that did not give it to the contact
  db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, known.channel, known.reason, known.created_at
    from ${said}
    cross join address_suppressions as known
      on known.address = s.address and known.channel = s.channel and known.reason = s.reason
    cross join contacts on contacts.email = s.address
    where s.outcome in ('inserted', 'unchanged')
    order by 1, 2, 3
    on conflict do nothing`);
}
