import { type SQL, sql } from 'drizzle-orm';
import { BY_ADDRESS, type Reach } from '../../members.ts';
import type { SuppressionSelection } from '../../records.ts';
import {
  CONSENT_COLUMNS,
  type ConsentColumn,
  type SuppressionReason,
  type SuppressionRow,
} from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { idSet, valuesOf } from '../connection/sql-parts.ts';
import { liftWishes } from '../delta/wishes.ts';

export async function listSuppressions(
  db: SqliteDatabase,
  ids: readonly number[],
): Promise<SuppressionRow[]> {
  return db.all<SuppressionRow>(sql`
    select contact_id as "contactId", channel, reason, created_at as "createdAt"
    from suppressions
    where contact_id in ${idSet(ids)}
    order by contact_id, channel, reason`);
}

export async function listChannels(db: SqliteDatabase): Promise<string[]> {
  return db.pluck<string>(sql`
    select channel from suppressions
    union select channel from address_suppressions
    union select channel from value_suppressions
    order by 1`);
}

export async function listReasons(db: SqliteDatabase): Promise<string[]> {
  return db.pluck<string>(sql`
    select reason from suppressions
    union select reason from address_suppressions
    union select reason from value_suppressions
    order by 1`);
}

/** Suppresses every contact in every channel. Gives how many suppressions are new. */
export async function suppressContacts(
  db: SqliteDatabase,
  ids: readonly number[],
  channels: readonly string[],
  reason: SuppressionReason,
  now: number,
): Promise<number> {
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, channels.value, ${reason}, ${now}
    from contacts
    cross join ${valuesOf(channels)} as channels
    where contacts.id in ${idSet(ids)}
    order by contacts.id, channels.value
    on conflict do nothing`);
}

/** Lifts them for the unique values of the contacts too, however those are written. */
export async function unsuppressContacts(
  db: SqliteDatabase,
  ids: readonly number[],
  which: SuppressionSelection,
): Promise<number> {
  const lifted = await db.run(sql`
    delete from suppressions where contact_id in ${idSet(ids)} ${among(which)}`);
  await liftWishes(db, liftedOf(ids, which));
  return lifted;
}

/** The condition that these are meant, which goes on from another. */
export function among({ channels, reasons }: SuppressionSelection): SQL {
  const oneOf = (column: SQL, words: readonly string[] | undefined): SQL =>
    words === undefined ? sql`` : sql`and ${column} in (select value from ${valuesOf(words)})`;
  // rule: reason-lifted
  return sql`${oneOf(sql`channel`, channels)} ${oneOf(sql`reason`, reasons)}`;
}

function liftedOf(ids: readonly number[], { channels, reasons }: SuppressionSelection): SQL {
  const each = (words: readonly string[] | undefined): SQL => valuesOf(words ?? [null]);
  return sql`(
    select ids.value as id, channels.value as channel, reasons.value as reason
    from ${valuesOf(ids)} as ids
    cross join ${each(channels)} as channels
    cross join ${each(reasons)} as reasons
  )`;
}

/**
 * The channels in which contact `c` is suppressed for the reason of this column, in order of their
 * names and joined by `|`; null where there are none.
 */
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

/** Whether this contact can be reached in a channel. */
export function isReachable(contactId: SQL, channel: string): SQL {
  const unsuppressed = sql`not exists (
    select 1
    from suppressions
    where suppressions.contact_id = ${contactId} and suppressions.channel = ${channel}
  )`;
  if (channel !== BY_ADDRESS) return unsuppressed;
  return sql`${unsuppressed} and exists (
    select 1 from contacts where contacts.id = ${contactId} and contacts.email <> ''
  )`;
}

/** By those who cannot be reached, whom indexes find; members are many. */
export async function countReach(
  db: SqliteDatabase,
  segmentId: number,
  channel: string,
): Promise<Reach> {
  const members = await db.value<number>(sql`select members from segments where id = ${segmentId}`);
  const suppressed = sql`
    select distinct contact_id
    from suppressions
    where channel = ${channel} and contact_id in (select id from contacts)`;
  const among = async (contactIds: SQL): Promise<number> =>
    db.value<number>(sql`
      select count(*)
      from (${contactIds}) as unreached
      cross join joined
        on joined.segment_id = ${segmentId} and joined.contact_id = unreached.contact_id`);
  const unwanted = await among(suppressed);
  const withoutAddress =
    channel === BY_ADDRESS
      ? await among(sql`
          select id as contact_id
          from contacts
          where (email is null or email = '') and id not in (${suppressed})`)
      : 0;
  return { suppressed: unwanted, withoutAddress, reachable: members - unwanted - withoutAddress };
}
