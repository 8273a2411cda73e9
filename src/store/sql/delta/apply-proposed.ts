import { sql } from 'drizzle-orm';
import { greater, TEMP, THEN_JOIN } from '../words.ts';
import type { Difference } from '../../rows.ts';
import type { Cause } from '../../members.ts';
import type { ContactSet } from '../../selections.ts';
import type { SqlDatabase } from '../database.ts';
import { rowsOf, valuesOf } from '../sql-parts.ts';
import { LEAVING, Proposals } from './proposed.ts';
import { type Caused, causesOf, countByCause, countPinned, type Effect } from './causes.ts';
import { endDeleted } from './deleted-intervals.ts';
import { listMoved } from './moved.ts';
import { logMembers } from './member-changes.ts';
import { proposeJoining, proposeLeaving } from './propose.ts';
import type { TemporaryTables } from './temporary-tables.ts';
import { recountAnonymous } from './memberships-of-contacts.ts';

/*
 * The one place that writes memberships. What was proposed (proposed.ts), of one segment or of many,
 * is applied with its history and counters in a handful of statements, in key order.
 */

/** Those of these contacts who are not members yet join. */
export async function addMembers(
  tables: TemporaryTables,
  segmentId: number,
  contacts: ContactSet,
  cause: Cause,
): Promise<number> {
  const proposals = await Proposals.make(tables);
  await proposeJoining(proposals, segmentId, contacts);
  return (await applyProposed(proposals, cause, { byPins: false })).get(segmentId)?.joined ?? 0;
}

/** Those of these contacts who are members leave, or all. */
export async function removeMembers(
  tables: TemporaryTables,
  segmentId: number,
  contacts: ContactSet | 'all',
  cause: Cause,
): Promise<number> {
  const proposals = await Proposals.make(tables);
  await proposeLeaving(proposals, segmentId, contacts);
  return (await applyProposed(proposals, cause, { byPins: false })).get(segmentId)?.left ?? 0;
}

/** What is proposed for one segment: contacts that are no more leave without having left. */
interface Tally {
  readonly segmentId: number;
  readonly joining: number;
  readonly leaving: number;
  readonly gone: number;
  /** By how much its anonymous members become more. */
  readonly anonymous: number;
}

/**
 * Writes what is proposed; gives it by segment. With `byPins`, who is pinned in joins by a cause
 * that says what the pin says.
 */
export async function applyProposed(
  proposals: Proposals,
  cause: Cause,
  { byPins }: { readonly byPins: boolean },
): Promise<Map<number, Difference>> {
  const tallies = await tally(proposals);
  await writeMemberships(proposals, tallies, cause, byPins);
  const moved = tallies.filter(({ joining, leaving }) => joining + leaving > 0);
  if (moved.length > 0) {
    await count(proposals.db, moved, cause);
    await logMembers(proposals, moved, cause);
  }
  await recountBereft(proposals.db, tallies);
  return new Map(
    tallies.map(({ segmentId, joining, leaving, gone }) => [
      segmentId,
      { joined: joining, left: leaving - gone },
    ]),
  );
}

async function writeMemberships(
  proposals: Proposals,
  tallies: readonly Tally[],
  cause: Cause,
  byPins: boolean,
): Promise<void> {
  const { db } = proposals;
  const growing = tallies.filter((one) => one.joining > 0);
  const joining = growing.map(({ segmentId }) => segmentId);
  const pinned = byPins ? await causesByPins(proposals, growing, cause) : new Map<number, number>();
  const effects = tallies.map((one) => effectOf(one, pinned.get(one.segmentId) ?? 0));
  const caused = await countByCause(db, cause, effects.filter(isAnything));
  if (tallies.some(({ gone }) => gone > 0)) await endGone(db, cause);
  if (tallies.some(({ leaving }) => leaving > 0)) await leave(db, caused);
  if (joining.length > 0) await join(proposals, joining, caused, pinned);
  await listMoves(proposals, tallies, caused);
}

/** Contacts that are no more end by a cause of their own. */
async function endGone(db: SqlDatabase, { now, runId, by }: Cause): Promise<void> {
  await endDeleted(
    db,
    sql`
      select moves.segment_id, moves.contact_id, joined.cause_id
      from ${TEMP}.moves
      ${THEN_JOIN} joined using (segment_id, contact_id)
      where moves.part = 'leaving' and moves.anonymous is null`,
    { now, runId, by },
  );
}

async function listMoves(
  proposals: Proposals,
  tallies: readonly Tally[],
  caused: readonly Caused[],
): Promise<void> {
  const segments = tallies
    .map(({ segmentId, joining, leaving, gone }) => ({
      segmentId,
      moves: joining + leaving - gone,
    }))
    .filter(({ moves }) => moves > 0);
  await listMoved(
    proposals.db,
    segments,
    (segmentIds) => sql`
      select joined.cause_id, joiners.contact_id
      from ${proposals.joiners()} as joiners
      ${THEN_JOIN} joined using (segment_id, contact_id)
      where joiners.segment_id in (select value from ${segmentIds})
      union all
      select caused.cause_id, moves.contact_id
      from ${causesOf(caused)} as caused
      ${THEN_JOIN} ${TEMP}.moves on moves.segment_id = caused.segment_id
      where moves.part = 'leaving' and moves.anonymous is not null
        and caused.segment_id in (select value from ${segmentIds})`,
  );
}

