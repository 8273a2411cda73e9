import { sql } from 'drizzle-orm';
import type { Cause } from '../../members.ts';
import type { Merged, Merging } from '../../merging.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, name, rowsOf, valuesOf } from '../sql-parts.ts';
import { ALWAYS, THEN_JOIN } from '../words.ts';
import { addMembers, removeMembers } from '../delta/apply-proposed.ts';
import { shiftUses } from '../delta/cause-uses.ts';
import { causeIn } from '../delta/causes.ts';
import { MERGED } from '../delta/deleted-intervals.ts';
import { inheritedIntervals, type Interval } from '../delta/inherited-intervals.ts';
import { leaveWithSegment } from '../delta/left-with-segment.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { causesById } from './causes.ts';
import type { Pin, Segment, Stay, Story } from './merge-stories.ts';
import type { Place } from './segment-places.ts';

/*
 * The memberships of contacts that are made one. The losers leave all segments, as if they were
 * deleted; the winner joins the static ones by a cause that says how they had joined. So whoever
 * follows joins and leaves reads nothing that is not so, and no line twice. The times in which the
 * losers were members the winner inherits as intervals of which that reader is not told.
 */

const PIN_COLUMNS = [
  'kind',
  'via',
  'pinned_by',
  'reason',
  'until',
  'created_at',
  'cause_id',
] as const;

/** Gives the winner the pins that hold for all. To be called while the losers are there. */
export async function takePins(
  db: SqlDatabase,
  { place, pins }: Story,
  { winner }: Merging,
): Promise<void> {
  const taken = [...pins.values()]
    .filter(({ contactId }) => contactId !== winner)
    .map(({ segmentId, contactId }) => ({ segmentId, contactId }));
  if (taken.length === 0) return;
  const those = sql`
    select cause_id
    from ${place.pins}
    where contact_id = ${winner}
      and segment_id in ${idSet(taken.map(({ segmentId }) => segmentId))}`;
  if (place.isDeleted) await shiftUses(db, those, -1);
  const columns = sql.join(PIN_COLUMNS.map(name), sql`, `);
  const sets = PIN_COLUMNS.map((column) => sql`${name(column)} = excluded.${name(column)}`);
  await db.run(sql`
    insert into ${place.pins} (segment_id, contact_id, ${columns})
    select segment_id, ${winner}, ${columns}
    from ${rowsOf(taken, { segmentId: 'bigint', contactId: 'bigint' })} as given
    ${THEN_JOIN} ${place.pins}
      on segment_id = given."segmentId" and contact_id = given."contactId"
    where ${ALWAYS}
    order by segment_id
    on conflict (segment_id, contact_id) do update set ${sql.join(sets, sql`, `)}`);
  if (place.isDeleted) await shiftUses(db, those, 1);
}

/** Who joins again stays, by another cause. */
interface Change {
  readonly way: 'joined' | 'left' | 'again';
  readonly cause: Cause;
}

/**
 * Has the winner join and leave what the merge asks for, and gives it what it inherits; to be called
 * when the losers have left. Dynamic segments decide at their next update, apart from pins. Gives
 * the aliases, of segments that are there.
 */
export async function mergeMemberships(
  tables: TemporaryTables,
  stories: readonly Story[],
  merging: Merging,
): Promise<Pick<Merged, 'joined' | 'left' | 'pinned'>> {
  const moves = { joined: [] as string[], left: [] as string[], pinned: [] as string[] };
  for (const story of stories)
    for (const segment of story.segments) {
      await inherit(tables.db, story, segment, merging);
      const change = await changeOf(tables.db, story, segment, merging);
      if (change !== undefined) await move(tables, story, segment, change, merging.winner);
      if (story.place.isDeleted) continue;
      const pin = story.pins.get(segment.id);
      if (pin !== undefined && pin.contactId !== merging.winner) moves.pinned.push(segment.alias);
      if (change !== undefined && change.way !== 'again') moves[change.way].push(segment.alias);
    }
  return moves;
}

/** What becomes of the winner in a segment; undefined if it stays what it is. */
async function changeOf(
  db: SqlDatabase,
  story: Story,
  segment: Segment,
  { winner, now, by }: Merging,
): Promise<Change | undefined> {
  const open = story.stays.filter(
    ({ segmentId, until }) => segmentId === segment.id && until === null,
  );
  const isMember = open.some(({ contactId }) => contactId === winner);
  const pin = standingPin(story, segment);
  const cause = { via: MERGED, now, by, runId: null };
  // rule: merge-out-leaves
  if (pin?.kind === 'out') return isMember ? { way: 'left', cause } : undefined;
  const ways = await byImports(db, open);
  if (isMember && !joinsAnew(ways, segment, winner)) return undefined;
  const [first = open[0]] = ways.otherwise; // the one that began first
  const joins = await joinOf(db, story, segment, { first, pin });
  if (joins === undefined) return undefined;
  return { way: isMember ? 'again' : 'joined', cause: { ...cause, ...joins } };
}

/** The pin that holds for all, if it is not over. */
function standingPin({ pins }: Story, { id }: Segment): Pin | undefined {
  const pin = pins.get(id);
  return pin?.isOver === 0 ? pin : undefined;
}

interface Ways {
  readonly imported: readonly Stay[];
  readonly otherwise: readonly Stay[];
}

/** Who is in a static segment by an import and otherwise is in otherwise from now on. */
function joinsAnew({ imported, otherwise }: Ways, { kind }: Segment, winner: number): boolean {
  // rule: merge-own-way
  return (
    kind === 'static' &&
    otherwise.length > 0 &&
    imported.some(({ contactId }) => contactId === winner)
  );
}

