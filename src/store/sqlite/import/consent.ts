import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { liftWishes } from '../delta/wishes.ts';
import { ODD_ADDRESSES } from '../tables/address-suppressions.ts';
import { keyOf } from '../tables/unique-columns.ts';
import type { SqliteStage } from './staging.ts';

/**
 * Whether a staged row, known as `s`, says something of the suppressions of its contact, known as `r`, that is not so
 * yet.
 */
export function consentDiffers(stage: SqliteStage): SQL {
  return sql`exists (
    select 1
    from ${stage.consent} as given
    where given.stage_row = s.stage_row
      and given.is_suppressed <> exists (
        select 1
        from suppressions
        where suppressions.contact_id = r.id
          and suppressions.channel = given.channel
          and suppressions.reason = given.reason
      )
  )`;
}

/**
 * Lifts and sets the suppressions of the rows that are written, each for its own reason, and counts
 * them.
 */
export async function writeConsent(
  db: SqliteDatabase,
  stage: SqliteStage,
  now: number,
): Promise<void> {
  const given = stage.givenBy(stage.consent);
  // rule: reason-imported
  stage.lifted = await db.run(sql`
    delete from suppressions
    where (contact_id, channel, reason) in (
      select s.record_id, given.channel, given.reason
      from ${given}
      where given.is_suppressed = 0
    )`);
  // rule: lifted-folded-imported
  await db.run(sql`
    delete from address_suppressions
    where (address, channel, reason) in (
      with
        odd as materialized (select address, channel, reason, key from ${ODD_ADDRESSES}),
        lifted as materialized (
          select
            ${keyOf({ type: 'email' }, sql`contacts.email`)} as key, given.channel, given.reason
          from ${given}
          cross join contacts on contacts.id = s.record_id
          where given.is_suppressed = 0
        )
      select key, channel, reason from lifted
      union all
      select odd.address, odd.channel, odd.reason
      from lifted
      cross join odd using (key, channel, reason)
    )`);
  await liftWishes(
    db,
    sql`(
      select s.record_id as id, given.channel, given.reason
      from ${given}
      where given.is_suppressed = 0
    )`,
  );
  stage.suppressed += await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select s.record_id, given.channel, given.reason, ${now}
    from ${given}
    where given.is_suppressed = 1
    order by s.record_id, given.channel, given.reason
    on conflict do nothing`);
}
