import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { TakingBack } from '../../imports.ts';
import type { SqlDatabase } from '../database.ts';
import { idSet, valuesOf } from '../sql-parts.ts';
import { shiftUses } from '../delta/cause-uses.ts';
import { causeIn } from '../delta/causes.ts';
import { leaveWithSegment } from '../delta/left-with-segment.ts';
import { DELETED } from '../tables/segment-places.ts';
import { restoreRemovals } from './undo.ts';
import { causesOfImport, type OfImport, wouldBeIn } from './without-import.ts';

/*
 * What an import did in segments that were deleted since is taken back as well, so that they come
 * back without it. Nobody joins or leaves by that: they all left with their segments.
 */

/** Gives how many memberships and decisions come back no more, or come back again. */
export async function undoInDeleted(
  db: SqlDatabase,
  importId: number,
  undoing: TakingBack,
): Promise<number> {
  const segments = await db.all<{ id: number; kind: string }>(sql`
    select id, kind
    from deleted_segments
    where id in (select segment_id from causes where import_id = ${importId})
    order by id`);
  const undone = await inTurn(segments, async ({ id: segmentId, kind }) => {
    const of = { importId, segmentId, place: DELETED };
    const unpinned = await unpin(db, of);
    // rule: undo-deleted
    return (
      unpinned +
      (kind === 'static' ? (await takeOut(db, of)) + (await putBack(db, of, undoing)) : 0)
    );
  });
  return undone.reduce((sum, count) => sum + count, await restoreRemovals(db, importId, DELETED));
}

async function unpin(db: SqlDatabase, of: OfImport): Promise<number> {
  const which = sql`
    segment_id = ${of.segmentId} and kind = 'in' and cause_id in ${causesOfImport(of)}`;
  await shiftUses(db, sql`select cause_id from deleted_pins where ${which}`, -1);
  return db.run(sql`delete from deleted_pins where ${which}`);
}

async function takeOut(db: SqlDatabase, of: OfImport): Promise<number> {
  const { segmentId } = of;
  const contactIds = await db.pluck<number>(sql`
    select contact_id
    from deleted_joined
    where segment_id = ${segmentId} and cause_id in ${causesOfImport(of)}
    order by contact_id`);
  await leaveWithSegment(db, { contactIds: idSet(contactIds), segmentId });
  return contactIds.length;
}

async function putBack(db: SqlDatabase, of: OfImport, undoing: TakingBack): Promise<number> {
  const byImport = new Map<number | null, number[]>();
  for (const { contactId, joinedByImport } of await wouldBeIn(db, of, {})) {
    const ids = byImport.get(joinedByImport) ?? [];
    byImport.set(joinedByImport, ids);
    ids.push(contactId);
  }
  const put = await inTurn([...byImport], async ([importId, ids]) => {
    const { file: called, now, by } = undoing;
    const cause = { via: 'undo', name: called, now, by, runId: null, importId };
    return stand(
      db,
      { segmentId: of.segmentId, causeId: await causeIn(db, of.segmentId, cause), now },
      ids,
    );
  });
  return put.reduce((sum, count) => sum + count, 0);
}

interface Standing {
  readonly segmentId: number;
  readonly causeId: number;
  readonly now: number;
}

/** Those who were removed since stay out. */
async function stand(
  db: SqlDatabase,
  { segmentId, causeId, now }: Standing,
  ids: readonly number[],
): Promise<number> {
  const put = await db.run(sql`
    insert into deleted_joined (segment_id, contact_id, cause_id)
    select ${segmentId}, given.value, ${causeId}
    from ${valuesOf(ids)} as given
    where not exists (
      select 1
      from deleted_pins as pins
      where pins.segment_id = ${segmentId} and pins.contact_id = given.value
        and pins.kind = 'out' and (pins.until is null or pins.until > ${now})
    )
    order by given.value`);
  await db.run(sql`update causes set uses = uses + ${put} where id = ${causeId}`);
  return put;
}
