import { type SQL, sql } from 'drizzle-orm';
import type { SqlDatabase } from '../../sql/database.ts';
import type { MemberLog } from '../../sql/delta/log.ts';
import { WIDE_KIND } from './kinds.ts';
import { RAISE_MARK } from './watermark.ts';

/** How builds tell other segments of members who moved. */
export function memberLog(db: SqlDatabase): MemberLog {
  return {
    oneByOne: async (moves: SQL, segmentIds) => {
      await db.run(sql`
        insert into member_changes (segment_id, contact_id)
        select moves.segment_id, moves.contact_id
        from (${moves}) as moves
        where moves.segment_id = any (${sql.param(segmentIds)}::integer[])`);
    },
    wholesale: async (segmentIds) => {
      await db.run(sql`
        insert into wide_changes (id, kind)
        select id, ${sql.raw(`'${WIDE_KIND.wholesale}'::"char"`)}
        from unnest(${sql.param(segmentIds)}::bigint[]) as id`);
    },
    proceed: async () => {
      await db.run(RAISE_MARK);
    },
  };
}
