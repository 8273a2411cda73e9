import { type SQL, sql } from 'drizzle-orm';
import type { LaidOut } from '../../members.ts';
import type { Condition } from '../../../sql/condition.ts';
import { idSet, type SqliteDatabase } from '../connection/database.ts';
import { clearMoves, fillJoining, fillMoves, layOutElsewhere } from './proposed.ts';
import { counted, unpacked } from '../scan/pass.ts';

/*
 * "not indexed": without statistics SQLite takes any range of an indexed date for a narrow one, and looks up half of all contacts one by one
 * (512 ms against 145 ms a million, `last_active_at in last 80 days`).
 */

/**
 * Lays out what makes the members exactly (matching, or pinned in) without those pinned out; with
 * `batch`, the condition is evaluated for at most so many contacts in one statement.
 */
export function layOut(
  db: SqliteDatabase,
  segmentId: number,
  match: Condition,
  batch?: number,
): LaidOut {
  clearMoves(db);
  clearTarget(db);
  let matching = 0;
  for (const isInBatch of batchesOf(db, sql`contacts`, sql`id`, batch)) {
    matching += db.run(sql`
      insert into temp.target (contact_id, anonymous)
      select c.id, c.identified_at is null
      from contacts as c not indexed
      where ((${match}) or c.id in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in'))
        and c.id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'out')
        and ${isInBatch(sql`c.id`)}
      order by c.id`);
  }
  return compare(db, segmentId, sql`temp.target`, matching);
}

/**
 * The same from the matches that a scan found on a snapshot: candidates of now are asked again, by
 * `probe`, and pins are those of now.
 */
export function layOutScan(db: SqliteDatabase, segmentId: number, probe: Condition): LaidOut {
  clearMoves(db);
  if (isAsScanned(db, segmentId)) {
    const [joining = 0, anonymous = 0] = db.row<number>(counted(segmentId));
    layOutElsewhere(db, {
      segmentId,
      joiners: unpacked(segmentId),
      counted: { joining, anonymous },
    });
    return { joining, leaving: 0, renaming: 0 };
  }
  clearTarget(db);
  // rule: scan-asks-again, scan-pins-out
  const stayed = db.run(sql`
    insert into temp.target (contact_id, anonymous)
    select contact_id, anonymous
    from ${unpacked(segmentId)}
    where contact_id not in (select contact_id from temp.candidates)
      and contact_id not in (select contact_id from pins where segment_id = ${segmentId})`);
  // rule: scan-asks-again
  const decided = db.run(sql`
    insert into temp.target (contact_id, anonymous)
    select c.id, c.identified_at is null
    from temp.candidates
    cross join contacts as c on c.id = candidates.contact_id
    where ${probe} and c.id not in (select contact_id from pins where segment_id = ${segmentId})
    order by c.id`);
  // rule: scan-pins
  const pinned = db.run(sql`
    insert into temp.target (contact_id, anonymous)
    select contacts.id, contacts.identified_at is null
    from pins
    cross join contacts on contacts.id = pins.contact_id
    where pins.segment_id = ${segmentId} and pins.kind = 'in'`);
  return compare(db, segmentId, sql`temp.target`, stayed + decided + pinned);
}

/**
 * Whether those who matched on the snapshot are those who join: nobody is a member, pinned or to be
 * asked again.
 */
function isAsScanned(db: SqliteDatabase, segmentId: number): boolean {
  // rule: scan-untouched
  const other = sql`
    select 1 from temp.candidates
    union all select 1 from pins where segment_id = ${segmentId}
    union all select 1 from memberships where segment_id = ${segmentId}
    limit 1`;
  return db.get(other) === undefined;
}

function clearTarget(db: SqliteDatabase): void {
  db.raw.exec(
    'create temp table if not exists target (contact_id integer primary key, anonymous integer not null)',
  );
  db.run(sql`delete from temp.target`);
}

