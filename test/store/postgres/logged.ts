import { sql } from 'drizzle-orm';
import { CONTACT_KIND, WIDE_KIND } from '../../../src/store/postgres/delta/kinds.ts';
import type { SqlDatabase } from '../../../src/store/sql/database.ts';

const WORDS = new Map<string, string>(
  [...Object.entries(CONTACT_KIND), ...Object.entries(WIDE_KIND)].map(([word, kind]) => [
    kind,
    word,
  ]),
);

/** What the log has, as `KIND ID`, and for a pin ` in SEGMENT`; who was identified apart. */
export async function loggedIn(db: SqlDatabase): Promise<string[]> {
  const rows = await db.all<{ kind: string; rest: string }>(sql`
    select distinct kind, contact_id || case segment_id when 0 then '' else ' in ' || segment_id end as rest
    from contact_changes
    where kind not in ('a', 'd')
    union
    select kind, id::text from wide_changes`);
  return rows.map(({ kind, rest }) => `${WORDS.get(kind)!} ${rest}`).sort();
}
