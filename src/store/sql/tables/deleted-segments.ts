import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import { greater, THEN_JOIN } from '../words.ts';
import type { Deleting } from '../../members.ts';
import type { NotBack } from '../../segments.ts';
import type { DeletedSegmentRow } from '../../rows.ts';
import { attributesOf } from '../../segment-attributes.ts';
import type { SqlDatabase } from '../database.ts';
import { name, valuesOf } from '../sql-parts.ts';
import { deletedSegments, segments } from '../schema.ts';
import { selectRows } from '../table-rows.ts';
import { recountCausesExactly } from '../delta/cause-uses.ts';
import { countByCause } from '../delta/causes.ts';
import { leaveWithSegment } from '../delta/left-with-segment.ts';
import { recountMembers } from '../delta/memberships-of-contacts.ts';

/*
 * A segment that is deleted moves, row for row, into tables of its own, where nothing that asks for
 * segments, members, pins or intervals finds it. Its causes and versions stay where they are: they
 * are looked up by its id alone, and ids are never used again.
 */

/** What a segment has, and where it is kept; the columns are the same. */
const MOVED = [
  ['joined', 'deleted_joined', sql`segment_id, contact_id, cause_id`],
  [
    'pins',
    'deleted_pins',
    sql`segment_id, contact_id, kind, via, pinned_by, reason, until, created_at, cause_id`,
  ],
  [
    'joined_history',
    'deleted_history',
    sql`segment_id, contact_id, joined_cause, left_cause, inherited`,
  ],
] as const;

const SEGMENT_COLUMNS = sql.join(
  Object.values(getTableColumns(segments)).map((column) => name(column.name)),
  sql`, `,
);

export async function listDeleted(db: SqlDatabase): Promise<DeletedSegmentRow[]> {
  const rows = await selectRows(db, deletedSegments, sql`order by deleted_cause desc`);
  return rows.map((row) => {
    const { id, alias, name: called, kind, filter, members, deletedAt, deletedBy } = row;
    const definition = { alias, name: called, kind, filter, ...attributesOf(row) };
    return { id, ...definition, members, deletedAt, deletedBy };
  });
}

export async function deleteSegment(
  db: SqlDatabase,
  id: number,
  deleting: Deleting,
): Promise<void> {
  const { members } = await recountMembers(db, id);
  const [caused] = await countByCause(db, await causeOf(db, id, 'segment-deleted', deleting), [
    { segmentId: id, joined: 0, left: members },
  ]);
  await db.run(sql`
    insert into deleted_segments (${SEGMENT_COLUMNS}, deleted_at, deleted_by, deleted_cause)
    select ${SEGMENT_COLUMNS}, ${deleting.now}, ${deleting.by ?? null}, ${caused?.causeId ?? 0}
    from segments
    where id = ${id}`);
  for (const [from, to, columns] of MOVED) {
    await db.run(sql`
      insert into ${name(to)} (${columns})
      select ${columns} from ${name(from)} where segment_id = ${id} order by segment_id, contact_id`);
    await db.run(sql`delete from ${name(from)} where segment_id = ${id}`);
  }
  await db.run(sql`delete from segments where id = ${id}`);
  await recountCausesExactly(db, id);
}

/**
 * What belongs to contacts that are gone by now stays, ended with the segment. Gives what became of
 * members of then who are not in it again.
 */
export async function restoreSegment(
  db: SqlDatabase,
  id: number,
  alias: string,
  restoring: Deleting,
): Promise<NotBack> {
  await db.run(sql`
    insert into segments (${SEGMENT_COLUMNS})
    select ${restoredColumns(alias)} from deleted_segments where id = ${id}`);
  await db.ways.memberLog.wholesale([id]);
  // contacts that SQL deleted meanwhile
  await leaveWithSegment(db, {
    contactIds: sql`(
      select contact_id from deleted_joined
      where segment_id = ${id} and contact_id not in (select id from contacts)
    )`,
    segmentId: id,
  });
  const notBack = await countNotBack(db, id);
  for (const [to, from, columns] of MOVED) {
    const which = sql`segment_id = ${id} and contact_id in (select id from contacts)`;
    await db.run(sql`
      insert into ${name(to)} (${columns})
      select ${columns} from ${name(from)} where ${which} order by segment_id, contact_id`);
    await db.run(sql`delete from ${name(from)} where ${which}`);
  }
  await db.run(sql`delete from deleted_pins where segment_id = ${id}`);
  await db.run(sql`delete from deleted_segments where id = ${id}`);
  const { members } = await recountMembers(db, id);
  await countByCause(db, await causeOf(db, id, 'segment-restored', restoring), [
    { segmentId: id, joined: members, left: 0 },
  ]);
  await recountCausesExactly(db, id);
  return notBack;
}

async function countNotBack(db: SqlDatabase, id: number): Promise<NotBack> {
  const [deleted = 0, merged = 0, takenOut = 0] = await db.row<number>(sql`
    select
      count(*) filter (where inherited = 0 and contacts.id is null),
      count(*) filter (where inherited < 0),
      count(*) filter (where inherited = 0 and contacts.id is not null)
    from deleted_segments
    ${THEN_JOIN} deleted_history as past
      on past.segment_id = deleted_segments.id and past.left_cause = deleted_cause
    left join contacts on contacts.id = past.contact_id
    where deleted_segments.id = ${id} and past.inherited < 1`);
  return { deleted, merged, takenOut };
}

/** As it was, under this alias, and to be built. */
function restoredColumns(alias: string): SQL {
  const anew = new Map([
    ['alias', sql`${alias}`],
    ['seen_epoch', sql`null`],
    ['fingerprint', sql`null`],
  ]);
  const restored = Object.values(getTableColumns(segments)).map(
    (column) => anew.get(column.name) ?? name(column.name),
  );
  return sql.join(restored, sql`, `);
}

export async function purgeDeleted(db: SqlDatabase, before: number): Promise<number> {
  const gone = await db.all<{ id: number; cause: number }>(sql`
    select id, deleted_cause as cause from deleted_segments where deleted_at < ${before}`);
  if (gone.length === 0) return 0;
  const which = sql`segment_id in (select value from ${valuesOf(gone.map(({ id }) => id))})`;
  const latest = Math.max(...gone.map(({ cause }) => cause));
  // whoever has not followed the moves up to here must begin anew
  await db.run(sql`update capture set moves_from = ${greater(sql`moves_from`, sql`${latest}`)}`);
  await db.run(sql`delete from moved where cause_id in (select id from causes where ${which})`);
  for (const table of [
    ...MOVED.map(([, kept]) => kept),
    'causes',
    'segment_versions',
    'import_pins',
  ])
    await db.run(sql`delete from ${name(table)} where ${which}`);
  return db.run(sql`
    delete from deleted_segments
    where id in (select value from ${valuesOf(gone.map(({ id }) => id))})`);
}

/**
 * What all members do at once is done after all that they did before, whatever the clock says: else
 * nobody could tell how many there were between.
 */
async function causeOf(
  db: SqlDatabase,
  id: number,
  via: string,
  { now, by, runId = null }: Deleting,
) {
  // rule: whole-in-order
  const latest = await db.value<number | null>(sql`
    select max(at) from causes where segment_id = ${id} and joined + "left" > 0`);
  return { via, now: Math.max(now, latest ?? now), by, runId };
}
