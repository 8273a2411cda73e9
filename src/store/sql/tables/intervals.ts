import { type SQL, sql } from 'drizzle-orm';
import { greater, lesser, NO_INTEGER, spelled, THEN_JOIN } from '../words.ts';
import type { MemberQuery } from '../../members.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name, valuesOf } from '../sql-parts.ts';
import { isReachable } from './suppressions.ts';

/*
 * When contacts were members of a segment: as memberships that stand, and as intervals that ended,
 * of contacts who are gone too. All of these are kept by segment and contact, so that pages are
 * merged from them in the order of contacts.
 */

/** What is asked, of contacts up to this one. */
export interface IntervalQuery extends MemberQuery {
  readonly upTo?: number | undefined;
}

/** What a segment's members all did at once: see `deleted-segments.ts`. */
const WHOLE = sql`via in ('segment-deleted', 'segment-restored')`;

const ENDED = ['joined_history', 'deleted_history'];

/**
 * Whether the segment was deleted at this instant, and not yet brought back: of two such causes the
 * later one counts, whatever the clock said.
 */
export async function wasDeleted(
  db: SqlDatabase,
  segmentId: number,
  at: number | undefined,
): Promise<boolean> {
  if (at === undefined) return false;
  // rule: as-of-deleted
  const [last] = await db.pluck<string>(sql`
    select via
    from causes
    where segment_id = ${segmentId} and ${WHOLE} and at <= ${at}
    order by id desc
    limit 1`);
  return last === 'segment-deleted';
}

/**
 * One interval of each contact: an open membership, or one that holds the instant `asOf` (joined at
 * or before it, and not yet left), or the last one of those who left. Intervals of one contact
 * overlap when the clock went back between them; the one that began last stands for them all, as
 * SQLite's bare columns beside max() do. Who stands by a lost cause has joined at a time that nobody
 * knows, and is there as of any. Whose interval is kept aside `is_gone`: another may have the id now.
 */
export async function intervals(
  db: SqlDatabase,
  segmentId: number,
  query: IntervalQuery,
): Promise<SQL> {
  const parts = await partsOf(db, segmentId, query, (part) => part);
  if (!isMerged(query)) return sql`(${sql.join(parts, sql` union all `)})`;
  return lastOfEach(
    sql`(${sql.join(parts, sql` union all `)}) as times`,
    query.leftSince === undefined ? sql`since` : sql`left_at`,
  );
}

const COLUMNS = sql`contact_id, since, via, joined_cause, left_at, left_cause, is_gone`;

function lastOfEach(times: SQL, instant: SQL): SQL {
  return spelled(
    sql`(
      select ${COLUMNS} from (select ${COLUMNS}, max(${instant}) from ${times} group by contact_id)
    )`,
    sql`(
      select distinct on (contact_id) ${COLUMNS}
      from ${times}
      order by contact_id, ${instant} desc nulls last
    )`,
  );
}

/**
 * The last contact of a page, where it has a limit and is put together from several tables, which
 * would otherwise be gone through to their ends for each page.
 */
export async function lastOfPage(
  db: SqlDatabase,
  segmentId: number,
  query: MemberQuery,
): Promise<number | undefined> {
  if (!isMerged(query) || query.limit === undefined) return undefined;
  const parts = await partsOf(
    db,
    segmentId,
    query,
    (part) => sql`select contact_id from (${part}) as times`,
  );
  const ids = await db.pluck<number>(sql`
    ${sql.join(parts, sql` union `)} order by contact_id limit ${query.limit}`);
  return ids.length < query.limit ? undefined : ids.at(-1);
}

function isMerged({ asOf, leftSince }: MemberQuery): boolean {
  return asOf !== undefined || leftSince !== undefined;
}

async function partsOf(
  db: SqlDatabase,
  segmentId: number,
  query: IntervalQuery,
  as: (part: SQL) => SQL,
): Promise<SQL[]> {
  const breaks = await breaksOf(db, segmentId, query.asOf);
  const ended = ENDED.map((table) => as(endedIn(table, segmentId, query, breaks)));
  if (query.leftSince !== undefined) return ended;
  const open = as(openIn(segmentId, query, breaks));
  return query.asOf === undefined ? [open] : [open, ...ended];
}

/** The causes by which the segment was deleted, and came back after that; seldom any. */
interface Breaks {
  /** Up to the instant that is asked about. */
  readonly returns: readonly number[];
  /** All of them, where an instant is asked about. */
  readonly deletions: readonly number[];
}

async function breaksOf(
  db: SqlDatabase,
  segmentId: number,
  asOf: number | undefined,
): Promise<Breaks> {
  const all = await db.all<{ id: number; at: number; via: string }>(sql`
    select id, at, via from causes where segment_id = ${segmentId} and ${WHOLE} order by id`);
  const idsOf = (some: readonly { readonly id: number }[]): number[] => some.map(({ id }) => id);
  return {
    returns: idsOf(
      all.filter(({ via, at }) => via === 'segment-restored' && (asOf === undefined || at <= asOf)),
    ),
    deletions: asOf === undefined ? [] : idsOf(all.filter(({ via }) => via === 'segment-deleted')),
  };
}

/** By what somebody left who was in the segment by `cause`: by its deletion, or before that. */
function leftBy(cause: SQL, deletions: readonly number[], left: SQL): SQL {
  // rule: left-deleted
  if (deletions.length === 0) return left;
  const first = sql`select min(value) from ${valuesOf(deletions)} where value > ${cause}`;
  return sql`coalesce(${lesser(left, sql`(${first})`)}, (${first}), ${left})`;
}

