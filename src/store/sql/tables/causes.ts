import { sql } from 'drizzle-orm';
import { THEN_JOIN } from '../words.ts';
import type { CauseRow } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { valuesOf } from '../sql-parts.ts';

/** The causes of these ids, in words, by id; what is lost is not among them. */
export async function causesById(
  db: SqlDatabase,
  ids: readonly (number | null)[],
): Promise<ReadonlyMap<number, CauseRow>> {
  const distinct = [...new Set(ids)].filter((id) => id !== null);
  if (distinct.length === 0) return new Map();
  const rows = await db.all<CauseRow>(sql`
    select
      causes.id, causes.at, causes.via, names.word as name, authors.word as "by",
      reasons.word as reason, causes.run_id as "runId", causes.import_id as "importId",
      causes.version
    from ${valuesOf(distinct)} as given
    ${THEN_JOIN} causes on causes.id = given.value
    left join cause_words as names on names.id = causes.name
    left join cause_words as authors on authors.id = causes."by"
    left join cause_words as reasons on reasons.id = causes.reason`);
  return new Map(rows.map((row) => [row.id, row]));
}
