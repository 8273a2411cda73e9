import { type SQL, sql } from 'drizzle-orm';
import type { Watermark } from '../../changes.ts';
import type { Log } from '../../sql/delta/log.ts';
import { CONTACT_KIND, type ContactKind, WIDE_KIND, type WideKind } from './kinds.ts';
import { isSince } from './watermark.ts';

const OF_CONTACTS: readonly ContactKind[] = ['exists', 'profile', 'tags', 'consent', 'events'];
const WRITTEN: readonly ContactKind[] = ['exists', 'profile'];

/** Whether a row of `contact_changes` is of one of these kinds. */
export function isOf(kinds: readonly ContactKind[]): SQL {
  return sql.raw(`kind in (${kinds.map((kind) => `'${CONTACT_KIND[kind]}'`).join(', ')})`);
}

export function isWide(kind: WideKind): SQL {
  return sql.raw(`kind = '${WIDE_KIND[kind]}'`);
}

const isOfLog = (since: Watermark): SQL => isSince(since, 'contact_changes');

/** The log as it stands in PostgreSQL. */
export const LOG: Log = {
  // rule: pg-seen-exclusive
  contacts: (since) => sql`(
    select contact_id, aspects
    from contact_changes
    where ${isOfLog(since)} and ${isOf(OF_CONTACTS)}
  )`,

  pins: (since, segmentId) => sql`(
    select contact_id
    from contact_changes
    where ${isOfLog(since)} and ${isOf(['pin'])} and segment_id = ${segmentId}
  )`,

  members: (since, segmentIds) => sql`(
    select contact_id
    from member_changes
    where segment_id = any (${sql.param(segmentIds)}::integer[]) and ${isSince(since, 'member_changes')}
  )`,

  companies: (since) => wide('company', since),
  tags: (since) => wide('tag', since),

  deleted: (since) => sql`(
    select distinct gone.contact_id as id
    from contact_changes as gone
    where ${sql.raw(`gone.kind = '${CONTACT_KIND.exists}'`)}
      and ${since === undefined ? sql`true` : isSince(since, 'gone')}
      and not exists (select from contacts where contacts.id = gone.contact_id)
  )`,

  written: sql`(select distinct contact_id as id from contact_changes where ${isOf(WRITTEN)})`,

  unsettled: sql`(
    select distinct contact_id as id
    from contact_changes
    where ${isOf(WRITTEN)} and ${isSince(sql`(select settled from capture)`, 'contact_changes')}
  )`,
};

function wide(kind: WideKind, since: Watermark): SQL {
  return sql`(
    select distinct id from wide_changes where ${isWide(kind)} and ${isSince(since, 'wide_changes')}
  )`;
}
