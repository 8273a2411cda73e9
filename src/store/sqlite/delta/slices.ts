import { type SQL, sql } from 'drizzle-orm';
import { assertNever } from '../../../support/errors.ts';
import { fold, isAscii } from '../../../support/fold.ts';
import type { FieldPlace, Slice } from '../../changes.ts';
import type { Aspects } from './aspects.ts';
import { name } from '../connection/sql-parts.ts';

/*
 * Contacts whose dates a moving bound passed over. The slices of one column, or of one type of
 * events, are looked for by one statement over the list of their ranges: five hundred windows that
 * each moved by a quarter of an hour are a few statements, and none reads what lies between two
 * ranges.
 */

/** A slice, the mark that contacts in it get, and what they are left out for if it changed. */
export interface Marked {
  readonly slice: Slice;
  readonly mark: Aspects;
  readonly known: Aspects;
}

type Place = Slice['place'];

/** One sub-select for each place, of `contact_id`, `mark` and `known`; a contact may come twice. */
export function contactsIn(marked: readonly Marked[]): SQL[] {
  const byPlace = new Map<string, [Marked, ...Marked[]]>();
  for (const one of marked) {
    const key = keyOf(one.slice.place);
    const others = byPlace.get(key);
    if (others === undefined) byPlace.set(key, [one]);
    else others.push(one);
  }
  return [...byPlace.values()].map((some) => inRanges(some[0].slice.place, rangesOf(some)));
}

function keyOf(place: Place): string {
  switch (place.kind) {
    case 'events':
      return JSON.stringify([place.kind, place.eventType]);
    case 'memberships':
      return JSON.stringify([place.kind, place.segment]);
    case 'field':
    case 'anniversary':
      return JSON.stringify([place.kind, place.object, place.column]);
    default:
      return assertNever(place);
  }
}

/** The ranges as rows of `mark`, `known`, `low` and `high`; numbers of 64 bits keep all of them. */
function rangesOf(marked: readonly Marked[]): SQL {
  const rows = marked.map(
    ({ slice: { low, high }, mark, known }) =>
      `[${String(mark)},${String(known)},${JSON.stringify(low)},${JSON.stringify(high)}]`,
  );
  return sql`(
    select value ->> 0 as mark, value ->> 1 as known, value ->> 2 as low, value ->> 3 as high
    from json_each(${`[${rows.join(',')}]`})
  )`;
}

function inRanges(place: Place, ranges: SQL): SQL {
  switch (place.kind) {
    case 'events':
      return sql`
        select contact_id, ranges.mark, ranges.known
        from ${ranges} as ranges
        cross join events
        where ${isOfType(place.eventType)} and occurred_at between ranges.low and ranges.high`;
    case 'memberships':
      // the planner passes the partial index over unless it is named and the segment is a literal
      return sql`
        select joined.contact_id, ranges.mark, ranges.known
        from ${ranges} as ranges
        cross join causes
          on causes.segment_id = ${place.segment} and causes.at between ranges.low and ranges.high
        cross join joined indexed by ${name(`joined_${place.segment}`)}
          on joined.segment_id = ${sql.raw(String(place.segment))} and joined.cause_id = causes.id`;
    case 'field':
      return ofRecords(place, ranges, (column) => column);
    case 'anniversary':
      return ofRecords(place, ranges, (column) => sql`substr(${column}, 6, 5)`);
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

/** All names are qualified: a field may be called `low` or `mark` too. */
function ofRecords({ object, column }: FieldPlace, ranges: SQL, dateOf: (column: SQL) => SQL): SQL {
  const table = sql.raw(object === 'contact' ? 'contacts' : 'companies');
  const date = dateOf(sql`${table}.${name(column)}`);
  // rule: closed-low, closed-high
  const isIn = sql`${date} between ranges.low and ranges.high`;
  const from = sql`${ranges} as ranges cross join ${table}`;
  if (object === 'contact')
    return sql`
      select contacts.id as contact_id, ranges.mark, ranges.known from ${from} where ${isIn}`;
  // rule: company-dates
  return sql`
    select contacts.id as contact_id, ranges.mark, ranges.known
    from ${from}
    cross join contacts on contacts.company_id = companies.id
    where ${isIn}`;
}
