import { type SQL, sql } from 'drizzle-orm';
import type { LaidOut } from '../../members.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/*
 * A change of members is laid out (lay-out.ts, decide.ts) before it is applied (difference.ts), for several segments at once where their candidates
 * are decided. Who leaves, who stays through something else and most of those who join stand in `temp.moves`; of a full build, those who
 * join are all who match where the segment has no members yet. `anonymous` says whether a contact is; null of one that is no more.
 */

/** Those who join one segment, instead of the joiners in `temp.moves`. */
interface Elsewhere {
  readonly segmentId: number;
  /** A table of `contact_id` and `anonymous`, which gives them in key order. */
  readonly joiners: SQL;
  /** How many it has, and how many of them are anonymous, where that is known. */
  readonly counted?: { readonly joining: number; readonly anonymous: number } | undefined;
}

const elsewhere = new WeakMap<SqliteDatabase, Elsewhere>();

/** To be called before anything is laid out for others than before. */
export function clearMoves(db: SqliteDatabase): void {
  elsewhere.delete(db);
  db.raw.exec(
    'create temp table if not exists moves (segment_id integer not null, contact_id integer not null, part text not null, anonymous integer, primary key (segment_id, contact_id)) without rowid',
  );
  db.run(sql`delete from temp.moves`);
}

/** Lays out that all of `joiners` join. */
export function layOutElsewhere(db: SqliteDatabase, laidOut: Elsewhere): void {
  elsewhere.set(db, laidOut);
}

/** Those who join and are not in `temp.moves`, counted. */
export function otherJoiners(
  db: SqliteDatabase,
):
  { readonly segmentId: number; readonly joining: number; readonly anonymous: number } | undefined {
  const other = elsewhere.get(db);
  if (other === undefined) return undefined;
  const { segmentId, joiners, counted } = other;
  const [joining = 0, anonymous = 0] =
    counted === undefined
      ? db.row<number>(sql`select count(*), coalesce(sum(anonymous), 0) from ${joiners}`)
      : [counted.joining, counted.anonymous];
  return { segmentId, joining, anonymous };
}

/** The contacts of one part of what is laid out for a segment, as a sub-select of `contact_id`. */
export function contactsOf(db: SqliteDatabase, segmentId: number, part: keyof LaidOut): SQL {
  const other = elsewhere.get(db);
  if (part === 'joining' && other?.segmentId === segmentId)
    return sql`(select contact_id from ${other.joiners})`;
  return sql`(select contact_id from temp.moves where segment_id = ${segmentId} and part = ${part})`;
}

/**
 * All who join, as a sub-select of `segment_id`, `contact_id` and `anonymous`, which gives them in
 * key order.
 */
export function joinersOf(db: SqliteDatabase): SQL {
  const other = elsewhere.get(db);
  return other === undefined
    ? sql`(select segment_id, contact_id, anonymous from temp.moves where part = 'joining')`
    : sql`(select ${other.segmentId} as segment_id, contact_id, anonymous from ${other.joiners})`;
}

/** Those who leave or are renamed, as a sub-select of the key of `memberships`. */
export function movedKeys(part: 'leaving' | 'renaming'): SQL {
  return sql`(select segment_id, contact_id from temp.moves where part = ${part})`;
}

/** How many of each part are laid out, by segment. */
export function countLaidOut(db: SqliteDatabase): Map<number, LaidOut> {
  const counts = new Map<number, LaidOut>();
  const rows = db.all<{ segmentId: number; part: keyof LaidOut; contacts: number }>(
    sql`select segment_id as "segmentId", part, count(*) as contacts from temp.moves group by segment_id, part`,
  );
  const others = otherJoiners(db);
  for (const { segmentId, part, contacts } of others === undefined
    ? rows
    : [
        ...rows,
        { segmentId: others.segmentId, part: 'joining' as const, contacts: others.joining },
      ])
    counts.set(segmentId, {
      joining: 0,
      leaving: 0,
      renaming: 0,
      ...counts.get(segmentId),
      [part]: contacts,
    });
  return counts;
}

/** Leaves so many of those laid out for a segment to leave, then of those to join, by id. */
export function cutLaidOut(db: SqliteDatabase, segmentId: number, limit: number): void {
  const other = elsewhere.get(db);
  const leaving = db.value<number>(
    sql`select count(*) from ${contactsOf(db, segmentId, 'leaving')}`,
  );
  // rule: limited-leaving
  const joining = limit - Math.min(limit, leaving);
  // rule: limited-leaving
  cutMoves(db, segmentId, 'leaving', limit);
  if (other?.segmentId !== segmentId) {
    cutMoves(db, segmentId, 'joining', joining);
  } else {
    elsewhere.delete(db);
    // rule: scan-cut
    fillMoves(
      db,
      segmentId,
      'joining',
      sql`select contact_id from ${other.joiners} order by contact_id limit ${joining}`,
    );
  }
}

function cutMoves(
  db: SqliteDatabase,
  segmentId: number,
  part: 'leaving' | 'joining',
  kept: number,
): void {
  const moved = contactsOf(db, segmentId, part);
  db.run(
    sql`delete from temp.moves where segment_id = ${segmentId} and contact_id in ${moved} and contact_id not in (select contact_id from ${moved} order by contact_id limit ${kept})`,
  );
}

/** Takes back what is laid out for a segment. */
export function dropLaidOut(db: SqliteDatabase, segmentId: number): void {
  if (elsewhere.get(db)?.segmentId === segmentId) elsewhere.delete(db);
  db.run(sql`delete from temp.moves where segment_id = ${segmentId}`);
}

export function fillJoining(db: SqliteDatabase, segmentId: number, wanted: SQL): number {
  return db.run(sql`
    insert into temp.moves (segment_id, contact_id, part, anonymous)
    select ${segmentId}, contact_id, 'joining', anonymous
    from ${wanted} as wanted
    where not exists (select 1 from memberships where memberships.segment_id = ${segmentId} and memberships.contact_id = wanted.contact_id)
    order by contact_id`);
}

/** `contacts` selects `contact_id` in key order. */
export function fillMoves(
  db: SqliteDatabase,
  segmentId: number,
  part: keyof LaidOut,
  contacts: SQL,
): number {
  return db.run(sql`
    insert into temp.moves (segment_id, contact_id, part, anonymous)
    select ${segmentId}, moved.contact_id, ${part}, iif(contacts.id is null, null, contacts.identified_at is null)
    from (${contacts}) as moved
    left join contacts on contacts.id = moved.contact_id`);
}