/** Taking an import back ends what came by it: who is in otherwise as well is not to leave by that. */
async function byImports(db: SqlDatabase, open: readonly Stay[]): Promise<Ways> {
  const causes = await causesById(
    db,
    open.map(({ cause }) => cause),
  );
  const isImported = ({ cause }: Stay): boolean => (causes.get(cause)?.importId ?? null) !== null;
  return {
    imported: open.filter(isImported),
    otherwise: open.filter((stay) => !isImported(stay)),
  };
}

/** What a cause says by which the winner joins, though no filter decided; undefined if it does not. */
async function joinOf(
  db: SqlDatabase,
  { place }: Story,
  { kind }: Segment,
  { first, pin }: { readonly first: Stay | undefined; readonly pin: Pin | undefined },
): Promise<Partial<Cause> | undefined> {
  // rule: merge-static-joins
  if (kind === 'static') return first === undefined ? undefined : await earlierWay(db, first);
  // rule: merge-pinned-joins
  return pin?.kind === 'in' && !place.isDeleted ? { reason: pin.reason } : undefined;
}

/** By what, by whom and why the loser had joined, as the name and words of a cause. */
async function earlierWay(db: SqlDatabase, { cause: id }: Stay): Promise<Partial<Cause>> {
  const cause = (await causesById(db, [id])).get(id);
  if (cause === undefined) return {};
  const { via, name: called, by, reason, importId } = cause;
  const words = via === MERGED ? [called] : [via, called];
  // rule: merge-way-kept
  return { name: words.filter((word) => word !== null).join(' '), by, reason, importId };
}

async function move(
  tables: TemporaryTables,
  { place }: Story,
  segment: Segment,
  { way, cause }: Change,
  winner: number,
): Promise<void> {
  if (place.isDeleted) await moveDeleted(tables.db, segment.id, { way, cause }, winner);
  else {
    if (way !== 'joined') await removeMembers(tables, segment.id, [winner], plain(cause));
    if (way !== 'left') await addMembers(tables, segment.id, [winner], cause);
  }
}

/** Says nothing of how anybody had joined. */
function plain({ via, now, by, runId }: Cause): Cause {
  return { via, now, by, runId };
}

/** Whether the winner comes back with a segment that was deleted: of that nobody is told yet. */
async function moveDeleted(
  db: SqlDatabase,
  segmentId: number,
  { way, cause }: Change,
  winner: number,
): Promise<void> {
  if (way !== 'joined') await leaveWithSegment(db, { contactIds: idSet([winner]), segmentId });
  if (way === 'left') return;
  const causeId = await causeIn(db, segmentId, cause);
  await db.run(sql`
    insert into deleted_joined (segment_id, contact_id, cause_id)
    values (${segmentId}, ${winner}, ${causeId})`);
  await countUses(db, [causeId]);
}

async function inherit(
  db: SqlDatabase,
  { place, stays }: Story,
  { id, deletion }: Segment,
  { winner, now, by }: Merging,
): Promise<void> {
  const here = stays.filter((stay) => stay.segmentId === id && isTime(stay, deletion));
  if (here.every(({ contactId }) => contactId === winner)) return;
  const isOwn = ({ contactId, inherited }: Stay): boolean =>
    contactId === winner && inherited !== 1;
  await forgetInherited(db, place, { segmentId: id, winner });
  const end = deletion ?? {
    at: now,
    cause: await causeIn(db, id, { via: MERGED, now, by, runId: null }),
  };
  const rows = inheritedIntervals(
    here.filter(isOwn).map((stay) => intervalOf(stay, Number.POSITIVE_INFINITY, 0)),
    here.filter((stay) => !isOwn(stay)).map((stay) => intervalOf(stay, end.at, end.cause)),
  ).map(({ fromCause, untilCause }) => ({ fromCause, untilCause }));
  if (rows.length === 0) return;
  // rule: inherited
  await db.run(sql`
    insert into ${place.history} (segment_id, contact_id, joined_cause, left_cause, inherited)
    select ${id}, ${winner}, "fromCause", "untilCause", 1
    from ${rowsOf(rows, { fromCause: 'bigint', untilCause: 'bigint' })} as inherited
    order by key`);
  await countUses(
    db,
    rows.flatMap(({ fromCause, untilCause }) => [fromCause, untilCause]),
  );
}

/** What the winner inherited before is written anew, as one with what it inherits now. */
async function forgetInherited(
  db: SqlDatabase,
  { history }: Place,
  { segmentId, winner }: { readonly segmentId: number; readonly winner: number },
): Promise<void> {
  // rule: inherited-together
  const inherited = sql`
    ${history} where segment_id = ${segmentId} and contact_id = ${winner} and inherited = 1`;
  const causes = sql`
    select joined_cause as cause_id from ${inherited} union all select left_cause from ${inherited}`;
  await shiftUses(db, causes, -1);
  await db.run(sql`delete from ${inherited}`);
}

/** Who comes to be in a segment while it is deleted has no time in it yet. */
function isTime({ from, cause }: Stay, deletion: Segment['deletion']): boolean {
  return from !== null && (deletion === null || cause < deletion.cause);
}

/** An open stay ends at `end`, by this cause. */
function intervalOf({ from, cause, until, leftCause }: Stay, end: number, by: number): Interval {
  return {
    from: from ?? 0,
    fromCause: cause,
    until: until ?? end,
    untilCause: leftCause ?? by,
  };
}

/** Rows were written that point to these causes, one for each mention. */
async function countUses(db: SqlDatabase, causeIds: readonly number[]): Promise<void> {
  await db.run(sql`
    update causes
    set uses = causes.uses + counted.mentions
    from (
      select value as id, count(*) as mentions
      from ${valuesOf(causeIds)} as mentioned
      group by value
    ) as counted
    where counted.id = causes.id`);
}
