import { sql } from 'drizzle-orm';
import type { Deleting } from '../../members.ts';
import type { VersionRow } from '../../rows.ts';
import { BLANK_ATTRIBUTES } from '../../segment-attributes.ts';
import type { SqlDatabase } from '../database.ts';
import { segments } from '../schema.ts';
import { insertRow } from '../table-rows.ts';
import { deleteSegment } from './deleted-segments.ts';
import { listVersions } from './segment-versions.ts';

/** Segments whose rows somebody deleted with SQL, and whose versions tell what they were. */
// rule: segments-swept
export const LOST_SEGMENTS = sql`(
  select distinct segment_id
  from segment_versions
  where segment_id not in (select id from segments union all select id from deleted_segments)
  order by segment_id
)`;

/**
 * Deletes, as a command does, the segments whose rows somebody deleted with SQL: each is put back as
 * its last version says and goes again with its members, so that who follows these is told, and that it
 * can be restored.
 */
export async function deleteLost(db: SqlDatabase, deleting: Deleting): Promise<void> {
  for (const id of await db.pluck<number>(sql`select segment_id from ${LOST_SEGMENTS} as lost`)) {
    const versions = await listVersions(db, id);
    const alias = await putBack(db, id, versions);
    await deleteSegment(db, id, deleting);
    await db.run(sql`update deleted_segments set alias = ${alias} where id = ${id}`);
  }
}

/** Under an alias that nobody has; gives the one that it had. */
async function putBack(
  db: SqlDatabase,
  id: number,
  versions: readonly VersionRow[],
): Promise<string> {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a lost segment has no version');
  const { name, kind, filter, about } = last;
  const { alias, ...attributes } = about ?? { ...BLANK_ATTRIBUTES, alias: `segment-${id}` };
  await insertRow(db, segments, {
    ...{ id, alias: `${alias}/${id}`, name, kind, filter, ...attributes },
    ...{ createdAt: first.savedAt, updatedAt: last.savedAt },
  });
  return alias;
}
