import { type SQL, sql } from 'drizzle-orm';
import { firstOfEach, upTo } from '../sql-parts.ts';
import { THEN_JOIN } from '../words.ts';
import type { LeftContact } from '../../imports.ts';
import type { Page } from '../../query.ts';
import type { SqlDatabase } from '../database.ts';
import { MERGED } from '../delta/deleted-intervals.ts';
import type { Place } from '../tables/segment-places.ts';

/*
 * Who would be in a static segment without an import, and without those that were taken back before:
 * of all that made somebody join and leave the last that stands says so. That a membership ended by
 * taking an import back, or with its segment, or went on as that of another by a merge, says nothing
 * of its own; who came back by the one is in by what had put them there first.
 */

/** An import, what it did in one segment, and where that is. */
export interface OfImport {
  readonly importId: number;
  readonly segmentId: number;
  readonly place: Place;
}

/** The causes by which an import changed a segment. */
export function causesOfImport({ importId, segmentId }: Omit<OfImport, 'place'>): SQL {
  return sql`(
    select causes.id
    from causes
    where causes.import_id = ${importId} and causes.segment_id = ${segmentId}
  )`;
}

/** The contacts, by id, whom the import moved, who are not in the segment, and would be without it. */
export async function wouldBeIn(db: SqlDatabase, of: OfImport, page: Page): Promise<LeftContact[]> {
  const { importId, segmentId, place } = of;
  const { after = 0, limit } = page;
  const own = causesOfImport(of);
  // rule: undo-replay
  return db.all<LeftContact>(sql`
    with
      moved as materialized (
        select distinct past.contact_id
        from ${place.history} as past
        where past.segment_id = ${segmentId} and past.contact_id > ${after}
          and (past.joined_cause in ${own} or past.left_cause in ${own})
          and past.contact_id in (select id from contacts)
          and not exists (
            select 1
            from ${place.joined} as standing
            where standing.segment_id = ${segmentId} and standing.contact_id = past.contact_id
          )
      ),
      steps (contact_id, cause_id, is_in) as (
        ${stepsOf(of, sql`joined_cause`, 1)}
        union all
        ${stepsOf(of, sql`left_cause`, 0)}
        where not (${wentOn(of)})
      )
    select contact_id as "contactId", import_id as "joinedByImport"
    from ${firstOfEach(sql`steps.contact_id`, sql`0 - steps.cause_id * 2 - steps.is_in`, {
      columns: sql`steps.contact_id, steps.is_in, causes.import_id`,
      from: sql`
        steps
        ${THEN_JOIN} causes on causes.id = steps.cause_id
        left join imports on imports.id = causes.import_id
        where causes.import_id is distinct from ${importId} and imports.undone_at is null
          and (steps.is_in = 1 or causes.via not in ('undo', 'segment-deleted'))`,
    })} as last
    where is_in = 1
    order by contact_id
    ${upTo(limit)}`);
}

/** Where an inherited time in a segment ends as one's own begins, or the other way round, joining counts. */
function stepsOf({ segmentId, place }: OfImport, cause: SQL, isIn: 0 | 1): SQL {
  return sql`
    select past.contact_id, past.${cause}, ${isIn}
    from moved
    ${THEN_JOIN} ${place.history} as past
      on past.segment_id = ${segmentId} and past.contact_id = moved.contact_id`;
}

/** Whether a time of one who was merged ended by that alone: by the same merge this one joined. */
function wentOn({ segmentId, place }: OfImport): SQL {
  // rule: undo-merged, undo-merged-out
  return sql`
    past.inherited = 1 and exists (
      select 1
      from causes as ended
      ${THEN_JOIN} ${place.history} as own
        on own.segment_id = ${segmentId} and own.contact_id = past.contact_id and own.inherited = 0
      ${THEN_JOIN} causes as began on began.id = own.joined_cause
      where ended.id = past.left_cause and ended.via = ${MERGED}
        and began.via = ended.via and began.at = ended.at
    )`;
}
