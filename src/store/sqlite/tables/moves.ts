import { type SQL, sql } from 'drizzle-orm';
import type { Move, MovePlace, MoveQuery, MovesReader } from '../../moves.ts';
import type { CauseRow } from '../../rows.ts';
import { type SqliteDatabase, valuesOf } from '../connection/database.ts';
import { timelineOf } from '../delta/life.ts';
import { causesById } from './causes.ts';

/*
 * Joins and leaves in the order in which they were committed: the order of their causes, for one
 * cause belongs to one transaction, and within a cause the order of contacts. They are read from the
 * memberships and intervals that point to the cause.
 */

export function movesTable(db: SqliteDatabase): MovesReader {
  return {
    list: async (query) => listMoves(db, query),
    end: async () => ({ causeId: lastCause(db), contactId: LAST_CONTACT, step: 0 }),
    keptFrom: async () => db.value<number>(sql`select moves_from from capture`),
    timeline: async () => timelineOf(db) ?? '',
  };
}

/** Behind every contact. */
const LAST_CONTACT = Number.MAX_SAFE_INTEGER;

function lastCause(db: SqliteDatabase): number {
  return db.value<number>(sql`select coalesce(max(id), 0) from causes`);
}

/** A cause by which somebody joined or left, and where to look for them. */
interface Moving {
  readonly id: number;
  readonly segmentId: number;
  readonly via: string;
  /** All its moves stand in `moved`. */
  readonly isListed: 0 | 1;
}

type Moved = Pick<Move, 'contactId' | 'change' | 'email'> & Pick<MovePlace, 'step'>;

const PAGE_OF_CAUSES = 500;

function listMoves(db: SqliteDatabase, { after, segmentIds, limit }: MoveQuery): Move[] {
  const found: { readonly moving: Moving; readonly moved: Moved }[] = [];
  let from = after;
  while (found.length < limit) {
    const causes = nextCauses(db, from.causeId, segmentIds);
    for (const moving of causes) {
      const behind = moving.id === from.causeId ? from : undefined;
      const moves = movesBy(db, moving, behind, limit - found.length);
      for (const moved of moves) found.push({ moving, moved });
      if (found.length >= limit) break;
    }
    const last = causes.at(-1);
    if (last === undefined || causes.length < PAGE_OF_CAUSES) break;
    from = { causeId: last.id + 1, contactId: 0, step: 0 };
  }
  return inWords(db, found);
}

function inWords(
  db: SqliteDatabase,
  found: readonly { readonly moving: Moving; readonly moved: Moved }[],
): Move[] {
  const causes = causesById(
    db,
    found.map(({ moving }) => moving.id),
  );
  const aliases = aliasesOf(db, [...new Set(found.map(({ moving }) => moving.segmentId))]);
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

function aliasesOf(db: SqliteDatabase, ids: readonly number[]): ReadonlyMap<number, string> {
  const rows = db.all<{ id: number; alias: string }>(sql`
    select id, alias from deleted_segments where id in (select value from ${valuesOf(ids)})
    union all
    select id, alias from segments where id in (select value from ${valuesOf(ids)})`);
  return new Map(rows.map(({ id, alias }) => [id, alias]));
}

/** The causes from this id on by which anybody moved. */
function nextCauses(
  db: SqliteDatabase,
  from: number,
  segmentIds: readonly number[] | undefined,
): Moving[] {
  const which =
    segmentIds === undefined
      ? sql``
      : sql`and segment_id in (select value from ${valuesOf(segmentIds)})`;
  return db.all<Moving>(sql`
    select
      id, segment_id as "segmentId", via,
      joined + "left" = (select count(*) from moved where cause_id = causes.id) as "isListed"
    from causes
    where id >= ${from} and joined + "left" > 0 ${which}
    order by id
    limit ${PAGE_OF_CAUSES}`);
}

/** The moves by one cause, in order; behind one of them, if one is given. */
function movesBy(
  db: SqliteDatabase,
  moving: Moving,
  behind: MovePlace | undefined,
  limit: number,
): Moved[] {
  const { contactId = 0, step = 0 } = behind ?? {};
  return db.all<Moved>(sql`
    select moves.contact_id as "contactId", moves.step, moves.change, contacts.email
    from (${steps(moving, contactId)}) as moves
    left join contacts on contacts.id = moves.contact_id
    where (moves.contact_id, moves.step) > (${contactId}, ${step})
    order by moves.contact_id, moves.step
    limit ${limit}`);
}

/**
 * What contacts did by a cause: who was a member leaves before he joins, who was none joins before
 * he leaves. All who are members when a segment is deleted leave, and join when it comes back.
 */
function steps({ id, segmentId, via, isListed }: Moving, from: number): SQL {
  const spanning = (change: Move['change']): SQL => sql`
    select distinct contact_id, 1 as step, ${change} as change
    from (${intervals(segmentId, sql`contact_id >= ${from}`)})
    where joined_cause < ${id} and (left_cause is null or left_cause >= ${id})`;
  if (via === 'segment-deleted') return spanning('left');
  if (via === 'segment-restored') return spanning('joined');
  const which = isListed
    ? sql`contact_id in (select contact_id from moved where cause_id = ${id} and contact_id >= ${from})`
    : sql`contact_id >= ${from}`;
  return sql`
    select contact_id, 2 as step, 'joined' as change
    from (${intervals(segmentId, which)})
    where joined_cause = ${id}
    union all
    select contact_id, iif(joined_cause = ${id}, 3, 1), 'left'
    from (${intervals(segmentId, which)})
    where left_cause = ${id}`;
}

/**
 * All that is known of who was in a segment, open intervals with null for their end. What a contact
 * inherited by a merge was told of the one that was merged into it.
 */
function intervals(segmentId: number, which: SQL): SQL {
  const open = ['joined', 'deleted_joined'].map(
    (table) => sql`
      select contact_id, cause_id as joined_cause, null as left_cause
      from ${sql.raw(table)}
      where segment_id = ${segmentId} and ${which}`,
  );
  // rule: inherited-untold
  const ended = ['joined_history', 'deleted_history'].map(
    (table) => sql`
      select contact_id, joined_cause, left_cause
      from ${sql.raw(table)}
      where segment_id = ${segmentId} and inherited = 0 and ${which}`,
  );
  return sql.join([...open, ...ended], sql` union all `);
}