/**
 * By what somebody is in the segment since without a break: by what made them join, or brought the
 * segment back since, before they `left`.
 */
function joinedBy(cause: SQL, { returns }: Breaks, left?: SQL): SQL {
  const last = returns.at(-1);
  // rule: since-restored
  if (last === undefined) return cause;
  if (left === undefined) return greater(cause, sql`${last}`);
  const before = sql`select max(value) from ${valuesOf(returns)} where value < ${left}`;
  return greater(cause, sql`coalesce((${before}), 0)`);
}

function openIn(segmentId: number, query: IntervalQuery, breaks: Breaks): SQL {
  const { asOf } = query;
  const cause = joinedBy(sql`cause_id`, breaks);
  const left = leftBy(cause, breaks.deletions, NO_INTEGER);
  return sql`
    select
      contact_id, causes.at as since, causes.via, ${cause} as joined_cause,
      (select ended.at from causes as ended where ended.id = ${left}) as left_at,
      ${left} as left_cause, 0 as is_gone
    from joined
    left join causes on causes.id = ${cause}
    where joined.segment_id = ${segmentId} ${whose(query, sql`joined.contact_id`, sql`causes.at`)}
      ${asOf === undefined ? sql`` : stoodAt(asOf)}`;
}

/** Whom SQL deleted is nobody at once, and known to have been there when the next update tells. */
function stoodAt(asOf: number): SQL {
  return sql`
    and coalesce(causes.at, ${asOf}) <= ${asOf}
    and exists (select 1 from contacts where contacts.id = joined.contact_id)`;
}

function endedIn(table: string, segmentId: number, query: IntervalQuery, breaks: Breaks): SQL {
  const { asOf, leftSince } = query;
  const own = name(table);
  const joined = joinedBy(joinedFirst(own), breaks, sql`past.left_cause`);
  // without an instant the last time that ended counts, as it ended
  const left =
    asOf === undefined
      ? sql`past.left_cause`
      : leftBy(sql`joining.id`, breaks.deletions, leftLast(own));
  // rule: as-of-ended
  const held = asOf === undefined ? sql`` : sql`and began.at <= ${asOf} and ended.at > ${asOf}`;
  return sql`
    select
      contact_id, joining.at as since, joining.via, joining.id as joined_cause,
      ${greater(sql`joining.at`, sql`leaving.at`)} as left_at, leaving.id as left_cause,
      ${table === 'deleted_history' ? 1 : 0} as is_gone
    from ${own} as past
    ${THEN_JOIN} causes as began
      on began.id = ${joinedBy(sql`past.joined_cause`, breaks, sql`past.left_cause`)}
    ${THEN_JOIN} causes as ended on ended.id = past.left_cause
    ${THEN_JOIN} causes as joining on joining.id = ${joined}
    left join causes as leaving on leaving.id = ${left}
    where past.segment_id = ${segmentId} and past.inherited >= 0
      ${whose(query, sql`past.contact_id`, sql`joining.at`)} ${held}
      ${leftSince === undefined ? sql`` : sql`and ${greater(sql`began.at`, sql`ended.at`)} >= ${leftSince} ${isNotBack(segmentId)}`}`;
}

/**
 * By what somebody joined: where an inherited time begins as one's own ends, nobody did, and what
 * began that says it.
 */
function joinedFirst(table: SQL): SQL {
  // rule: inherited-since
  return sql`
    case past.inherited when 1 then coalesce((
      select own.joined_cause
      from ${table} as own
      where own.segment_id = past.segment_id and own.contact_id = past.contact_id
        and own.inherited = 0 and own.left_cause = past.joined_cause
    ), past.joined_cause) else past.joined_cause end`;
}

/** By what somebody left, in the same way; null where one's own time, which goes on from it, stands. */
function leftLast(table: SQL): SQL {
  // rule: inherited-left
  return sql`
    case
      when past.inherited <> 1 then past.left_cause
      when exists (
        select 1
        from joined
        where joined.segment_id = past.segment_id and joined.contact_id = past.contact_id
          and joined.cause_id = past.left_cause
      ) then null
      else coalesce((
        select own.left_cause
        from ${table} as own
        where own.segment_id = past.segment_id and own.contact_id = past.contact_id
          and own.inherited = 0 and own.joined_cause = past.left_cause
      ), past.left_cause)
    end`;
}

// rule: left-not-back
function isNotBack(segmentId: number): SQL {
  return sql`and not exists (
    select 1
    from joined
    where joined.segment_id = ${segmentId} and joined.contact_id = past.contact_id
  )`;
}

function whose(
  { after, upTo, ids, joinedSince, reachable }: IntervalQuery,
  contactId: SQL,
  since: SQL,
): SQL {
  const parts = [
    after === undefined ? undefined : sql`${contactId} > ${after}`,
    upTo === undefined ? undefined : sql`${contactId} <= ${upTo}`,
    ids === undefined ? undefined : sql`${contactId} in ${idSet(ids)}`,
    joinedSince === undefined ? undefined : sql`${since} >= ${joinedSince}`,
    reachable === undefined ? undefined : isReachable(contactId, reachable),
  ];
  return sql.join(
    parts.flatMap((part) => (part === undefined ? [] : [sql`and ${part}`])),
    sql` `,
  );
}
