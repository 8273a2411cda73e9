import { sql } from 'drizzle-orm';
import { RESTORED } from '../../segments.ts';
import type { SqlDatabase } from '../database.ts';
import { spelled } from '../words.ts';

/** Which life of the store this is; undefined where the store cannot tell. */
export async function timelineOf(db: Pick<SqlDatabase, 'get'>): Promise<string | undefined> {
  try {
    return (await db.get<{ timeline: string }>(sql`select timeline from capture`))?.timeline;
  } catch {
    return undefined; // a store that is damaged can still be looked at
  }
}

/** Eight bytes, as hexadecimal digits. */
const RANDOM = spelled(
  sql`lower(hex(randomblob(8)))`,
  sql`left(replace(gen_random_uuid()::text, '-', ''), 16)`,
);

/**
 * Gives the store another timeline, so that nothing that was noted outside of it counts any more, and
 * lets nothing count that segments and triggers have seen.
 */
export async function startTimeline(db: SqlDatabase): Promise<void> {
  await db.run(sql`update capture set timeline = substr(timeline, 1, 16) || ${RANDOM}`);
  await db.run(sql`
    update segments
    set seen_epoch = null, bounds = null, fingerprint = ${RESTORED}
    where kind = 'dynamic' and built_at is not null`);
  await db.run(sql`update triggers set seen_epoch = null`);
}
