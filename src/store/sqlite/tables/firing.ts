import { type SQL, sql } from 'drizzle-orm';
import type { Condition } from '../../../sql/condition.ts';
import type { Page } from '../../query.ts';
import type { Concerned, Fired, MovesOf, TriggerRow } from '../../triggers.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { reachOf } from '../delta/changes.ts';
import { FoundCandidates } from '../delta/found-candidates.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { fillWithMoved } from './moves.ts';

/*
 * Whom triggers fire for. The log only nominates contacts: whether an event was fired for stands in
 * `trigger_fired`, who has the points in `trigger_above`, and of joins and leaves the mark tells.
 * Where the log was forgotten, everybody is looked at. `temp.firing` has whom the last one found.
 */

const FIRING = `
  create temp table if not exists firing (contact_id integer primary key);
  create temp table if not exists firing_events (
    event_id integer primary key, contact_id integer not null
  )`;

/** No segment has this id: pins nominate nobody. */
const NO_SEGMENT = 0;

/** As many as there are: what was logged is less than all. */
const ALL = Number.MAX_SAFE_INTEGER / 2;

export function fireForEvents(
  tables: TemporaryTables,
  { id, eventMark }: TriggerRow,
  where: Condition,
  concerned: Concerned,
): Fired {
  const { db } = tables;
  empty(db);
  // rule: trigger-once
  db.run(sql`
    insert into temp.firing_events (event_id, contact_id)
    select e.id, e.contact_id
    from ${eventsOf(tables, concerned, eventMark)}
    cross join contacts c on c.id = e.contact_id
    where ${where} and not exists (
      select 1
      from trigger_fired as known
      where known.event_id = e.id and known.trigger_id = ${id}
    )`);
  const events = db.run(sql`
    insert into trigger_fired (trigger_id, event_id)
    select ${id}, event_id from temp.firing_events order by event_id`);
  if (events > 0)
    db.run(sql`
      insert into temp.firing (contact_id)
      select distinct contact_id from temp.firing_events order by contact_id`);
  return { contacts: count(db), events };
}

/** The events behind the mark, of those who are concerned, as `e`. */
function eventsOf(tables: TemporaryTables, concerned: Concerned, mark: number): SQL {
  const nominated = nominate(tables, concerned);
  return nominated === undefined
    ? sql`(select * from events where id > ${mark}) as e`
    : sql`
        ${nominated} as nominated
        cross join events as e on e.contact_id = nominated.contact_id and +e.id > ${mark}`;
}

export function fireForPoints(
  tables: TemporaryTables,
  { id }: TriggerRow,
  points: number,
  concerned: Concerned,
): Fired {
  const { db } = tables;
  empty(db);
  const isConcerned = amongNominated(tables, concerned);
  forgetFallen(db, id, points, isConcerned);
  db.run(sql`
    insert into temp.firing (contact_id)
    select c.id
    from contacts c
    where +c.points >= ${points} and ${isConcerned(sql`c.id`)} and not exists (
      select 1
      from trigger_above as known
      where known.trigger_id = ${id} and known.contact_id = c.id
    )
    order by c.id`);
  db.run(sql`
    insert into trigger_above (trigger_id, contact_id)
    select ${id}, contact_id from temp.firing order by contact_id`);
  return { contacts: count(db), events: null };
}

export function noteFallen(
  tables: TemporaryTables,
  { id }: TriggerRow,
  points: number,
  concerned: Concerned,
): void {
  forgetFallen(tables.db, id, points, amongNominated(tables, concerned));
}

/** Whether the contact in a column may be concerned. */
type IsConcerned = (column: SQL) => SQL;

function amongNominated(tables: TemporaryTables, concerned: Concerned): IsConcerned {
  const nominated = nominate(tables, concerned);
  if (nominated === undefined) return () => sql`1`;
  return (column) => sql`${column} in (select contact_id from ${nominated})`;
}

function forgetFallen(
  db: SqliteDatabase,
  triggerId: number,
  points: number,
  isConcerned: IsConcerned,
): void {
  // rule: trigger-fell
  db.run(sql`
    delete from trigger_above
    where trigger_id = ${triggerId} and ${isConcerned(sql`contact_id`)}
      and not exists (
        select 1
        from contacts c
        where c.id = trigger_above.contact_id and c.points >= ${points}
      )`);
}

export function fireForMoves(
  db: SqliteDatabase,
  { causeMark }: TriggerRow,
  move: MovesOf,
  onlyContact?: number,
): Fired {
  empty(db);
  const which = onlyContact === undefined ? sql`1` : sql`contacts.id = ${onlyContact}`;
  // rule: trigger-cause-mark
  fillWithMoved(db, sql`temp.firing`, { ...move, after: causeMark, which });
  return { contacts: count(db), events: null };
}

export function firedContacts(db: SqliteDatabase, { after = 0, limit }: Page): number[] {
  return db.pluck<number>(sql`
    select contact_id
    from temp.firing
    where contact_id > ${after}
    order by contact_id
    limit ${limit ?? -1}`);
}

function empty(db: SqliteDatabase): void {
  db.raw.exec(FIRING);
  db.run(sql`delete from temp.firing`);
  db.run(sql`delete from temp.firing_events`);
}

function count(db: SqliteDatabase): number {
  return db.value<number>(sql`select count(*) from temp.firing`);
}

/** A table of `contact_id` of those who may be concerned; undefined where that may be everybody. */
function nominate(
  tables: TemporaryTables,
  { since, reads, onlyContact }: Concerned,
): SQL | undefined {
  if (onlyContact !== undefined) return sql`(select ${onlyContact} as contact_id)`;
  // rule: trigger-log-forgotten
  if (since === null || !reachOf(tables.db)(since, reads)) return undefined;
  const query = { segmentId: NO_SEGMENT, since, reads: [reads], segments: [], slices: [] };
  return FoundCandidates.find(tables, query, ALL).source();
}
