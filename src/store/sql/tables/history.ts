import { type SQL, sql } from 'drizzle-orm';
import { greater, NEVER, THEN_JOIN } from '../words.ts';
import type { ContactMove, ContactPin, HistoryWriter, PeriodMoves } from '../../history.ts';
import type { SqlDatabase } from '../database.ts';
import { name, rowsOf } from '../sql-parts.ts';
import { nameOfCause } from '../delta/causes.ts';
import { forgetHistory } from '../delta/forget-history.ts';
import { causesById } from './causes.ts';
import { wasDeleted } from './intervals.ts';
import { PLACES } from './segment-places.ts';

/*
 * What causes count is enough to tell how a segment grew and shrank, so that it costs by causes and
 * not by the intervals that point to them: from the members that it has now, backwards.
 */

export function historyTable(db: SqlDatabase): HistoryWriter {
  return {
    keptFrom: async () => db.value<number>(sql`select history_from from capture`),
    firstMove: async (segmentId) =>
      (await db.value<number | null>(sql`
        select min(at) from causes where segment_id = ${segmentId} and joined + "left" > 0`)) ??
      undefined,
    moves: async (segmentId, bounds) => moves(db, segmentId, bounds),
    sizes: async (segmentId, bounds) => sizes(db, segmentId, bounds),
    movesOf: async (contactId) => movesOf(db, contactId),
    pinsOf: async (contactId) => pinsOf(db, contactId),
    forget: async (before) => forgetHistory(db, before),
  };
}

/** The periods between bounds, by `key`, each with its ends `low` and `high`. */
function periodsBetween(bounds: readonly number[]): SQL {
  const ends = bounds.slice(1).map((high, index) => ({ low: bounds[index] ?? null, high }));
  return rowsOf(ends, { low: 'bigint', high: 'bigint' });
}

async function moves(
  db: SqlDatabase,
  segmentId: number,
  bounds: readonly number[],
): Promise<PeriodMoves[]> {
  return db.all<PeriodMoves>(sql`
    select
      periods.key as period, causes.via, sum(causes.joined) as joined, sum(causes."left") as "left"
    from ${periodsBetween(bounds)} as periods
    ${THEN_JOIN} causes
      on causes.at >= periods.low and causes.at < periods.high
    where causes.segment_id = ${segmentId} and causes.joined + causes."left" > 0
    group by periods.key, causes.via
    order by periods.key, causes.via`);
}

async function sizes(
  db: SqlDatabase,
  segmentId: number,
  bounds: readonly number[],
): Promise<number[]> {
  // rule: sizes-in-order
  return (await isInOrder(db, segmentId))
    ? await sizesByCauses(db, segmentId, bounds)
    : await sizesByIntervals(db, segmentId, bounds);
}

/** Whether the clock never went back between two causes of the segment. */
async function isInOrder(db: SqlDatabase, segmentId: number): Promise<boolean> {
  const strays = await db.all(sql`
    select 1
    from (
      select id, lag(id) over (order by at, id) as before
      from causes
      where segment_id = ${segmentId}
    ) as ordered
    where id < before
    limit 1`);
  return strays.length === 0;
}

/** Before a bound there were as many members as now, but for what came about since. */
async function sizesByCauses(
  db: SqlDatabase,
  segmentId: number,
  bounds: readonly number[],
): Promise<number[]> {
  const growths = new Array<number>(bounds.length).fill(0);
  const periods = [...bounds, Number.MAX_SAFE_INTEGER];
  for (const { period, joined, left } of await moves(db, segmentId, periods))
    growths[period] = (growths[period] ?? 0) + joined - left;
  let size = await db.value<number>(
    sql`select count(*) from joined where segment_id = ${segmentId}`,
  );
  return bounds.map((_, index) => (size -= growths[bounds.length - 1 - index] ?? 0)).reverse();
}

/**
 * Where the clock went back, intervals overlap, or end before they begin: they are gone through, one
 * contact after the other.
 */
async function sizesByIntervals(
  db: SqlDatabase,
  segmentId: number,
  bounds: readonly number[],
): Promise<number[]> {
  const steps = await db.all<{ at: number; growth: number }>(sql`
    with apart as (
      select
        ${greater(
          sql`began`,
          sql`coalesce(max(ended) over (
            partition by contact_id order by began, ended
            rows between unbounded preceding and 1 preceding
          ), began)`,
        )} as began,
        ended
      from (${intervalsOf(segmentId)}) as times
    )
    select at, sum(growth) as growth
    from (
      select began as at, 1 as growth from apart where began < ended
      union all
      select ended, -1 from apart where began < ended
    ) as steps
    group by at
    order by at`);
  let size = 0;
  let next = 0;
  const sizes: number[] = [];
  for (const bound of bounds) {
    for (let step = steps[next]; step !== undefined && step.at < bound; step = steps[++next])
      size += step.growth;
    sizes.push((await wasDeleted(db, segmentId, bound - 1)) ? 0 : size);
  }
  return sizes;
}

