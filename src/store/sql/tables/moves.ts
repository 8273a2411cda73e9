import { type SQL, sql } from 'drizzle-orm';
import { flag, NO_INTEGER, THEN_JOIN } from '../words.ts';
import { inTurn } from '../../../support/in-turn.ts';
import type { Move, MovePlace, MoveQuery, MovesWriter } from '../../moves.ts';
import type { CauseRow } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { valuesOf } from '../sql-parts.ts';
import { lastCause } from '../delta/causes.ts';
import { timelineOf } from '../delta/timeline.ts';
import { causesById } from './causes.ts';

/*
 * Joins and leaves in the order in which they were committed: the order of their causes, for one
 * cause belongs to one transaction, and within a cause the order of contacts. They are read from the
 * memberships and intervals that point to the cause.
 */

export function movesTable(db: SqlDatabase): MovesWriter {
  return {
    list: async (query) => listMoves(db, query),
    end: async () => ({ causeId: await lastCause(db), contactId: LAST_CONTACT, step: 0 }),
    keptFrom: async () => db.value<number>(sql`select moves_from from capture`),
    timeline: async () => (await timelineOf(db)) ?? '',
    toldTo: async (command) =>
      (await db.pluck<string>(sql`select cursor from change_hooks where command = ${command}`))[0],
    keepTold: async (command, cursor, now) => {
      await db.run(sql`
        insert into change_hooks (command, cursor, told_at)
        values (${command}, ${cursor}, ${now})
        on conflict (command) do update set cursor = excluded.cursor, told_at = excluded.told_at`);
    },
  };
}

/** Behind every contact. */
const LAST_CONTACT = Number.MAX_SAFE_INTEGER;

/** A cause by which somebody joined or left, and where to look for them. */
interface Moving {
  readonly id: number;
  readonly segmentId: number;
  readonly via: string;
  readonly moves: number;
}

type Moved = Pick<Move, 'contactId' | 'change' | 'email'> & Pick<MovePlace, 'step'>;

const PAGE_OF_CAUSES = 500;

async function listMoves(
  db: SqlDatabase,
  { after, segmentIds, limit }: MoveQuery,
): Promise<Move[]> {
  const found: { readonly moving: Moving; readonly moved: Moved }[] = [];
  let from = after;
  while (found.length < limit) {
    const causes = await nextCauses(db, from.causeId, segmentIds);
    for (const moving of causes) {
      const behind = moving.id === from.causeId ? from : undefined;
      const moves = await movesBy(db, moving, behind, limit - found.length);
      for (const moved of moves) found.push({ moving, moved });
      if (found.length >= limit) break;
    }
    const last = causes.at(-1);
    if (last === undefined || causes.length < PAGE_OF_CAUSES) break;
    from = { causeId: last.id + 1, contactId: 0, step: 0 };
  }
  return inWords(db, found);
}

/**
 * Puts into a temporary table of `contact_id` who joined or left a segment by causes behind `after`,
 * of those who are there.
 */
export async function fillWithMoved(
  db: SqlDatabase,
  table: SQL,
  {
    segmentId,
    after,
    change,
    which,
  }: {
    readonly segmentId: number;
    readonly after: number;
    readonly change: Move['change'];
    /** A condition on `contacts.id`. */
    readonly which: SQL;
  },
): Promise<void> {
  let causes: Moving[];
  let from = after + 1;
  do {
    causes = await nextCauses(db, from, [segmentId]);
    for (const moving of causes) {
      const all = between(moving, 0, undefined, await areListed(db, moving));
      await db.run(sql`
        insert into ${table} (contact_id)
        select distinct contacts.id
        from (${stepsBy(moving, all)}) as moves
        ${THEN_JOIN} contacts on contacts.id = moves.contact_id
        where moves.change = ${change} and moves.is_gone = 0 and ${which}
        on conflict do nothing`);
    }
    from = (causes.at(-1)?.id ?? from) + 1;
  } while (causes.length === PAGE_OF_CAUSES);
}

async function inWords(
  db: SqlDatabase,
  found: readonly { readonly moving: Moving; readonly moved: Moved }[],
): Promise<Move[]> {
  const causes = await causesById(
    db,
    found.map(({ moving }) => moving.id),
  );
  const aliases = await aliasesOf(db, [...new Set(found.map(({ moving }) => moving.segmentId))]);
  return found.flatMap(({ moving: { id, segmentId }, moved }) => {
    const cause = causes.get(id);
    return cause === undefined ? [] : [moveOf(cause, segmentId, moved, aliases)];
  });
}

function moveOf(
  cause: CauseRow,
  segmentId: number,
  { contactId, step, change, email }: Moved,
  aliases: ReadonlyMap<number, string>,
): Move {
  const place = { causeId: cause.id, contactId, step };
  const segment = aliases.get(segmentId) ?? null;
  return { place, segmentId, segment, contactId, email, change, cause };
}

async function aliasesOf(
  db: SqlDatabase,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await db.all<{ id: number; alias: string }>(sql`
    select id, alias from deleted_segments where id in (select value from ${valuesOf(ids)})
    union all
    select id, alias from segments where id in (select value from ${valuesOf(ids)})`);
  return new Map(rows.map(({ id, alias }) => [id, alias]));
}

