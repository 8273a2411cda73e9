import { type SQL, sql } from 'drizzle-orm';
import type { CandidateQuery, Reads } from '../../changes.ts';
import type { SlicedPart } from '../../differences.ts';
import { type Aspects, aspectsOf, COMPANY, EVERYTHING, TAGS } from './aspects.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { valuesOf } from '../connection/sql-parts.ts';
import { deletedContacts } from './memberships-of-contacts.ts';
import { contactsIn } from './slices.ts';

/*
 * Candidates: contacts that something may have changed for since a segment was built. They are only
 * nominated here, by the change log and by the dates that a moving bound passed over; the filter
 * decides.
 */

/**
 * Fills `temp.candidates` with the candidates and with what about them changed. Gives how many there
 * are, at most `limit` + 1: with that they are too many, and the rest is left out.
 */
export async function fillCandidates(
  db: SqliteDatabase,
  query: CandidateQuery,
  limit: number,
): Promise<number> {
  // rule: replace-nominates, slices-alone
  const sources = [
    logged(query),
    ...moved(query),
    replaced(query),
    ...fannedOut(query),
    ...inSlices(query),
  ];
  const isForAll = query.reads.length <= 1; // who is a candidate of one is one of the others
  const found = await fill(db, sources, limit, isForAll ? EVERYTHING : 0n);
  // rule: share-noted
  if (!isForAll && found <= limit) for (const source of sources) await noteAspects(db, source);
  return found;
}

/**
 * Likewise fills `temp.in_slices` with the contacts in the slices of each part that
 * `countCandidates` leaves out for it: their aspects are the marks of the parts. Gives how many
 * there are for each part; or undefined if they are more than `limit` altogether.
 */
export async function fillInSlices(
  db: SqliteDatabase,
  parts: readonly SlicedPart[],
  limit: number,
): Promise<number[] | undefined> {
  const marked = parts.flatMap(({ slices, reads }, part) =>
    slices.map((slice) => ({ slice, mark: markOf(part), known: aspectsOf([reads]) })),
  );
  await clear(db, 'in_slices');
  // rule: slices
  for (const found of contactsIn(marked))
    if ((await addInSlices(db, found, limit)) > limit) return undefined;
  if (marked.length === 0) return parts.map(() => 0);
  const counts = await db.row<number>(
    sql`select ${sql.join(
      parts.map((_, part) => sql`coalesce(sum(aspects & ${markOf(part)} <> 0), 0)`),
      sql`, `,
    )} from temp.in_slices`,
  );
  return counts.reduce((sum, count) => sum + count, 0) > limit ? undefined : counts;
}

/** What marks the contacts in the slices of a part, by its number among those looked for at once. */
export function markOf(part: number): Aspects {
  return 1n << BigInt(part);
}

/** Gives how many were found, at most `limit` + 1, some perhaps in another place before. */
async function addInSlices(db: SqliteDatabase, found: SQL, limit: number): Promise<number> {
  // rule: share-own
  const isKnown = sql`
    exists (
      select 1
      from temp.candidates
      where candidates.contact_id = found.contact_id and candidates.aspects & found.known <> 0
    )`;
  return db.run(sql`
    insert into temp.in_slices (contact_id, aspects)
    select distinct contact_id, mark
    from (${found}) as found
    where not ${isKnown}
    limit ${limit + 1}
    on conflict (contact_id) do update set aspects = in_slices.aspects | excluded.aspects`);
}

/** How many of `temp.candidates` are candidates of a filter that reads this. */
export async function countCandidates(db: SqliteDatabase, reads: Reads): Promise<number> {
  return db.value<number>(sql`select count(*) from temp.candidates where ${isAbout([reads])}`);
}

/** Whether `aspects` is about something that is read. */
function isAbout(reads: readonly Reads[], aspects = sql`aspects`): SQL {
  return sql`${aspects} & ${aspectsOf(reads)} <> 0`;
}

async function fill(
  db: SqliteDatabase,
  sources: readonly SQL[],
  limit: number,
  aspects: Aspects,
): Promise<number> {
  const filled = await clear(db, 'candidates');
  let found = 0;
  for (const source of sources) {
    if (found > limit) break;
    found += await db.run(sql`
      insert into ${filled} (contact_id, aspects)
      select distinct contact_id, ${aspects}
      from (${source}) as source
      where contact_id is not null
      limit ${limit + 1 + found}
      on conflict do nothing`); // of so many different ones at least limit + 1 are new
  }
  return Math.min(found, limit + 1);
}

async function clear(db: SqliteDatabase, table: 'candidates' | 'in_slices'): Promise<SQL> {
  db.raw.exec(
    `create temp table if not exists ${table} (contact_id integer primary key, aspects integer not null)`,
  );
  const cleared = sql.raw(`temp.${table}`);
  await db.run(sql`delete from ${cleared}`);
  return cleared;
}

/** Those of a source are candidates of filters that read what it says of them. */
async function noteAspects(db: SqliteDatabase, source: SQL): Promise<void> {
  await db.run(sql`
    insert into temp.candidates (contact_id, aspects)
    select contact_id, aspects
    from (${source}) as source
    where contact_id is not null
    on conflict (contact_id) do update set aspects = candidates.aspects | excluded.aspects`);
}

/** What the log says of contacts themselves and of the pins of a segment. */
function logged({ segmentId, since, reads }: CandidateQuery): SQL {
  // rule: seen-exclusive, exists-nominates, pins-read
  return sql`
    select id as contact_id, iif(kind = 'pin', ${EVERYTHING}, aspects) as aspects
    from contact_changes
    where epoch >= ${since} and (
      kind in ('exists', 'profile', 'tags', 'consent', 'events') and ${isAbout(reads)}
      or kind = 'pin' and segment_id = ${segmentId}
    )`;
}

/** Who joined or left segments that the filters read. */
function moved({ since, segments }: CandidateQuery): SQL[] {
  if (segments.length === 0) return [];
  // rule: members-read
  return [
    sql`
      select id as contact_id, ${EVERYTHING} as aspects
      from member_changes
      where segment_id in (select value from ${valuesOf(segments)}) and epoch >= ${since}`,
  ];
}

/** A contact that a REPLACE removed is logged only as one that an insert met: it counts for all. */
function replaced({ since }: CandidateQuery): SQL {
  return sql`select id as contact_id, ${EVERYTHING} as aspects from ${deletedContacts(since)}`;
}

/** Who has a date that a moved bound passed over. */
function inSlices({ slices }: CandidateQuery): SQL[] {
  return contactsIn(slices.map((slice) => ({ slice, mark: EVERYTHING, known: 0n }))).map(
    (found) => sql`select contact_id, mark as aspects from (${found})`,
  );
}

/** Companies and tags log themselves; who has them is found here. */
function fannedOut({ since, reads }: CandidateQuery): SQL[] {
  const changed = (kind: string): SQL =>
    sql`(select id from contact_changes where epoch >= ${since} and kind = ${kind})`;
  return [
    // rule: company-fan-out
    ...(reads.some(({ company }) => company)
      ? [
          sql`select id as contact_id, ${COMPANY} as aspects from contacts where company_id in ${changed('company')}`,
        ]
      : []),
    // rule: tag-fan-out
    ...(reads.some(({ tags }) => tags)
      ? [
          sql`select contact_id, ${TAGS} as aspects from contact_tags where tag_id in ${changed('tag')}`,
        ]
      : []),
  ];
}
