import { inArray, type SQL, sql } from 'drizzle-orm';
import { CONSENT_COLUMNS, type ConsentColumn, SUPPRESSION_REASONS, type SuppressionReason, type SuppressionRow } from '../rows.ts';
import { idSet, type SqliteDatabase, valuesOf } from './database.ts';
import { suppressions } from './schema.ts';

export function listSuppressions(db: SqliteDatabase, ids: readonly number[]): SuppressionRow[] {
  return db.orm.select().from(suppressions).where(inArray(suppressions.contactId, idSet(ids))).orderBy(suppressions.contactId, suppressions.channel).all();
}

export function listChannels(db: SqliteDatabase): string[] {
  return db.pluck<string>(sql`select distinct channel from suppressions order by channel`);
}

/** Suppresses every contact in every channel; see the port. Gives how many suppressions are new or have another reason. */
export function suppressContacts(db: SqliteDatabase, ids: readonly number[], channels: readonly string[], reason: SuppressionReason, now: number): number {
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, channels.value, ${reason}, ${now}
    from contacts
    cross join ${valuesOf(channels)} as channels
    where contacts.id in ${idSet(ids)}
    order by contacts.id, channels.value
    ${strongerWins}`);
}

export function unsuppressContacts(db: SqliteDatabase, ids: readonly number[], channels: readonly string[] | 'all'): number {
  return db.run(sql`
    delete from suppressions
    where contact_id in ${idSet(ids)} ${channels === 'all' ? sql`` : sql`and channel in (select value from ${valuesOf(channels)})`}`);
}

/** Ends an insert of suppressions: who is suppressed already stays so, and for a weaker reason gets the stronger one. */
export const strongerWins = sql`
    on conflict (contact_id, channel) do update
    set reason = excluded.reason, created_at = excluded.created_at
    where ${strengthOf(sql`excluded.reason`)} > ${strengthOf(sql`suppressions.reason`)}`;

/** How strong a reason is, as a number; one that is not ours is never replaced. */
export function strengthOf(reason: SQL): SQL {
  const ranks = SUPPRESSION_REASONS.map((word, rank) => sql`when ${sql.raw(`'${word}'`)} then ${sql.raw(String(rank))}`);
  return sql`case lower(${reason}) ${sql.join(ranks, sql` `)} else ${sql.raw(String(SUPPRESSION_REASONS.length))} end`;
}

/** The channels in which contact `c` is suppressed for one reason, by name, with `|` between; null for none. */
export function channelsOf(column: ConsentColumn): SQL {
  return sql`(
      select group_concat(sorted.channel, '|')
      from (
        select channel
        from suppressions
        where suppressions.contact_id = c.id and suppressions.reason = ${CONSENT_COLUMNS[column]}
        order by channel
      ) as sorted
    )`;
}

export function isConsentColumn(column: string): column is ConsentColumn {
  return Object.hasOwn(CONSENT_COLUMNS, column);
}
