import { type SQL, sql } from 'drizzle-orm';
import { upTo } from '../sql-parts.ts';
import { ALWAYS, INTEGER, notLookedUp, TEMP, THEN_JOIN } from '../words.ts';
import type { Condition } from '../../../sql/condition.ts';
import type { Page } from '../../query.ts';
import type { Concerned, Fired, MovesOf, TriggerRow } from '../../triggers.ts';
import type { SqlDatabase } from '../database.ts';
import { FoundCandidates } from '../delta/found-candidates.ts';
import type { TemporaryTables } from '../delta/temporary-tables.ts';
import { fillWithMoved } from './moves.ts';

/*
 * Whom triggers fire for. The log only nominates contacts: whether an event was fired for stands in
 * `trigger_fired`, who has the points in `trigger_above`, and of joins and leaves the mark tells.
 * Where the log was forgotten, everybody is looked at. `temp.firing` has whom the last one found.
 */

const FIRING = sql`create temp table if not exists firing (contact_id ${INTEGER} primary key)`;

const FIRING_EVENTS = sql`
  create temp table if not exists firing_events (
    event_id ${INTEGER} primary key, contact_id ${INTEGER} not null
  )`;

/** No segment has this id: pins nominate nobody. */
const NO_SEGMENT = 0;

/** As many as there are: what was logged is less than all. */
const ALL = Number.MAX_SAFE_INTEGER / 2;

export async function fireForEvents(
  tables: TemporaryTables,
  { id, eventMark }: TriggerRow,
  where: Condition,
  concerned: Concerned,
): Promise<Fired> {
  const { db } = tables;
  await empty(db);
  // rule: trigger-once
  await db.run(sql`
    insert into ${TEMP}.firing_events (event_id, contact_id)
    select e.id, e.contact_id
    from ${await eventsOf(tables, concerned, eventMark)}
    ${THEN_JOIN} contacts c on c.id = e.contact_id
    where ${where} and not exists (
      select 1
      from trigger_fired as known
      where known.event_id = e.id and known.trigger_id = ${id}
    )`);
  const events = await db.run(sql`
    insert into trigger_fired (trigger_id, event_id)
    select ${id}, event_id from ${TEMP}.firing_events order by event_id`);
  if (events > 0)
    await db.run(sql`
      insert into ${TEMP}.firing (contact_id)
      select distinct contact_id from ${TEMP}.firing_events order by contact_id`);
  return { contacts: await count(db), events };
}

/** The events behind the mark, of those who are concerned, as `e`. */
async function eventsOf(tables: TemporaryTables, concerned: Concerned, mark: number): Promise<SQL> {
  const nominated = await nominate(tables, concerned);
  return nominated === undefined
    ? sql`(select * from events where id > ${mark}) as e`
    : sql`
        ${nominated} as nominated
        ${THEN_JOIN} events as e on e.contact_id = nominated.contact_id and ${notLookedUp(sql`e.id`)} > ${mark}`;
}

export async function fireForPoints(
  tables: TemporaryTables,
  { id }: TriggerRow,
  points: number,
  concerned: Concerned,
): Promise<Fired> {
  const { db } = tables;
  await empty(db);
  const isConcerned = await amongNominated(tables, concerned);
  await forgetFallen(db, id, points, isConcerned);
  await db.run(sql`
    insert into ${TEMP}.firing (contact_id)
    select c.id
    from contacts c
    where ${notLookedUp(sql`c.points`)} >= ${points} and ${isConcerned(sql`c.id`)} and not exists (
      select 1
      from trigger_above as known
      where known.trigger_id = ${id} and known.contact_id = c.id
    )
    order by c.id`);
  await db.run(sql`
    insert into trigger_above (trigger_id, contact_id)
    select ${id}, contact_id from ${TEMP}.firing order by contact_id`);
  return { contacts: await count(db), events: null };
}

export async function noteFallen(
  tables: TemporaryTables,
  { id }: TriggerRow,
  points: number,
  concerned: Concerned,
): Promise<void> {
  await forgetFallen(tables.db, id, points, await amongNominated(tables, concerned));
}

/** Whether the contact in a column may be concerned. */
type IsConcerned = (column: SQL) => SQL;

async function amongNominated(tables: TemporaryTables, concerned: Concerned): Promise<IsConcerned> {
  const nominated = await nominate(tables, concerned);
  if (nominated === undefined) return () => ALWAYS;
  return (column) => sql`${column} in (select contact_id from ${nominated} as nominated)`;
}

async function forgetFallen(
  db: SqlDatabase,
  triggerId: number,
  points: number,
  isConcerned: IsConcerned,
): Promise<void> {
  // rule: trigger-fell
  await db.run(sql`
    delete from trigger_above
    where trigger_id = ${triggerId} and ${isConcerned(sql`contact_id`)}
      and not exists (
        select 1
        from contacts c
        where c.id = trigger_above.contact_id and c.points >= ${points}
      )`);
}

export async function fireForMoves(
  db: SqlDatabase,
  { causeMark }: TriggerRow,
  move: MovesOf,
  onlyContact?: number,
): Promise<Fired> {
  await empty(db);
  const which = onlyContact === undefined ? ALWAYS : sql`contacts.id = ${onlyContact}`;
  // rule: trigger-cause-mark
  await fillWithMoved(db, sql`${TEMP}.firing`, { ...move, after: causeMark, which });
  return { contacts: await count(db), events: null };
}

export async function firedContacts(
  db: SqlDatabase,
  { after = 0, limit }: Page,
): Promise<number[]> {
  return db.pluck<number>(sql`
    select contact_id
    from ${TEMP}.firing
    where contact_id > ${after}
    order by contact_id
    ${upTo(limit)}`);
}

async function empty(db: SqlDatabase): Promise<void> {
  await db.run(FIRING);
  await db.run(FIRING_EVENTS);
  await db.run(sql`delete from ${TEMP}.firing`);
  await db.run(sql`delete from ${TEMP}.firing_events`);
}

async function count(db: SqlDatabase): Promise<number> {
  return db.value<number>(sql`select count(*) from ${TEMP}.firing`);
}

/** A table of `contact_id` of those who may be concerned; undefined where that may be everybody. */
async function nominate(
  tables: TemporaryTables,
  { since, reads, onlyContact }: Concerned,
): Promise<SQL | undefined> {
  if (onlyContact !== undefined) return sql`(select ${onlyContact} as contact_id)`;
  // rule: trigger-log-forgotten
  if (since === null || !(await tables.db.ways.reach())(since, reads)) return undefined;
  const query = { segmentId: NO_SEGMENT, since, reads: [reads], segments: [], slices: [] };
  return (await FoundCandidates.find(tables, query, ALL)).source();
}
