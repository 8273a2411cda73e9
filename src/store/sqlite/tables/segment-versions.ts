import { asc, eq, sql } from 'drizzle-orm';
import type { SegmentDefinition, VersionRow } from '../../rows.ts';
import {
  attributesOf,
  mapAttributes,
  type SegmentAttribute,
  type SegmentAttributes,
} from '../../segment-attributes.ts';
import type { Saving } from '../../segments.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { segments, segmentVersions } from '../connection/schema.ts';

export function listVersions(db: SqliteDatabase, segmentId: number): VersionRow[] {
  const rows = db.orm
    .select()
    .from(segmentVersions)
    .where(eq(segmentVersions.segmentId, segmentId))
    .orderBy(asc(segmentVersions.version))
    .all();
  return rows.map(({ version, name, kind, filter, savedAt, by, note, attributes }) => ({
    ...{ version, name, kind, filter, savedAt, by, note },
    about: attributes === null ? null : readAttributes(attributes),
  }));
}

/** Keeps the definition as a version, where anything is different from the last one. */
export async function recordVersion(
  db: SqliteDatabase,
  id: number,
  { now, by, note }: Saving,
): Promise<void> {
  const row = db.orm.select().from(segments).where(eq(segments.id, id)).get();
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
    from (select 1)
    left join (
      select * from segment_versions where segment_id = ${id} order by version desc limit 1
    ) as last
    where last.version is null or last.name is not ${name} or last.kind is not ${kind}
      or last.filter is not ${filter} or last.attributes is not ${attributes}`);
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
