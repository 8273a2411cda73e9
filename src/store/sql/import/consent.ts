import { type SQL, sql } from 'drizzle-orm';
import { caseless, sameText, THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { liftWishes } from '../delta/wishes.ts';
import { ODD_ADDRESSES } from '../tables/address-suppressions.ts';
import { keyOf } from '../tables/unique-columns.ts';
import type { SqlStage } from './staging.ts';

/**
 * Whether a staged row, known as `s`, says something of the suppressions of its contact, known as `r`, that is not so
 * yet.
 */
export function consentDiffers(stage: SqlStage): SQL {
  return sql`exists (
    select 1
    from ${stage.consent} as given
    where given.stage_row = s.stage_row
      and (given.is_suppressed = 1) <> exists (
        select 1
        from suppressions
        where suppressions.contact_id = r.id
          and ${sameText(sql`suppressions.channel`, sql`given.channel`)}
          and ${sameText(sql`suppressions.reason`, sql`given.reason`)}
      )
  )`;
}

/**
 * Lifts and sets the suppressions of the rows that are written, each for its own reason, and counts
 * them.
 */
export async function writeConsent(db: SqlDatabase, stage: SqlStage, now: number): Promise<void> {
  const given = stage.givenBy(stage.consent);
  // rule: reason-imported
  stage.figures.lifted = await db.run(sql`
    delete from suppressions
    where (contact_id, ${caseless(sql`channel`)}, ${caseless(sql`reason`)}) in (
      select s.record_id, ${caseless(sql`given.channel`)}, ${caseless(sql`given.reason`)}
      from ${given}
      where given.is_suppressed = 0
    )`);
  // rule: lifted-folded-imported
  await db.run(sql`
    delete from address_suppressions
    where (${wishKey(sql`address`, sql`channel`, sql`reason`)}) in (
      with
        odd as materialized (select address, channel, reason, key from ${ODD_ADDRESSES} as known),
        lifted as materialized (
          select
            ${keyOf({ type: 'email' }, sql`contacts.email`)} as key, given.channel, given.reason
          from ${given}
          ${THEN_JOIN} contacts on contacts.id = s.record_id
          where given.is_suppressed = 0
        )
      select ${wishKey(sql`key`, sql`channel`, sql`reason`)} from lifted
      union all
      select ${wishKey(sql`odd.address`, sql`odd.channel`, sql`odd.reason`)}
      from lifted
      ${THEN_JOIN} odd on odd.key = lifted.key
        and ${sameText(sql`odd.channel`, sql`lifted.channel`)}
        and ${sameText(sql`odd.reason`, sql`lifted.reason`)}
    )`);
  await liftWishes(
    db,
    sql`(
      select s.record_id as id, given.channel, given.reason
      from ${given}
      where given.is_suppressed = 0
    )`,
  );
  stage.figures.suppressed += await db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select s.record_id, given.channel, given.reason, ${now}
    from ${given}
    where given.is_suppressed = 1
    order by s.record_id, given.channel, given.reason
    on conflict do nothing`);
}

/** What stands for an address, as it compares. */
function wishKey(...texts: readonly SQL[]): SQL {
  return sql.join(texts.map(caseless), sql`, `);
}
