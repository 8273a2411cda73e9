import { type SQL, sql } from 'drizzle-orm';
import { assertNever } from '../../support/errors.ts';
import { fold, isAscii } from '../../support/fold.ts';
import type { CandidateQuery, Slice } from '../changes.ts';
import { name, type SqliteDatabase, valuesOf } from './database.ts';
import { deletedContacts } from './memberships-of-contacts.ts';

/*
 * Candidates: contacts that something may have changed for since a segment was built. They are only nominated here, by the change log
 * and by the dates that a moving bound passed over; the filter decides.
 */

/** Fills `temp.candidates`; gives how many there are, at most `limit` + 1: then they are too many and the rest is left out. */
export function fillCandidates(db: SqliteDatabase, query: CandidateQuery, limit: number): number {
  db.raw.exec('create temp table if not exists candidates (contact_id integer primary key)');
  return fill(db, sql`temp.candidates`, [logged(query), ...replaced(query), ...fannedOut(query), ...query.slices.map(slice)], limit);
}

/** Fills `temp.further` with those of the slices who are not in `temp.candidates`, likewise. */
export function fillFurther(db: SqliteDatabase, slices: readonly Slice[], limit: number): number {
  db.raw.exec('create temp table if not exists further (contact_id integer primary key)');
  const others = slices.map((crossed) => sql`select contact_id from (${slice(crossed)}) as found where contact_id not in (select contact_id from temp.candidates)`);
  return fill(db, sql`temp.further`, others, limit);
}

function fill(db: SqliteDatabase, table: SQL, sources: readonly SQL[], limit: number): number {
  db.run(sql`delete from ${table}`);
  let found = 0;
  for (const source of sources) {
    if (found > limit) break;
    found += db.run(sql`
      insert into ${table} (contact_id)
      select distinct contact_id
      from (${source}) as source
      where contact_id is not null
      limit ${limit + 1 + found}
      on conflict do nothing`); // of so many different ones at least limit + 1 are new
  }
  return Math.min(found, limit + 1);
}

/** What the log says of contacts themselves, of their pins here and of their membership of segments that the filter reads. */
function logged({ segmentId, since, kinds, segments }: CandidateQuery): SQL {
  const own = kinds.filter((kind) => kind !== 'company' && kind !== 'tag');
  return sql`
    select distinct id as contact_id
    from contact_changes
    where epoch >= ${since} and (
      kind in (select value from ${valuesOf(['exists', ...own])})
      or kind = 'pin' and segment_id = ${segmentId}
      or kind = 'member' and segment_id in (select value from ${valuesOf(segments)})
    )`;
}

/** Whom a REPLACE removed is nobody's member any more, though logged as `profile`. */
function replaced({ since, kinds }: CandidateQuery): SQL[] {
  return kinds.includes('profile') ? [] : [sql`select id as contact_id from ${deletedContacts(since)}`];
}

/** Companies and tags log themselves; who has them is found here. */
function fannedOut({ since, kinds }: CandidateQuery): SQL[] {
  const changed = (kind: string): SQL => sql`(select id from contact_changes where epoch >= ${since} and kind = ${kind})`;
  return [
    ...(kinds.includes('company') ? [sql`select id as contact_id from contacts where company_id in ${changed('company')}`] : []),
    ...(kinds.includes('tag') ? [sql`select contact_id from contact_tags where tag_id in ${changed('tag')}`] : []),
  ];
}

function slice(crossed: Slice): SQL {
  const { place, low, high } = crossed;
  switch (place.kind) {
    case 'events':
      return sql`select contact_id from events where ${isOfType(place.eventType)} and occurred_at between ${low} and ${high}`;
    case 'memberships':
      // the planner passes the partial index over unless it is named and the segment is a literal
      return sql`
        select contact_id
        from memberships indexed by ${name(`joined_${place.segment}`)}
        where segment_id = ${sql.raw(String(place.segment))} and since between ${low} and ${high}`;
    case 'field':
      return ofRecords(place.object, sql`${name(place.column)} between ${low} and ${high}`);
    case 'anniversary':
      return ofRecords(place.object, sql`substr(${name(place.column)}, 6, 5) between ${low} and ${high}`);
    default:
      return assertNever(place);
  }
}

/** As filters compare types. Only ASCII letters have their cases in the index; for others all types are gone through in it. */
function isOfType(eventType: string): SQL {
  return isAscii(eventType) ? sql`type = ${eventType}` : sql`fold(type) = ${fold(eventType)}`;
}

function ofRecords(object: 'contact' | 'company', condition: SQL): SQL {
  if (object === 'contact') return sql`select id as contact_id from contacts where ${condition}`;
  return sql`select id as contact_id from contacts where company_id in (select id from companies where ${condition})`;
}
