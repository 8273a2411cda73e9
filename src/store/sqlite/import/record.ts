import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { ImportedSegment, ImportRow, ImportsReader, LeftContact } from '../../imports.ts';
import type { Page } from '../../query.ts';
import { name, type SqliteDatabase } from '../connection/database.ts';
import { imports } from '../connection/schema.ts';
import { idsInOrder, isOneOf } from '../tables/in-order.ts';
import { MERGED } from '../delta/deleted-intervals.ts';

/*
 * What is known of imports: their rows, the causes that name them, and the ids that they gave. The
 * causes of one import are few, one a segment.
 */

export function importsReader(db: SqliteDatabase): ImportsReader {
  return {
    list: async (page) => listImports(db, page),
    order: async ({ after, limit }, { by, descends }) => {
      const rank = name(by === 'by' ? 'imported_by' : by);
      const rows = sql`select id, ${rank} as rank from imports where ${isOlder(after)}`;
      return idsInOrder(db, rows, { descends }, limit);
    },
    count: async ({ after }) =>
      db.value<number>(sql`select count(*) from imports where ${isOlder(after)}`),
    find: async (id) => db.orm.select().from(imports).where(eq(imports.id, id)).get(),
    segments: async (id) => segmentsOf(db, id),
    joinedBy: async (id, segmentId, page) => joinedBy(db, id, segmentId, page),
    leftBy: async (id, segmentId, page) => leftBy(db, id, segmentId, page),
    pinnedBy: async (id, segmentId) => pinnedBy(db, id, segmentId),
  };
}

function isOlder(after: number | undefined): SQL {
  return after === undefined ? sql`1` : sql`${imports.id} < ${after}`;
}

function listImports(
  db: SqliteDatabase,
  { after, limit, ids }: Page & { readonly ids?: readonly number[] },
): ImportRow[] {
  return db.orm
    .select()
    .from(imports)
    .where(and(isOlder(after), isOneOf(ids)))
    .orderBy(desc(imports.id))
    .limit(limit ?? -1)
    .all();
}

function segmentsOf(db: SqliteDatabase, id: number): ImportedSegment[] {
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

/** The causes by which an import changed a segment. */
const causesOfImport = (id: number, segmentId: number) => sql`(
  select causes.id
  from causes
  where causes.import_id = ${id} and causes.segment_id = ${segmentId}
)`;

function joinedBy(
  db: SqliteDatabase,
  id: number,
  segmentId: number,
  { after = 0, limit }: Page,
): number[] {
  return db.pluck<number>(sql`
    select joined.contact_id
    from joined
    where joined.segment_id = ${segmentId} and joined.contact_id > ${after}
      and joined.cause_id in ${causesOfImport(id, segmentId)}
    order by joined.contact_id
    limit ${limit ?? -1}`);
}

function leftBy(
  db: SqliteDatabase,
  id: number,
  segmentId: number,
  { after = 0, limit }: Page,
): LeftContact[] {
  return db.all<LeftContact>(sql`
    select past.contact_id as "contactId", began.import_id as "joinedByImport"
    from joined_history as past
    join contacts on contacts.id = past.contact_id
    left join causes as began on began.id = past.joined_cause
    where past.segment_id = ${segmentId} and past.contact_id > ${after}
      and past.left_cause in ${causesOfImport(id, segmentId)}
      and not exists (
        select 1
        from joined
        where joined.segment_id = past.segment_id and joined.contact_id = past.contact_id
      )
      and not exists (
        select 1
        from joined_history as later
        where later.segment_id = past.segment_id and later.contact_id = past.contact_id
          and later.id > past.id
      )
      and not exists (
        select 1 from imports where imports.id = began.import_id and imports.undone_at is not null
      )
    order by past.contact_id
    limit ${limit ?? -1}`);
}

function pinnedBy(db: SqliteDatabase, id: number, segmentId: number): number[] {
  return db.pluck<number>(sql`
    select contact_id
    from pins
    where segment_id = ${segmentId} and cause_id in ${causesOfImport(id, segmentId)}
    order by contact_id`);
}
