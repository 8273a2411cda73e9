import { type SQL, sql } from 'drizzle-orm';
import { BY_ADDRESS, type Reach } from '../../members.ts';
import type { SuppressionSelection } from '../../records.ts';
import {
  CONSENT_COLUMNS,
  type ConsentColumn,
  type SuppressionReason,
  type SuppressionRow,
} from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, valuesOf } from '../sql-parts.ts';
import { bytewise, caseless, exactly, JOINED, sameText, THEN_JOIN } from '../words.ts';
import { liftWishes } from '../delta/wishes.ts';

export async function listSuppressions(
  db: SqlDatabase,
  ids: readonly number[],
): Promise<SuppressionRow[]> {
  return db.all<SuppressionRow>(sql`
    select contact_id as "contactId", channel, reason, created_at as "createdAt"
    from suppressions
    where contact_id in ${idSet(ids)}
    order by contact_id, ${caseless(sql`channel`)}, ${caseless(sql`reason`)}`);
}

export async function listChannels(db: SqlDatabase): Promise<string[]> {
  return listWords(db, sql`channel`);
}

export async function listReasons(db: SqlDatabase): Promise<string[]> {
  return listWords(db, sql`reason`);
}

/** The words in a column of suppressions, each once, whatever its case. */
async function listWords(db: SqlDatabase, column: SQL): Promise<string[]> {
  const [lettered, folded] = [exactly(sql`word`), caseless(sql`word`)];
  return db.pluck<string>(sql`
    select word
    from (
      select word, row_number() over (partition by ${folded} order by ${lettered} desc) as nth
      from (
        select distinct ${column} as word from suppressions
        union all select distinct ${column} from address_suppressions
        union all select distinct ${column} from value_suppressions
      ) as said
    ) as words
    where nth = 1
    order by ${folded}`);
}

/** Suppresses every contact in every channel. Gives how many suppressions are new. */
export async function suppressContacts(
  db: SqlDatabase,
  ids: readonly number[],
  channels: readonly string[],
  reason: SuppressionReason,
  now: number,
): Promise<number> {
  return db.run(sql`
    insert into suppressions (contact_id, channel, reason, created_at)
    select contacts.id, channels.value, ${reason}, ${now}
    from contacts
    cross join ${valuesOf(channels, 'text')} as channels
    where contacts.id in ${idSet(ids)}
    order by contacts.id, ${bytewise(sql`channels.value`)}
    on conflict do nothing`);
}

/** Lifts them for the unique values of the contacts too, however those are written. */
export async function unsuppressContacts(
  db: SqlDatabase,
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
    words === undefined
      ? sql``
      : sql`and ${caseless(column)} in (select ${caseless(sql`value`)} from ${valuesOf(words, 'text')} as words)`;
  // rule: reason-lifted
  return sql`${oneOf(sql`channel`, channels)} ${oneOf(sql`reason`, reasons)}`;
}

function liftedOf(ids: readonly number[], { channels, reasons }: SuppressionSelection): SQL {
  const each = (words: readonly string[] | undefined): SQL => valuesOf(words ?? [null], 'text');
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
      select ${JOINED}(sorted.channel, '|')
      from (
        select channel
        from suppressions
        where suppressions.contact_id = c.id and ${sameText(sql`suppressions.reason`, sql`${CONSENT_COLUMNS[column]}`)}
        order by ${caseless(sql`channel`)}
      ) as sorted
    )`;
}

export function isConsentColumn(column: string): column is ConsentColumn {
  return Object.hasOwn(CONSENT_COLUMNS, column);
}

function isIn(channel: string): SQL {
  return sameText(sql`suppressions.channel`, sql`${channel}`);
}

/** Whether this contact can be reached in a channel. */
export function isReachable(contactId: SQL, channel: string): SQL {
  const unsuppressed = sql`not exists (
    select 1
    from suppressions
    where suppressions.contact_id = ${contactId} and ${isIn(channel)}
  )`;
  if (channel !== BY_ADDRESS) return unsuppressed;
  return sql`${unsuppressed} and exists (
    select 1 from contacts where contacts.id = ${contactId} and contacts.email <> ''
  )`;
}

/** By those who cannot be reached, whom indexes find; members are many. */
export async function countReach(
  db: SqlDatabase,
  segmentId: number,
  channel: string,
): Promise<Reach> {
  const members = await db.value<number>(sql`select members from segments where id = ${segmentId}`);
  const suppressed = sql`
    select distinct contact_id
    from suppressions
    where ${isIn(channel)} and contact_id in (select id from contacts)`;
  const among = async (contactIds: SQL): Promise<number> =>
    db.value<number>(sql`
      select count(*)
      from (${contactIds}) as unreached
      ${THEN_JOIN} joined
        on joined.segment_id = ${segmentId} and joined.contact_id = unreached.contact_id`);
  const unwanted = await among(suppressed);
  const withoutAddress =
    channel === BY_ADDRESS
      ? await among(sql`
          select id as contact_id
          from contacts
          where (email is null or email = '') and not exists (
            select 1
            from suppressions
            where suppressions.contact_id = contacts.id and ${isIn(channel)}
          )`)
      : 0;
  return { suppressed: unwanted, withoutAddress, reachable: members - unwanted - withoutAddress };
}
