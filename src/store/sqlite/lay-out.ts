import { type SQL, sql } from 'drizzle-orm';
import type { Condition, LaidOut, Scope } from '../transaction.ts';
import type { SqliteDatabase } from './database.ts';

/*
 * A change of members is first laid out in temporary tables: who joins, who leaves, and who stays through something else.
 * difference.ts applies it.
 */

/**
 * Lays out what makes the members exactly (matching, or pinned in) without those pinned out; with `batch`, the condition is evaluated for at
 * most so many contacts in one statement.
 */
export function layOut(db: SqliteDatabase, segmentId: number, scope: Scope, match: Condition, batch?: number): LaidOut {
  return scope === 'all' ? layOutAll(db, segmentId, match, batch) : layOutCandidates(db, segmentId, match, batch);
}

function layOutAll(db: SqliteDatabase, segmentId: number, match: Condition, batch: number | undefined): LaidOut {
  clear(db, 'target');
  for (const isInBatch of batchesOf(db, sql`contacts`, sql`id`, batch)) {
    fillTarget(db, sql`
      select c.id
      from contacts as c
      where ((${match}) or c.id in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in'))
        and c.id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'out')
        and ${isInBatch(sql`c.id`)}
      order by c.id`);
  }
  return {
    joining: fillJoining(db, segmentId, sql`select contact_id from temp.target`),
    leaving: fill(db, 'leaving', sql`
      select contact_id
      from memberships
      where segment_id = ${segmentId} and contact_id not in (select contact_id from temp.target)`),
    renaming: fill(db, 'renaming', sql`
      select contact_id
      from memberships
      where segment_id = ${segmentId} and via <> 'filter'
        and contact_id in (select contact_id from temp.target)
        and contact_id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in')
      union all
      select contact_id
      from pins
      cross join memberships using (segment_id, contact_id)
      where segment_id = ${segmentId} and pins.kind = 'in' and memberships.via <> pins.via`),
  };
}

/** The same where only those in `temp.candidates` can have changed. */
function layOutCandidates(db: SqliteDatabase, segmentId: number, match: Condition, batch: number | undefined): LaidOut {
  const pinned = (kind: 'in' | 'out'): SQL => sql`exists (select 1 from pins where segment_id = ${segmentId} and contact_id = c.id and kind = ${kind})`;
  clear(db, 'target');
  for (const isInBatch of batchesOf(db, sql`temp.candidates`, sql`contact_id`, batch)) {
    fillTarget(db, sql`
      select c.id
      from temp.candidates
      cross join contacts as c on c.id = candidates.contact_id
      where ((${match}) or ${pinned('in')}) and not ${pinned('out')} and ${isInBatch(sql`candidates.contact_id`)}
      order by c.id`);
  }
  const standing = sql`
    select memberships.contact_id
    from temp.candidates
    cross join memberships on memberships.segment_id = ${segmentId} and memberships.contact_id = candidates.contact_id`;
  return {
    joining: fillJoining(db, segmentId, sql`select contact_id from temp.target`),
    leaving: fill(db, 'leaving', sql`${standing} where memberships.contact_id not in (select contact_id from temp.target)`),
    renaming: fill(db, 'renaming', sql`
      ${standing}
      left join pins on pins.segment_id = ${segmentId} and pins.contact_id = memberships.contact_id and pins.kind = 'in'
      where memberships.via <> coalesce(pins.via, 'filter') and memberships.contact_id in (select contact_id from temp.target)`),
  };
}

/** Lays out that members leave whose contacts are no more. */
export function layOutGone(db: SqliteDatabase, segmentId: number): LaidOut {
  for (const part of ['joining', 'renaming'] as const) clear(db, part);
  const leaving = fill(db, 'leaving', sql`select contact_id from memberships where segment_id = ${segmentId} and contact_id not in (select id from contacts)`);
  return { joining: 0, leaving, renaming: 0 };
}

/** Keeps so many of those laid out to leave, then of those to join, by id. */
export function cutLaidOut(db: SqliteDatabase, limit: number): void {
  const cut = (part: 'leaving' | 'joining', kept: SQL): number =>
    db.run(sql`delete from ${sql.raw(`temp.${part}`)} where contact_id not in (select contact_id from ${sql.raw(`temp.${part}`)} order by contact_id limit ${kept})`);
  cut('leaving', sql`${limit}`);
  cut('joining', sql`${limit} - (select count(*) from temp.leaving)`);
}

export function fillJoining(db: SqliteDatabase, segmentId: number, wanted: SQL): number {
  return fill(db, 'joining', sql`
    select contact_id
    from (${wanted}) as wanted
    where not exists (select 1 from memberships where memberships.segment_id = ${segmentId} and memberships.contact_id = wanted.contact_id)`);
}

type Table = 'target' | keyof LaidOut;

/** Conditions on an id that cut the ids of a table into parts of so many, in their order; without a size, one that holds for all. */
function batchesOf(db: SqliteDatabase, table: SQL, key: SQL, size: number | undefined): ((id: SQL) => SQL)[] {
  if (size === undefined) return [() => sql`true`];
  const ranges = db.all<{ low: number; high: number }>(sql`
    select min(id) as low, max(id) as high
    from (select ${key} as id, (row_number() over (order by ${key}) - 1) / ${sql.raw(String(size))} as batch from ${table})
    group by batch
    order by batch`);
  return ranges.map(({ low, high }) => (id) => sql`${id} between ${low} and ${high}`);
}

function fillTarget(db: SqliteDatabase, select: SQL): void {
  db.run(sql`insert into temp.target (contact_id) ${select}`);
}

/** Fills a table in key order; gives how many there are. */
export function fill(db: SqliteDatabase, table: Table, select: SQL): number {
  clear(db, table);
  return db.run(sql`
    insert into ${sql.raw(`temp.${table}`)} (contact_id)
    select contact_id
    from (${select}) as selected
    order by contact_id`);
}

export function clear(db: SqliteDatabase, table: Table): void {
  db.raw.exec(`create temp table if not exists ${table} (contact_id integer primary key)`);
  db.run(sql`delete from ${sql.raw(`temp.${table}`)}`);
}
