import { type SQL, sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';
import type { SqliteStage } from './staging.ts';

/** Rejects rows that are not rejected yet: `rows` selects `stage_row` and `reason`. */
export async function refuse(db: SqliteDatabase, stage: SqliteStage, rows: SQL): Promise<void> {
  const refused = await db.run(sql`
    insert into ${stage.rejects} (line, reason)
    select s.line, refused.reason
    from (${rows}) as refused
    cross join ${stage.found} as f on f.stage_row = refused.stage_row
    cross join ${stage.rows} as s on s.stage_row = refused.stage_row
    where f.outcome <> 'rejected'
    order by s.line`);
  if (refused === 0) return;
  await db.run(sql`
    update ${stage.found}
    set outcome = 'rejected'
    where stage_row in (select stage_row from (${rows}))`);
}
