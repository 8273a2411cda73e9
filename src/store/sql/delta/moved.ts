import { type SQL, sql } from 'drizzle-orm';
import { THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import { rowsOf, valuesOf } from '../sql-parts.ts';

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
  db: SqlDatabase,
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
    from (${moved(valuesOf(ids))}) as moves
    order by cause_id, contact_id
    on conflict do nothing`);
}

async function smallShares(db: SqlDatabase, segments: readonly Moves[]): Promise<number[]> {
  if (segments.length === 0) return [];
  const rows = segments.map(({ segmentId: segment, moves }) => ({ segment, moves }));
  return db.pluck<number>(sql`
    select segments.id
    from ${rowsOf(rows, { segment: 'bigint', moves: 'bigint' })} as given
    ${THEN_JOIN} segments on segments.id = given.segment
    where given.moves <= segments.members * ${SMALL_SHARE}`);
}
