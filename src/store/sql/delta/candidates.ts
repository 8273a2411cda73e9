import { type SQL, sql } from 'drizzle-orm';
import { INTEGER, spelled, TEMP } from '../words.ts';
import type { CandidateQuery, Reads } from '../../changes.ts';
import type { SlicedPart } from '../../differences.ts';
import { type Aspects, aspectsOf, COMPANY, EVERYTHING, TAGS } from './aspects.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import type { Ways } from '../ways.ts';
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
  db: SqlDatabase,
  query: CandidateQuery,
  limit: number,
): Promise<number> {
  // rule: replace-nominates, slices-alone
  const sources = [
    logged(db.ways, query),
    ...moved(db.ways, query),
    gone(db.ways, query),
    ...fannedOut(db.ways, query),
    ...(await inSlices(db, query)),
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
  db: SqlDatabase,
  parts: readonly SlicedPart[],
  limit: number,
): Promise<number[] | undefined> {
  const marked = parts.flatMap(({ slices, reads }, part) =>
    slices.map((slice) => ({ slice, mark: markOf(part), known: aspectsOf([reads]) })),
  );
  await clear(db, 'in_slices');
  // rule: slices
  for (const found of await contactsIn(db, marked))
    if ((await addInSlices(db, found, limit)) > limit) return undefined;
  if (marked.length === 0) return parts.map(() => 0);
  const counts = await db.row<number>(
    sql`select ${sql.join(
      parts.map((_, part) => sql`count(*) filter (where aspects & ${markOf(part)} <> 0)`),
      sql`, `,
    )} from ${TEMP}.in_slices`,
  );
  return counts.reduce((sum, count) => sum + count, 0) > limit ? undefined : counts;
}

/** What marks the contacts in the slices of a part, by its number among those looked for at once. */
export function markOf(part: number): Aspects {
  return 1n << BigInt(part);
}

/** Gives how many were found, at most `limit` + 1, some perhaps in another place before. */
async function addInSlices(db: SqlDatabase, found: SQL, limit: number): Promise<number> {
  // rule: share-own
  const isKnown = sql`
    exists (
      select 1
      from ${TEMP}.candidates
      where candidates.contact_id = found.contact_id and candidates.aspects & found.known <> 0
    )`;
  return db.run(sql`
    insert into ${TEMP}.in_slices (contact_id, aspects)
    ${eachOnce(sql`
      select distinct contact_id, mark as aspects
      from (${found}) as found
      where not ${isKnown}
      limit ${limit + 1}`)}
    on conflict (contact_id) do update set aspects = in_slices.aspects | excluded.aspects`);
}

/** How many of `temp.candidates` are candidates of a filter that reads this. */
export async function countCandidates(db: SqlDatabase, reads: Reads): Promise<number> {
  return db.value<number>(sql`select count(*) from ${TEMP}.candidates where ${isAbout([reads])}`);
}

/** Whether `aspects` is about something that is read. */
function isAbout(reads: readonly Reads[], aspects = sql`aspects`): SQL {
  return sql`${aspects} & ${aspectsOf(reads)} <> 0`;
}

async function fill(
  db: SqlDatabase,
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

async function clear(db: SqlDatabase, table: 'candidates' | 'in_slices'): Promise<SQL> {
  await db.run(
    sql`create temp table if not exists ${name(table)} (contact_id ${INTEGER} primary key, aspects ${INTEGER} not null)`,
  );
  const cleared = sql`${TEMP}.${name(table)}`;
  await db.run(sql`delete from ${cleared}`);
  return cleared;
}

/** A statement of PostgreSQL adds to a row once: each contact comes with all that is said of it. */
function eachOnce(source: SQL): SQL {
  const from = sql`from (${source}) as source where contact_id is not null`;
  return spelled(
    sql`select contact_id, aspects ${from}`,
    sql`select contact_id, bit_or(aspects) ${from} group by contact_id`,
  );
}

/** Those of a source are candidates of filters that read what it says of them. */
async function noteAspects(db: SqlDatabase, source: SQL): Promise<void> {
  await db.run(sql`
    insert into ${TEMP}.candidates (contact_id, aspects)
    ${eachOnce(source)}
    on conflict (contact_id) do update set aspects = candidates.aspects | excluded.aspects`);
}

/** What the log says of contacts themselves and of the pins of a segment. */
function logged({ log }: Ways, { segmentId, since, reads }: CandidateQuery): SQL {
  // rule: pins-read
  return sql`
    select contact_id, aspects from ${log.contacts(since)} as changes where ${isAbout(reads)}
    union all
    select contact_id, ${EVERYTHING} from ${log.pins(since, segmentId)} as pinned`;
}

/** Who joined or left segments that the filters read. */
function moved({ log }: Ways, { since, segments }: CandidateQuery): SQL[] {
  if (segments.length === 0) return [];
  // rule: members-read
  return [
    sql`select contact_id, ${EVERYTHING} as aspects from ${log.members(since, segments)} as moved`,
  ];
}

/** A contact that is gone counts for all. */
function gone({ log }: Ways, { since }: CandidateQuery): SQL {
  return sql`select id as contact_id, ${EVERYTHING} as aspects from ${log.deleted(since)} as gone`;
}

/** Who has a date that a moved bound passed over. */
async function inSlices(db: SqlDatabase, { slices }: CandidateQuery): Promise<SQL[]> {
  const marked = slices.map((slice) => ({ slice, mark: EVERYTHING, known: 0n }));
  return (await contactsIn(db, marked)).map(
    (found) => sql`select contact_id, mark as aspects from (${found}) as found`,
  );
}

/** Companies and tags log themselves; who has them is found here. */
function fannedOut({ log }: Ways, { since, reads }: CandidateQuery): SQL[] {
  return [
    // rule: company-fan-out
    ...(reads.some(({ company }) => company)
      ? [
          sql`
            select id as contact_id, ${COMPANY} as aspects
            from contacts
            where company_id in ${log.companies(since)}`,
        ]
      : []),
    // rule: tag-fan-out
    ...(reads.some(({ tags }) => tags)
      ? [
          sql`
            select contact_id, ${TAGS} as aspects
            from contact_tags
            where tag_id in ${log.tags(since)}`,
        ]
      : []),
  ];
}
