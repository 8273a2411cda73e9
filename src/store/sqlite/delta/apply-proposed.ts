import { sql } from 'drizzle-orm';
import type { Difference } from '../../rows.ts';
import type { Cause } from '../../members.ts';
import { type SqliteDatabase, valuesOf } from '../connection/database.ts';
import { movedKeys, Proposals } from './proposed.ts';
import { proposeJoining, proposeLeaving } from './propose.ts';
import type { TemporaryTables } from './temporary-tables.ts';
import { recountAnonymous } from './memberships-of-contacts.ts';

/*
 * The one place that writes memberships. What was proposed (proposed.ts), of one segment or of many,
 * is applied with its history and counters in a handful of statements, in key order.
 */

/** Those of `contactIds` who are not members yet join. */
export function addMembers(
  tables: TemporaryTables,
  segmentId: number,
  contactIds: readonly number[],
  cause: Cause,
): number {
  const proposals = new Proposals(tables);
  proposeJoining(proposals, segmentId, contactIds);
  return applyProposed(proposals, cause).get(segmentId)?.joined ?? 0;
}

/** Those of `contactIds` who are members leave, or all. */
export function removeMembers(
  tables: TemporaryTables,
  segmentId: number,
  contactIds: readonly number[] | 'all',
  cause: Cause,
): number {
  const proposals = new Proposals(tables);
  proposeLeaving(proposals, segmentId, contactIds);
  return applyProposed(proposals, cause).get(segmentId)?.left ?? 0;
}

/** What is proposed for one segment: contacts that are no more leave without having left. */
interface Tally {
  readonly segmentId: number;
  readonly joining: number;
  readonly leaving: number;
  readonly gone: number;
  readonly renaming: number;
  /** By how much its anonymous members become more. */
  readonly anonymous: number;
}

/**
 * Writes what is proposed; gives it by segment. Who joins by `filter` but is pinned in joins by the
 * pin's channel.
 */
export function applyProposed(proposals: Proposals, cause: Cause): Map<number, Difference> {
  const tallies = tally(proposals);
  writeMemberships(proposals, tallies, cause);
  const moved = tallies.filter(({ joining, leaving }) => joining + leaving > 0);
  if (moved.length > 0) {
    count(proposals.db, moved, cause);
    logMembers(proposals, moved, cause);
  }
  recountBereft(proposals.db, tallies);
  return new Map(
    tallies.map(({ segmentId, joining, leaving, gone }) => [
      segmentId,
      { joined: joining, left: leaving - gone },
    ]),
  );
}

function writeMemberships(proposals: Proposals, tallies: readonly Tally[], cause: Cause): void {
  if (tallies.some(({ leaving }) => leaving > 0)) leave(proposals.db, cause);
  if (tallies.some(({ renaming }) => renaming > 0)) rename(proposals.db);
  if (tallies.some(({ joining }) => joining > 0)) join(proposals, tallies, cause);
}

/** Whether contacts that are no more were anonymous nobody knows. */
function recountBereft(db: SqliteDatabase, tallies: readonly Tally[]): void {
  const bereft = tallies.filter(({ gone }) => gone > 0).map(({ segmentId }) => segmentId);
  if (bereft.length > 0)
    recountAnonymous(db, sql`segments.id in (select value from ${valuesOf(bereft)})`);
}

function tally(proposals: Proposals): Tally[] {
  const moved = proposals.db.all<Tally>(sql`
    select
      segment_id as "segmentId",
      sum(part = 'joining') as joining,
      sum(part = 'leaving') as leaving,
      sum(part = 'leaving' and anonymous is null) as gone,
      sum(part = 'renaming') as renaming,
      sum(
        case part when 'joining' then anonymous when 'leaving' then -coalesce(anonymous, 0) else 0 end
      ) as anonymous
    from temp.moves
    group by segment_id
    order by segment_id`);
  const others = proposals.otherJoiners();
  if (others === undefined) return moved;
  return [...moved, { ...others, leaving: 0, gone: 0, renaming: 0 }];
}

/** Each interval that ends goes into the history. */
function leave(db: SqliteDatabase, cause: Cause): void {
  // rule: left-after-joined
  db.run(sql`
    insert into membership_history (
      segment_id, contact_id, joined_at, left_at, joined_via, left_via, joined_run, left_run
    )
    select
      segment_id, contact_id, since, max(since, ${cause.now}), via, ${cause.via}, run_id, ${cause.runId}
    from temp.moves
    cross join memberships using (segment_id, contact_id)
    where part = 'leaving' and anonymous is not null
    order by segment_id, contact_id`);
  db.run(sql`delete from memberships where (segment_id, contact_id) in ${movedKeys('leaving')}`);
}