/** Of pins and joiners, those that are fewer are gone through. */
async function causesByPins(
  proposals: Proposals,
  growing: readonly Tally[],
  cause: Cause,
): Promise<Map<number, number>> {
  const { db } = proposals;
  const joining = growing.reduce((sum, one) => sum + one.joining, 0);
  const pins = sql`pins where segment_id in (
    select value from ${valuesOf(growing.map(({ segmentId }) => segmentId))}
  )`;
  const pinned = await db.value<number>(
    sql`select count(*) from (select 1 from ${pins} limit ${joining}) as few`,
  );
  if (pinned === 0) return new Map();
  const found =
    pinned < joining
      ? sql`(select * from ${pins}) as pins ${THEN_JOIN} ${proposals.joiners()} as joiners`
      : sql`${proposals.joiners()} as joiners ${THEN_JOIN} pins`;
  return countPinned(db, cause, found);
}

/** What comes about by the cause of a segment, apart from those who join by their pins. */
function effectOf({ segmentId, joining, leaving, gone }: Tally, pinned: number): Effect {
  return { segmentId, joined: joining - pinned, left: leaving - gone };
}

function isAnything({ joined, left }: Effect): boolean {
  return joined + left > 0;
}

/** Whether contacts that are no more were anonymous nobody knows. */
async function recountBereft(db: SqlDatabase, tallies: readonly Tally[]): Promise<void> {
  const bereft = tallies.filter(({ gone }) => gone > 0).map(({ segmentId }) => segmentId);
  if (bereft.length > 0)
    await recountAnonymous(db, sql`segments.id in (select value from ${valuesOf(bereft)})`);
}

async function tally(proposals: Proposals): Promise<Tally[]> {
  const moved = await proposals.db.all<Tally>(sql`
    select
      segment_id as "segmentId",
      count(*) filter (where part = 'joining') as joining,
      count(*) filter (where part = 'leaving') as leaving,
      count(*) filter (where part = 'leaving' and anonymous is null) as gone,
      sum(
        case part when 'joining' then anonymous when 'leaving' then -coalesce(anonymous, 0) else 0 end
      ) as anonymous
    from ${TEMP}.moves
    group by segment_id
    order by segment_id`);
  const others = await proposals.otherJoiners();
  if (others === undefined) return moved;
  return [...moved, { ...others, leaving: 0, gone: 0 }];
}

/** Each interval that ends goes into the history. */
async function leave(db: SqlDatabase, caused: readonly Caused[]): Promise<void> {
  await db.run(sql`
    insert into joined_history (segment_id, contact_id, joined_cause, left_cause)
    select moves.segment_id, moves.contact_id, joined.cause_id, caused.cause_id
    from ${causesOf(caused)} as caused
    ${THEN_JOIN} ${TEMP}.moves on moves.segment_id = caused.segment_id
    ${THEN_JOIN} joined
      on joined.segment_id = moves.segment_id and joined.contact_id = moves.contact_id
    where moves.part = 'leaving' and moves.anonymous is not null`);
  await countLeaving(db);
  await db.run(sql`delete from joined where (segment_id, contact_id) in ${LEAVING}`);
}

/** Who leaves stands by its cause no longer. */
async function countLeaving(db: SqlDatabase): Promise<void> {
  // rule: cause-open
  await db.run(sql`
    update causes
    set open = causes.open - leaving.contacts
    from (
      select joined.cause_id, count(*) as contacts
      from ${TEMP}.moves
      ${THEN_JOIN} joined using (segment_id, contact_id)
      where moves.part = 'leaving' and moves.anonymous is not null
      group by joined.cause_id
    ) as leaving
    where leaving.cause_id = causes.id`);
}

/** In one pass in key order, by one cause where all join the same segment. */
async function join(
  proposals: Proposals,
  joining: readonly number[],
  caused: readonly Caused[],
  pinned: ReadonlyMap<number, number>,
): Promise<void> {
  const [only = 0, ...others] = joining;
  const isOne = others.length === 0;
  const inSegment = caused.find(({ segmentId }) => segmentId === only)?.causeId ?? null;
  const byFilter = isOne ? sql`${inSegment}` : sql`caused.cause_id`;
  // rule: via
  const byWhat = pinned.size === 0 ? byFilter : sql`coalesce(pinned.cause_id, ${byFilter})`;
  await proposals.db.run(sql`
    insert into joined (segment_id, contact_id, cause_id)
    select joiners.segment_id, joiners.contact_id, ${byWhat}
    from ${proposals.joiners()} as joiners
    ${isOne ? sql`` : sql`left join ${causesOf(caused)} as caused on caused.segment_id = joiners.segment_id`}
    ${pinned.size === 0 ? sql`` : PINNED}`);
}

const PINNED = sql`
    left join ${TEMP}.pinned
      on pinned.segment_id = joiners.segment_id and pinned.contact_id = joiners.contact_id`;

const GROWTH = { id: 'bigint', members: 'bigint', anonymous: 'bigint', moved: 'bigint' } as const;

async function count(db: SqlDatabase, tallies: readonly Tally[], cause: Cause): Promise<void> {
  const growths = tallies.map(({ segmentId: id, joining, leaving, gone, anonymous }) => ({
    id,
    members: joining - leaving,
    anonymous,
    moved: joining + leaving > gone ? 1 : 0,
  }));
  await db.run(sql`
    update segments
    set
      members = segments.members + growth.members,
      anonymous = segments.anonymous + growth.anonymous,
      moved_at = case growth.moved
        when 1 then ${greater(sql`${cause.now}`, sql`coalesce(moved_at, ${cause.now})`)}
        else moved_at
      end
    from ${rowsOf(growths, GROWTH)} as growth
    where segments.id = growth.id`);
}