/** Who stands by a lost cause was always there; who is there now has no end. */
function intervalsOf(segmentId: number): SQL {
  const ended = ['joined_history', 'deleted_history'].map(
    (table) => sql`
      select contact_id, began.at as began, ended.at as ended
      from ${sql.raw(table)} as past
      ${THEN_JOIN} causes as began on began.id = past.joined_cause
      ${THEN_JOIN} causes as ended on ended.id = past.left_cause
      where past.segment_id = ${segmentId} and past.inherited >= 0`,
  );
  const open = sql`
    select contact_id, coalesce(causes.at, ${Number.MIN_SAFE_INTEGER}) as began,
      ${Number.MAX_SAFE_INTEGER} as ended
    from joined
    left join causes on causes.id = cause_id
    where joined.segment_id = ${segmentId}`;
  return sql.join([open, ...ended], sql` union all `);
}

interface Step {
  readonly segmentId: number;
  readonly causeId: number;
  readonly change: ContactMove['change'];
}

/** By key in each segment: no index leads from a contact to its intervals. */
async function movesOf(db: SqlDatabase, contactId: number): Promise<ContactMove[]> {
  // rule: history-whole
  const steps = await db.all<Step>(sql`
    with past as materialized (${intervalsOfContact(contactId)})
    select segment_id as "segmentId", joined_cause as "causeId", 'joined' as change
    from past
    where not ${isSeam('joined_cause', 'left_cause')} and not ${CAME_WHILE_DELETED}
    union
    select segment_id, left_cause, 'left'
    from past
    where left_cause is not null and not ${isSeam('left_cause', 'joined_cause')}
    union
    select past.segment_id, whole.id, case whole.via when 'segment-deleted' then 'left' else 'joined' end
    from past
    ${THEN_JOIN} causes as whole
      on whole.segment_id = past.segment_id
      and whole.via in ('segment-deleted', 'segment-restored')
      and past.joined_cause < whole.id
      and (past.left_cause is null or past.left_cause >= whole.id)`);
  const causes = await causesById(
    db,
    steps.map(({ causeId }) => causeId),
  );
  return (
    steps
      .flatMap(({ segmentId, change, causeId }) => {
        const cause = causes.get(causeId);
        return cause === undefined ? [] : [{ segmentId, change, cause }];
      })
      // rule: moves-as-committed
      .sort((one, other) => one.cause.id - other.cause.id || inTurn(one, other))
  );
}

/** Who came to be in a segment while it was deleted joins as it is brought back. */
// rule: came-while-deleted
const CAME_WHILE_DELETED = sql`
  coalesce((
    select whole.via
    from causes as whole
    where whole.segment_id = past.segment_id and whole.id <= past.joined_cause
      and whole.via in ('segment-deleted', 'segment-restored')
    order by whole.id desc
    limit 1
  ) = 'segment-deleted', ${NEVER})`;

/**
 * What is inherited by a merge begins where one's own time ends, or ends where that begins: there
 * nobody joined or left but as that one did.
 */
function isSeam(end: string, ofOwn: string): SQL {
  // rule: seams-untold
  return sql`(
    past.inherited = 1 and exists (
      select 1
      from past as own
      where own.inherited <> 1 and own.segment_id = past.segment_id
        and own.${name(ofOwn)} = past.${name(end)}
    )
  )`;
}

/** By one cause nobody leaves but who came before it, or joins but to leave after. */
function inTurn(one: ContactMove, other: ContactMove): number {
  return one.change === other.change ? 0 : one.change === 'left' ? -1 : 1;
}

/** What a segment that is there keeps aside is of another contact, which had the id before. */
function intervalsOfContact(contactId: number): SQL {
  // rule: history-of-others
  const parts = PLACES.map(
    ({ segments, joined, history }) => sql`
      select past.segment_id, past.joined_cause, past.left_cause, past.inherited
      from ${segments} as known
      ${THEN_JOIN} ${history} as past
        on past.segment_id = known.id and past.contact_id = ${contactId}
      union all
      select standing.segment_id, standing.cause_id, null as left_cause, 0 as inherited
      from ${segments} as known
      ${THEN_JOIN} ${joined} as standing
        on standing.segment_id = known.id and standing.contact_id = ${contactId}`,
  );
  return sql.join(parts, sql` union all `);
}

async function pinsOf(db: SqlDatabase, contactId: number): Promise<ContactPin[]> {
  const pins = ['pins', 'deleted_pins'].map(
    (table) => sql`
      select
        pins.segment_id as "segmentId", pins.kind, pins.via,
        ${nameOfCause(sql`pins.cause_id`)} as name, pins.pinned_by as "by", pins.reason,
        pins.until, pins.created_at as "createdAt"
      from known
      ${THEN_JOIN} ${sql.raw(table)} as pins
        on pins.segment_id = known.id and pins.contact_id = ${contactId}`,
  );
  return db.all<ContactPin>(sql`
    with known as materialized (select id from segments union all select id from deleted_segments)
    ${sql.join(pins, sql` union all `)}
    order by 8, 1`);
}