function rename(db: SqliteDatabase): void {
  db.run(sql`
    update memberships
    set via = coalesce((
      select pins.via
      from pins
      where pins.segment_id = memberships.segment_id and pins.contact_id = memberships.contact_id
        and pins.kind = 'in'
    ), 'filter')
    where (segment_id, contact_id) in ${movedKeys('renaming')}`);
}

function join(proposals: Proposals, tallies: readonly Tally[], cause: Cause): void {
  const { db } = proposals;
  const segments = valuesOf(tallies.map(({ segmentId }) => segmentId));
  const isPinned =
    db.get(
      sql`select 1 from pins where segment_id in (select value from ${segments}) and kind = 'in' limit 1`,
    ) !== undefined;
  const pinned = sql`
    left join pins
      on pins.segment_id = joiners.segment_id and pins.contact_id = joiners.contact_id
      and pins.kind = 'in'`;
  // rule: via
  const via = isPinned ? sql`coalesce(pins.via, ${cause.via})` : cause.via;
  db.run(sql`
    insert into memberships (segment_id, contact_id, since, via, run_id)
    select joiners.segment_id, joiners.contact_id, ${cause.now}, ${via}, ${cause.runId}
    from ${proposals.joiners()} as joiners
    ${isPinned ? pinned : sql``}`);
}

function count(db: SqliteDatabase, tallies: readonly Tally[], cause: Cause): void {
  const growths = tallies.map(({ segmentId: id, joining, leaving, gone, anonymous }) => ({
    id,
    members: joining - leaving,
    anonymous,
    moved: joining + leaving > gone,
  }));
  db.run(sql`
    update segments
    set
      members = segments.members + growth.members,
      anonymous = segments.anonymous + growth.anonymous,
      moved_at = iif(growth.moved, ${cause.now}, moved_at)
    from (
      select
        value ->> 'id' as id, value ->> 'members' as members,
        value ->> 'anonymous' as anonymous, value ->> 'moved' as moved
      from json_each(${JSON.stringify(growths)})
    ) as growth
    where segments.id = growth.id`);
}

/**
 * Above this many, who joined and left is not logged one by one: the segments that read these
 * members are built in full.
 */
const MOST_LOGGED = 50_000;

/**
 * Tells the segments that read these members, or will: one whose filter cannot be read now may be
 * mended. A new epoch follows, so that a build after this one has seen it.
 */
function logMembers(proposals: Proposals, tallies: readonly Tally[], cause: Cause): void {
  const { db } = proposals;
  const { oneByOne, wholesale } = loggedHow(tallies, cause);
  // rule: bulk-epoch
  if (wholesale.length > 0)
    db.run(sql`
      update segments
      set bulk_epoch = (select epoch from capture)
      where id in (select value from ${valuesOf(wholesale)})`);
  // rule: members-logged
  if (oneByOne.length > 0) logMoves(proposals, oneByOne);
  db.run(sql`update capture set epoch = epoch + 1`);
}

function logMoves(proposals: Proposals, segmentIds: readonly number[]): void {
  proposals.db.run(sql`
    insert into member_changes (segment_id, epoch, id)
    select segment_id, (select epoch from capture), contact_id
    from (
      select segment_id, contact_id from ${proposals.joiners()}
      union all
      select segment_id, contact_id from ${movedKeys('leaving')}
    )
    where segment_id in (select value from ${valuesOf(segmentIds)})
    on conflict do nothing`);
}

/** The ids of segments whose moves are logged one by one, and of those that changed wholesale. */
function loggedHow(
  tallies: readonly Tally[],
  { unread = [] }: Cause,
): { readonly oneByOne: readonly number[]; readonly wholesale: readonly number[] } {
  const isUnread = new Set(unread);
  const isOneByOne = ({ segmentId, joining, leaving }: Tally): boolean =>
    !isUnread.has(segmentId) && joining + leaving <= MOST_LOGGED;
  const idsOf = (some: readonly Tally[]): number[] => some.map(({ segmentId }) => segmentId);
  return {
    oneByOne: idsOf(tallies.filter(isOneByOne)),
    wholesale: idsOf(tallies.filter((one) => !isOneByOne(one))),
  };
}
