import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../connection/sql-parts.ts';

/*
 * Who joined and left by a cause stands in the memberships and intervals that point to it, which no
 * index leads to. So that the moves of a small change are found without going through its segment,
 * they are listed in `moved`. Where a cause has as many there as it counts, they are all of them.
 */

/** Up to so many moves are listed, and up to this share of a segment's members. */
const FEW = 1000;
const SMALL_SHARE = 0.1;

/** How many moves there are in a segment. */
export interface Moves {
  readonly segmentId: number;
  readonly moves: number;
}

/**
 * Lists moves, `cause_id` and `contact_id` of each, of those segments where they are few. `moved`
 * selects them for the segments that it is given.
 */
export async function listMoved(
  db: SqliteDatabase,
  segments: readonly Moves[],
  moved: (segmentIds: SQL) => SQL,
): Promise<void> {
  const few = segments.filter(({ moves }) => moves <= FEW);
  const others = segments.filter(({ moves }) => moves > FEW);
  const ids = [...few.map(({ segmentId }) => segmentId), ...(await smallShares(db, others))];
  if (ids.length === 0) return;
  await db.run(sql`
    insert into moved (cause_id, contact_id)
    select cause_id, contact_id
    from (${moved(valuesOf(ids))})
    order by cause_id, contact_id
    on conflict do nothing`);
}

async function smallShares(db: SqliteDatabase, segments: readonly Moves[]): Promise<number[]> {
  if (segments.length === 0) return [];
  return db.pluck<number>(sql`
    select segments.id
    from json_each(${JSON.stringify(segments)}) as given
    cross join segments on segments.id = given.value ->> 'segmentId'
    where given.value ->> 'moves' <= segments.members * ${SMALL_SHARE}`);
}
