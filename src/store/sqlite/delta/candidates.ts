import { type SQL, sql } from 'drizzle-orm';
import { assertNever } from '../../../support/errors.ts';
import { fold, isAscii } from '../../../support/fold.ts';
import type { CandidateQuery, Reads, Slice } from '../../changes.ts';
import { type Aspects, aspectsOf, COMPANY, EVERYTHING, TAGS } from './aspects.ts';
import { name, type SqliteDatabase, valuesOf } from '../connection/database.ts';
import { deletedContacts } from './memberships-of-contacts.ts';

/*
 * Candidates: contacts that something may have changed for since a segment was built. They are only
 * nominated here, by the change log and by the dates that a moving bound passed over; the filter
 * decides.
 */

/**
 * Fills `temp.candidates` with the candidates and with what about them changed. Gives how many there
 * are, at most `limit` + 1: with that they are too many, and the rest is left out.
 */
export function fillCandidates(db: SqliteDatabase, query: CandidateQuery, limit: number): number {
  // rule: replace-nominates, slices-alone
  const sources = [
    logged(query),
    ...moved(query),
    replaced(query),
    ...fannedOut(query),
    ...query.slices.map(slice),
  ];
  const isForAll = query.reads.length <= 1; // who is a candidate of one is one of the others
  const found = fill(db, 'candidates', sources, limit, isForAll ? EVERYTHING : 0n);
  // rule: share-noted
  if (!isForAll && found <= limit) for (const source of sources) noteAspects(db, source);
  return found;
}

/** Likewise fills `temp.in_slices` with the contacts in the slices that `countCandidates` leaves out. */
export function fillInSlices(
  db: SqliteDatabase,
  slices: readonly Slice[],
  reads: Reads,
  limit: number,
): number {
  // rule: share-own
  const isKnown = sql`
    exists (
      select 1
      from temp.candidates
      where candidates.contact_id = found.contact_id and ${isAbout([reads], sql`candidates.aspects`)}
    )`;
  // rule: slices
  const others = slices.map(
    (crossed) => sql`select contact_id from (${slice(crossed)}) as found where not ${isKnown}`,
  );
  return fill(db, 'in_slices', others, limit, EVERYTHING);
}

/** How many of `temp.candidates` are candidates of a filter that reads this. */
export function countCandidates(db: SqliteDatabase, reads: Reads): number {
  return db.value<number>(sql`select count(*) from temp.candidates where ${isAbout([reads])}`);
}

/** Whether `aspects` is about something that is read. */
function isAbout(reads: readonly Reads[], aspects = sql`aspects`): SQL {
  return sql`${aspects} & ${aspectsOf(reads)} <> 0`;
}

function fill(
  db: SqliteDatabase,
  table: 'candidates' | 'in_slices',
  sources: readonly SQL[],
  limit: number,
  aspects: Aspects,
): number {
  const filled = clear(db, table);
  let found = 0;
  for (const source of sources) {
    if (found > limit) break;
    found += db.run(sql`
      insert into ${filled} (contact_id, aspects)
      select distinct contact_id, ${aspects}
      from (${source}) as source
      where contact_id is not null
      limit ${limit + 1 + found}
      on conflict do nothing`); // of so many different ones at least limit + 1 are new
  }
  return Math.min(found, limit + 1);
}

function clear(db: SqliteDatabase, table: 'candidates' | 'in_slices'): SQL {
  db.raw.exec(
    `create temp table if not exists ${table} (contact_id integer primary key, aspects integer not null)`,
  );
  const cleared = sql.raw(`temp.${table}`);
  db.run(sql`delete from ${cleared}`);
  return cleared;
}

/** Those of a source are candidates of filters that read what it says of them. */
function noteAspects(db: SqliteDatabase, source: SQL): void {
  db.run(sql`
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
  // rule: members-read, moved-since
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

function slice(crossed: Slice): SQL {
  const { place, low, high } = crossed;
  switch (place.kind) {
    case 'events':
      return sql`
        select contact_id, ${EVERYTHING} as aspects
        from events
        where ${isOfType(place.eventType)} and occurred_at between ${low} and ${high}`;
    case 'memberships':
      // the planner passes the partial index over unless it is named and the segment is a literal
      return sql`
        select contact_id, ${EVERYTHING} as aspects
        from memberships indexed by ${name(`joined_${place.segment}`)}
        where segment_id = ${sql.raw(String(place.segment))} and since between ${low} and ${high}`;
    // rule: closed-low, closed-high
    case 'field':
      return ofRecords(place.object, sql`${name(place.column)} between ${low} and ${high}`);
    case 'anniversary':
      return ofRecords(
        place.object,
        sql`substr(${name(place.column)}, 6, 5) between ${low} and ${high}`,
      );
    default:
      return assertNever(place);
  }
}

/**
 * As filters compare types. Only ASCII letters have their cases in the index; for others all types
 * are gone through in it.
 */
function isOfType(eventType: string): SQL {
  // rule: event-type-case
  return isAscii(eventType) ? sql`type = ${eventType}` : sql`fold(type) = ${fold(eventType)}`;
}

function ofRecords(object: 'contact' | 'company', condition: SQL): SQL {
  if (object === 'contact')
    return sql`select id as contact_id, ${EVERYTHING} as aspects from contacts where ${condition}`;
  // rule: company-dates
  return sql`
    select id as contact_id, ${EVERYTHING} as aspects
    from contacts
    where company_id in (select id from companies where ${condition})`;
}
