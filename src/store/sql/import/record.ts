import { type SQL, sql } from 'drizzle-orm';
import type { ImportedSegment, ImportRow, ImportsReader } from '../../imports.ts';
import type { Page } from '../../query.ts';
import type { SqlDatabase } from '../database.ts';
import { name, upTo } from '../sql-parts.ts';
import { selectRows } from '../table-rows.ts';
import { imports } from '../schema.ts';
import { idsInOrder, isOneOf } from '../tables/in-order.ts';
import { MERGED } from '../delta/deleted-intervals.ts';
import { THERE } from '../tables/segment-places.ts';
import { causesOfImport, wouldBeIn } from './without-import.ts';

/*
 * What is known of imports: their rows, the causes that name them, and the ids that they gave. The
 * causes of one import are few, one a segment.
 */

export function importsReader(db: SqlDatabase): ImportsReader {
  return {
    list: async (page) => listImports(db, page),
    order: async ({ after, limit }, { by, descends }) => {
      const rank = name(by === 'by' ? 'imported_by' : by);
      const rows = sql`select id, ${rank} as rank from imports where ${isOlder(after)}`;
      return idsInOrder(db, rows, { descends }, limit);
    },
    count: async ({ after }) =>
      db.value<number>(sql`select count(*) from imports where ${isOlder(after)}`),
    find: async (id) => (await selectRows(db, imports, sql`where id = ${id}`))[0],
    segments: async (id) => segmentsOf(db, id),
    joinedBy: async (id, segmentId, page) => joinedBy(db, id, segmentId, page),
    withoutIt: async (importId, segmentId, page) =>
      wouldBeIn(db, { importId, segmentId, place: THERE }, page),
    pinnedBy: async (id, segmentId) => pinnedBy(db, id, segmentId),
  };
}

function isOlder(after: number | undefined): SQL {
  return after === undefined ? sql`true` : sql`id < ${after}`;
}

async function listImports(
  db: SqlDatabase,
  { after, limit, ids }: Page & { readonly ids?: readonly number[] },
): Promise<ImportRow[]> {
  const which = sql`${isOlder(after)} and ${isOneOf(ids)}`;
  return selectRows(db, imports, sql`where ${which} order by id desc ${upTo(limit)}`);
}

async function segmentsOf(db: SqlDatabase, id: number): Promise<ImportedSegment[]> {
  return db.all<ImportedSegment>(sql`
    select
      causes.segment_id as "segmentId",
      sum(joined) filter (where via <> ${MERGED}) as joined,
      sum("left") filter (where via <> ${MERGED}) as "left", sum(open) as open,
      (
        select count(*)
        from pins
        where pins.segment_id = causes.segment_id
          and pins.cause_id in (
            select own.id
            from causes as own
            where own.import_id = ${id} and own.segment_id = causes.segment_id
          )
      ) as pinned
    from causes
    join segments on segments.id = causes.segment_id
    where import_id = ${id}
    group by causes.segment_id
    order by causes.segment_id`);
}

async function joinedBy(
  db: SqlDatabase,
  id: number,
  segmentId: number,
  { after = 0, limit }: Page,
): Promise<number[]> {
  return db.pluck<number>(sql`
    select joined.contact_id
    from joined
    where joined.segment_id = ${segmentId} and joined.contact_id > ${after}
      and joined.cause_id in ${causesOfImport({ importId: id, segmentId })}
    order by joined.contact_id
    ${upTo(limit)}`);
}

async function pinnedBy(db: SqlDatabase, id: number, segmentId: number): Promise<number[]> {
  return db.pluck<number>(sql`
    select contact_id
    from pins
    where segment_id = ${segmentId} and cause_id in ${causesOfImport({ importId: id, segmentId })}
    order by contact_id`);
}
