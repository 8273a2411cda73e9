import { sql } from 'drizzle-orm';
import type { SegmentDefinition, VersionRow } from '../../rows.ts';
import {
  attributesOf,
  mapAttributes,
  type SegmentAttribute,
  type SegmentAttributes,
} from '../../segment-attributes.ts';
import type { Saving } from '../../segments.ts';
import type { SqlDatabase } from '../database.ts';
import { ALWAYS } from '../words.ts';
import { segments, segmentVersions } from '../schema.ts';
import { selectRows } from '../table-rows.ts';

export async function listVersions(db: SqlDatabase, segmentId: number): Promise<VersionRow[]> {
  const rows = await selectRows(
    db,
    segmentVersions,
    sql`where segment_id = ${segmentId} order by version`,
  );
  return rows.map(({ version, name, kind, filter, savedAt, by, note, attributes }) => ({
    ...{ version, name, kind, filter, savedAt, by, note },
    about: attributes === null ? null : readAttributes(attributes),
  }));
}

/** Keeps the definition as a version, where anything is different from the last one. */
export async function recordVersion(
  db: SqlDatabase,
  id: number,
  { now, by, note }: Saving,
): Promise<void> {
  const [row] = await selectRows(db, segments, sql`where id = ${id}`);
  if (row === undefined) return;
  const { name, kind, filter } = row;
  const attributes = writeAttributes(row);
  await db.run(sql`
    insert into segment_versions (
      segment_id, version, name, kind, filter, saved_at, saved_by, note, attributes
    )
    select
      ${id}, coalesce(last.version, 0) + 1, ${name}, ${kind}, ${filter}, ${now}, ${by},
      ${note ?? null}, ${attributes}
    from (select 1) as given
    left join (
      select * from segment_versions where segment_id = ${id} order by version desc limit 1
    ) as last on ${ALWAYS}
    where last.version is null or last.name <> ${name} or last.kind <> ${kind}
      or last.filter is distinct from ${filter} or last.attributes is distinct from ${attributes}`);
}

type About = NonNullable<VersionRow['about']>;

/** As JSON, in the order in which the migration that added the column wrote it too. */
function writeAttributes(definition: SegmentDefinition): string {
  return JSON.stringify({ alias: definition.alias, ...attributesOf(definition) });
}

/** Another program may have written anything: what is no attribute is the default. */
function readAttributes(text: string): About | null {
  const given = parseObject(text);
  if (typeof given['alias'] !== 'string') return null;
  const attributes = mapAttributes((attribute, key) => valueOf(attribute, given[key]));
  return { alias: given['alias'], ...(attributes as SegmentAttributes) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function valueOf(attribute: SegmentAttribute, value: unknown): unknown {
  switch (attribute.type) {
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'switch':
      return typeof value === 'boolean' ? value : attribute.default;
    case 'choice':
      return attribute.words.includes(String(value)) ? value : attribute.default;
  }
}