/** The causes from this id on by which anybody moved. */
async function nextCauses(
  db: SqlDatabase,
  from: number,
  segmentIds: readonly number[] | undefined,
): Promise<Moving[]> {
  const which =
    segmentIds === undefined
      ? sql``
      : sql`and segment_id in (select value from ${valuesOf(segmentIds)})`;
  return db.all<Moving>(sql`
    select id, segment_id as "segmentId", via, joined + "left" as moves
    from causes
    where id >= ${from} and joined + "left" > 0 ${which}
    order by id
    limit ${PAGE_OF_CAUSES}`);
}

/** The moves by one cause, in order; behind one of them, if one is given. At least `limit`, or all. */
async function movesBy(
  db: SqlDatabase,
  moving: Moving,
  behind: MovePlace | undefined,
  limit: number,
): Promise<Moved[]> {
  const { contactId = 0, step = 0 } = behind ?? {};
  const isListed = await areListed(db, moving);
  const moves: Moved[] = [];
  let from: number | undefined = contactId;
  while (from !== undefined && moves.length < limit) {
    const to: number | undefined = isListed
      ? await lastListed(db, moving, from, limit)
      : await lastInWindow(db, moving, from);
    const among = between(moving, from, to, isListed);
    moves.push(
      ...(await db.all<Moved>(sql`
        select moves.contact_id as "contactId", moves.step, moves.change, contacts.email
        from (${stepsBy(moving, among)}) as moves
        left join contacts on contacts.id = moves.contact_id and moves.is_gone = 0
        where (moves.contact_id, moves.step) > (${contactId}, ${step})
        order by moves.contact_id, moves.step`)),
    );
    from = to === undefined ? undefined : to + 1;
  }
  return moves.slice(0, limit);
}

/** Whether all who moved by a cause stand in `moved`. */
async function areListed(db: SqlDatabase, { id, moves, via }: Moving): Promise<boolean> {
  if (MOVES_ALL.has(via)) return false;
  return (await db.value<number>(sql`select count(*) from moved where cause_id = ${id}`)) === moves;
}

/** By these all members of that moment move. */
const MOVES_ALL: ReadonlyMap<string, Move['change']> = new Map([
  ['segment-deleted', 'left'],
  ['segment-restored', 'joined'],
]);

/** The last of so many listed contacts from one on; undefined where there are not so many. */
async function lastListed(
  db: SqlDatabase,
  { id }: Moving,
  from: number,
  limit: number,
): Promise<number | undefined> {
  return (
    await db.pluck<number>(sql`
    select contact_id
    from moved
    where cause_id = ${id} and contact_id >= ${from}
    order by contact_id
    limit 1 offset ${limit}`)
  )[0];
}

/** As many intervals of a segment are gone through at once, of each table that holds any. */
const WINDOW = 10_000;

/** The last contact of those that are gone through at once; undefined at the segment's end. */
async function lastInWindow(
  db: SqlDatabase,
  { segmentId }: Moving,
  from: number,
): Promise<number | undefined> {
  const ends = (
    await inTurn([...OPEN, ...ENDED], async (table) =>
      db.pluck<number>(sql`
      select contact_id
      from ${sql.raw(table)}
      where segment_id = ${segmentId} and contact_id >= ${from}
      order by contact_id
      limit 1 offset ${WINDOW}`),
    )
  ).flat();
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Which contacts are looked at for their moves by a cause. */
function between({ id }: Moving, from: number, to: number | undefined, isListed: boolean): SQL {
  const range = sql`contact_id between ${from} and ${to ?? LAST_CONTACT}`;
  return isListed
    ? sql`contact_id in (select contact_id from moved where cause_id = ${id} and ${range})`
    : range;
}

/**
 * What contacts did by a cause: who was a member leaves before he joins, who was none joins before
 * he leaves. All who are members when a segment is deleted leave, and join when it comes back.
 */
function stepsBy({ id, segmentId, via }: Moving, which: SQL): SQL {
  const known = intervals(segmentId, which);
  const ofAll = MOVES_ALL.get(via);
  if (ofAll !== undefined)
    return sql`
      select contact_id, 1 as step, ${ofAll} as change, min(is_gone) as is_gone
      from (${known}) as known
      where joined_cause < ${id} and (left_cause is null or left_cause >= ${id})
      group by contact_id`;
  return sql`
    select contact_id, 2 as step, 'joined' as change, is_gone
    from (${known}) as known
    where joined_cause = ${id}
    union all
    select contact_id, case joined_cause when ${id} then 3 else 1 end, 'left', is_gone
    from (${known}) as known
    where left_cause = ${id}`;
}

const OPEN = ['joined', 'deleted_joined'];
const ENDED = ['joined_history', 'deleted_history'];

/**
 * All that is known of who was in a segment, open intervals with null for their end. What a contact
 * inherited by a merge was told of the one that was merged into it. Whose interval a segment that is
 * there keeps aside is gone: another may have the id by now.
 */
function intervals(segmentId: number, which: SQL): SQL {
  const open = OPEN.map(
    (table) => sql`
      select contact_id, cause_id as joined_cause, ${NO_INTEGER} as left_cause, 0 as is_gone
      from ${sql.raw(table)}
      where segment_id = ${segmentId} and ${which}`,
  );
  const isThere = flag(sql`exists (select 1 from segments where id = ${segmentId})`);
  // rule: inherited-untold, gone-nameless
  const ended = ENDED.map(
    (table) => sql`
      select contact_id, joined_cause, left_cause, ${table === 'deleted_history' ? isThere : 0}
      from ${sql.raw(table)}
      where segment_id = ${segmentId} and inherited < 1 and ${which}`,
  );
  return sql.join([...open, ...ended], sql` union all `);
}
