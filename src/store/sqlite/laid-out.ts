import { type SQL, sql } from 'drizzle-orm';
import type { LaidOut } from '../transaction.ts';
import type { SqliteDatabase } from './database.ts';

/*
 * A change of members is laid out (lay-out.ts) before it is applied (difference.ts). Who leaves, who stays through something else and most
 * of those who join stand in `temp.moves`; of a first build, those who join are simply all who match. `anonymous` says of joiners whether
 * they are.
 */

interface Joiners {
  /** A table of `contact_id` and `anonymous`, which gives them in key order. */
  readonly rows: SQL;
  /** How many of them are anonymous, where that is known. */
  readonly anonymous?: number;
}

interface Laid extends LaidOut {
  readonly joiners: Joiners;
}

const laid = new WeakMap<SqliteDatabase, Laid>();
const MOVES = sql`temp.moves`;
const MOVED: Joiners = { rows: MOVES };

/** What was laid out last on this connection. */
export function lastLaidOut(db: SqliteDatabase): Laid {
  const last = laid.get(db);
  if (last === undefined) throw new Error('nothing was laid out');
  return last;
}

/** The contacts of one part of it, as a sub-select of `contact_id`, for joiners with `anonymous`. */
export function contactsOf(db: SqliteDatabase, part: keyof LaidOut): SQL {
  const { joiners } = lastLaidOut(db);
  if (part !== 'joining') return sql`(select contact_id from ${MOVES} where part = ${part})`;
  return joiners === MOVED ? sql`(select contact_id from ${MOVES} where part = 'joining')` : sql`(select contact_id from ${joiners.rows})`;
}

/** The same of those who join, with whether they are `anonymous`. */
export function joinersOf(db: SqliteDatabase): SQL {
  const { joiners } = lastLaidOut(db);
  return joiners === MOVED ? sql`(select contact_id, anonymous from ${MOVES} where part = 'joining')` : joiners.rows;
}

/** How many of them are anonymous. */
export function anonymousJoiners(db: SqliteDatabase): SQL {
  const { anonymous } = lastLaidOut(db).joiners;
  return anonymous === undefined ? sql`(select coalesce(sum(anonymous), 0) from ${joinersOf(db)})` : sql`${anonymous}`;
}

/** Keeps how many are laid out; `joiners` where they are not in `temp.moves`. */
export function keepLaidOut(db: SqliteDatabase, { joining = 0, leaving = 0, renaming = 0 }: Partial<LaidOut>, joiners: Joiners = MOVED): LaidOut {
  laid.set(db, { joining, leaving, renaming, joiners });
  return { joining, leaving, renaming };
}

/** Leaves so many of those laid out to leave, then of those to join, by id. */
export function cutLaidOut(db: SqliteDatabase, limit: number): void {
  const { joining, leaving, renaming, joiners } = lastLaidOut(db);
  const stillLeaving = leaving - cutMoves(db, 'leaving', limit);
  const stillJoining = Math.min(joining, limit - stillLeaving);
  if (joiners === MOVED) cutMoves(db, 'joining', stillJoining);
  else fillMoves(db, 'joining', sql`select contact_id, anonymous from ${joiners.rows} order by contact_id limit ${stillJoining}`);
  keepLaidOut(db, { joining: stillJoining, leaving: stillLeaving, renaming });
}

function cutMoves(db: SqliteDatabase, part: 'leaving' | 'joining', kept: number): number {
  const moved = sql`select contact_id from ${MOVES} where part = ${part}`;
  return db.run(sql`delete from ${MOVES} where contact_id in (${moved}) and contact_id not in (${moved} order by contact_id limit ${kept})`);
}

export function fillJoining(db: SqliteDatabase, segmentId: number, wanted: SQL): number {
  return fillMoves(db, 'joining', sql`
    select contact_id, anonymous
    from ${wanted} as wanted
    where not exists (select 1 from memberships where memberships.segment_id = ${segmentId} and memberships.contact_id = wanted.contact_id)
    order by contact_id`);
}

/** `contacts` selects `contact_id`, of joiners with `anonymous`, in key order. */
export function fillMoves(db: SqliteDatabase, part: keyof LaidOut, contacts: SQL): number {
  return db.run(sql`
    insert into temp.moves (contact_id, part, anonymous)
    select contact_id, ${part}, ${part === 'joining' ? sql`anonymous` : sql`0`}
    from (${contacts}) as moved`);
}

/** To be called before anything is laid out. */
export function clearMoves(db: SqliteDatabase): void {
  db.raw.exec('create temp table if not exists moves (contact_id integer primary key, part text not null, anonymous integer not null)');
  db.run(sql`delete from temp.moves`);
}
