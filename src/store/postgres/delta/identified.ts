import { sql } from 'drizzle-orm';
import type { SqlDatabase } from '../../sql/database.ts';
import { CONTACT_KIND } from './kinds.ts';

/*
 * How many anonymous members a segment has is counted in its row. When another program identifies a
 * contact, that is only noted, for a trigger that wrote the counters would make every writer wait for
 * the update that holds them: they are set by whoever of us writes next, before anything else. What
 * we do ourselves is counted at once.
 */

/** Whether whoever writes is one of us, who alone at a time write segments: SQL of a trigger. */
export const IS_OURS = "coalesce(current_setting('rollcall.session', true), '') <> ''";

/**
 * A statement that lets the counters of segments follow `shifted`, a select of `contact_id` and
 * `anonymous`, by which its segments have more anonymous members: 1, -1 or, of several, a sum.
 */
export function countShifted(shifted: string): string {
  return `
    update segments
    set anonymous = greatest(0, segments.anonymous + counted.anonymous)
    from (
      select others.id, sum(shifted.anonymous) as anonymous
      from (${shifted} offset 0) as shifted
      cross join segments as others
      cross join lateral (
        select 1
        from joined
        where joined.segment_id = others.id and joined.contact_id = shifted.contact_id
        offset 0
      ) as held
      where shifted.anonymous <> 0
      group by others.id
    ) as counted
    where counted.id = segments.id`;
}

const NOTED = `kind in ('${CONTACT_KIND.anonymous}', '${CONTACT_KIND.identified}')`;

/**
 * Lets the counters of segments follow whom other programs identified, or made anonymous again. To be
 * called before members change in a transaction: who joins and leaves is counted as they are by then.
 */
export async function countIdentified(db: SqlDatabase): Promise<void> {
  // rule: pg-identified
  const noted = await db.get(sql.raw(`select 1 from contact_changes where ${NOTED} limit 1`));
  if (noted === undefined) return;
  const shifts = `
    select contact_id, sum(case kind when '${CONTACT_KIND.anonymous}' then 1 else -1 end) as anonymous
    from contact_changes
    where ${NOTED}
    group by contact_id`;
  await db.run(sql.raw(countShifted(shifts)));
  await db.run(sql.raw(`delete from contact_changes where ${NOTED}`));
}
