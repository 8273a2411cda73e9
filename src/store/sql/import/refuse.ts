import { type SQL, sql } from 'drizzle-orm';
import { THEN_JOIN } from '../words.ts';
import type { SqlDatabase } from '../database.ts';
import type { SqlStage } from './staging.ts';

/** Rejects rows that are not rejected yet: `rows` selects `stage_row` and `reason`. */
export async function refuse(db: SqlDatabase, stage: SqlStage, rows: SQL): Promise<void> {
  const refused = await db.run(sql`
    insert into ${stage.rejects} (line, reason)
    select s.line, refused.reason
    from (${rows}) as refused
    ${THEN_JOIN} ${stage.found} as f on f.stage_row = refused.stage_row
    ${THEN_JOIN} ${stage.rows} as s on s.stage_row = refused.stage_row
    where f.outcome <> 'rejected'
    order by s.line`);
  if (refused === 0) return;
  await db.run(sql`
    update ${stage.found}
    set outcome = 'rejected'
    where stage_row in (select stage_row from (${rows}) as refused)`);
}
