import { type SQL, sql } from 'drizzle-orm';
import { filterInTurn } from '../../../support/in-turn.ts';
import type { FieldPlace, Slice } from '../../changes.ts';
import { name } from '../../sql/sql-parts.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { noteSchema } from './capture.ts';

/** Whether there is nothing to be made or dropped for these places. */
export async function isIndexed(
  db: SqliteDatabase,
  places: readonly Slice['place'][],
): Promise<boolean> {
  const { useless, missing } = await compare(db, places);
  return useless.length + missing.length === 0;
}

/** Makes the indexes by which the rows of slices are found, and drops those of segments that are gone. */
export async function makeIndexes(
  db: SqliteDatabase,
  places: readonly Slice['place'][],
): Promise<void> {
  const { useless, missing } = await compare(db, places);
  for (const index of useless) await db.run(sql`drop index ${name(index)}`);
  for (const [index, place] of missing)
    await db.run(sql`create index ${name(index)} on ${indexedOf(place)}`);
  // rule: own-ddl
  if (useless.length + missing.length > 0) await noteSchema(db);
}

interface Compared {
  readonly useless: readonly string[];
  readonly missing: readonly (readonly [string, Indexed])[];
}

async function compare(db: SqliteDatabase, places: readonly Slice['place'][]): Promise<Compared> {
  const wanted = indexesFor(places);
  const ofNone = await db.pluck<string>(sql`
    select name
    from sqlite_schema
    where type = 'index' and name glob 'joined_[0-9]*'
      and cast(substr(name, 8) as integer) not in (select id from segments)`);
  const useless = ofNone.filter((index) => !wanted.has(index));
  const missing = await filterInTurn([...wanted], async ([index]) => !(await hasIndex(db, index)));
  return { useless, missing };
}

async function hasIndex(db: SqliteDatabase, index: string): Promise<boolean> {
  const found = await db.get(
    sql`select 1 from sqlite_schema where type = 'index' and name = ${index}`,
  );
  return found !== undefined;
}

/**
 * See `Ways`. The planner passes the partial index over unless it is named and the segment is a
 * literal; a dry run may have none.
 */
export async function joinedBetween(
  db: SqliteDatabase,
  segment: number,
  low: SQL,
  high: SQL,
): Promise<SQL> {
  const index = indexOf({ kind: 'memberships', segment });
  const isOfSegment = sql`joined.segment_id = ${sql.raw(String(segment))}`;
  const isBetween = sql`causes.at between ${low} and ${high}`;
  return (await hasIndex(db, index))
    ? sql`
        causes on causes.segment_id = ${segment} and ${isBetween}
        cross join joined indexed by ${name(index)}
          on ${isOfSegment} and joined.cause_id = causes.id`
    : sql`
        joined on ${isOfSegment}
        cross join causes on causes.id = joined.cause_id and ${isBetween}`;
}

type Indexed = FieldPlace | { readonly kind: 'memberships'; readonly segment: number };

/** By the name of its index each place; events have theirs from the first migration. */
function indexesFor(places: readonly Slice['place'][]): Map<string, Indexed> {
  return new Map(
    places.flatMap((place) => (place.kind === 'events' ? [] : [[indexOf(place), place]])),
  );
}

function indexOf(place: Indexed): string {
  if (place.kind === 'memberships') return `joined_${place.segment}`;
  const prefix = place.kind === 'anniversary' ? 'anniversary' : 'window';
  return `${prefix}_${place.object}_${place.column}`;
}

function indexedOf(place: Indexed): SQL {
  if (place.kind === 'memberships')
    return sql.raw(`joined (cause_id, contact_id) where segment_id = ${place.segment}`);
  const table = place.object === 'contact' ? sql`contacts` : sql`companies`;
  const column = name(place.column);
  const key = place.kind === 'anniversary' ? sql`substr(${column}, 6, 5)` : column;
  return sql`${table} (${key})`;
}