/** Members and `target`, which has so many rows, side by side in key order. */
function compare(db: SqliteDatabase, segmentId: number, target: SQL, matching: number): LaidOut {
  const standing = db.get<{ members: number; others: number }>(sql`
    select count(*) as members, coalesce(sum(via <> 'filter'), 0) as others
    from memberships
    where segment_id = ${segmentId}`) ?? { members: 0, others: 0 };
  if (standing.members === 0) {
    layOutElsewhere(db, { segmentId, joiners: target });
    return { joining: matching, leaving: 0, renaming: 0 };
  }
  const leaving = fillMoves(
    db,
    segmentId,
    'leaving',
    sql`
    select contact_id
    from memberships
    where segment_id = ${segmentId}
    except
    select contact_id
    from ${target}
    order by contact_id`,
  );
  const joining = matching + leaving - standing.members;
  if (joining > 0) fillJoining(db, segmentId, target);
  // rule: via-in-full
  const renaming =
    standing.others === 0 && !hasPins(db, segmentId)
      ? 0
      : fillMoves(
          db,
          segmentId,
          'renaming',
          sql`
    select contact_id
    from memberships
    where segment_id = ${segmentId} and via <> 'filter'
      and contact_id in (select contact_id from ${target})
      and contact_id not in (select contact_id from pins where segment_id = ${segmentId} and kind = 'in')
    union all
    select contact_id
    from pins
    cross join memberships using (segment_id, contact_id)
    where segment_id = ${segmentId} and pins.kind = 'in' and memberships.via <> pins.via`,
        );
  return { joining, leaving, renaming };
}

/** Those of `contactIds` who are not members yet are to join. */
export function layOutJoining(
  db: SqliteDatabase,
  segmentId: number,
  contactIds: readonly number[],
): void {
  clearMoves(db);
  fillJoining(
    db,
    segmentId,
    sql`(select id as contact_id, identified_at is null as anonymous from contacts where id in ${idSet(contactIds)})`,
  );
}

/** Those of `contactIds` who are members are to leave, or all. */
export function layOutLeaving(
  db: SqliteDatabase,
  segmentId: number,
  contactIds: readonly number[] | 'all',
): void {
  clearMoves(db);
  const among = contactIds === 'all' ? sql`` : sql`and contact_id in ${idSet(contactIds)}`;
  fillMoves(
    db,
    segmentId,
    'leaving',
    sql`select contact_id from memberships where segment_id = ${segmentId} ${among} order by contact_id`,
  );
}

function hasPins(db: SqliteDatabase, segmentId: number): boolean {
  return db.get(sql`select 1 from pins where segment_id = ${segmentId} limit 1`) !== undefined;
}

/** Lays out that members leave whose contacts are no more. */
export function layOutGone(db: SqliteDatabase, segmentId: number): LaidOut {
  clearMoves(db);
  const leaving = fillMoves(
    db,
    segmentId,
    'leaving',
    sql`
    select contact_id
    from memberships
    where segment_id = ${segmentId} and contact_id not in (select id from contacts)
    order by contact_id`,
  );
  return { joining: 0, leaving, renaming: 0 };
}

/**
 * Conditions on an id that cut the ids of a table into parts of so many, in their order; without a
 * size, one that holds for all.
 */
export function batchesOf(
  db: SqliteDatabase,
  table: SQL,
  key: SQL,
  size: number | undefined,
): ((id: SQL) => SQL)[] {
  // rule: batches
  if (size === undefined) return [() => sql`1`];
  const ranges = db.all<{ low: number; high: number }>(sql`
    select min(id) as low, max(id) as high
    from (select ${key} as id, (row_number() over (order by ${key}) - 1) / ${sql.raw(String(size))} as batch from ${table})
    group by batch
    order by batch`);
  // rule: batches-whole
  return ranges.map(
    ({ low, high }) =>
      (id) =>
        sql`${id} between ${low} and ${high}`,
  );
}
