import { sql } from 'drizzle-orm';
import type { SqlDatabase } from '../database.ts';

/** Deletes the words that no cause says any more. */
export async function forgetUnsaidWords(db: SqlDatabase): Promise<void> {
  await db.run(sql`
    delete from cause_words
    where id not in (
      select name from causes where name is not null
      union all select "by" from causes where "by" is not null
      union all select reason from causes where reason is not null
    )`);
}
