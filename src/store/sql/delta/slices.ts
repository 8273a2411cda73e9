import { type SQL, sql } from 'drizzle-orm';
import { bytewise, sameText, THEN_JOIN } from '../words.ts';
import { assertNever } from '../../../support/errors.ts';
import { fold, isAscii } from '../../../support/fold.ts';
import type { FieldPlace, Slice } from '../../changes.ts';
import type { Aspects } from './aspects.ts';
import { inTurn } from '../../../support/in-turn.ts';
import type { SqlDatabase } from '../database.ts';
import { name, rowsOf } from '../sql-parts.ts';

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
export async function contactsIn(db: SqlDatabase, marked: readonly Marked[]): Promise<SQL[]> {
  const byPlace = new Map<string, [Marked, ...Marked[]]>();
  for (const one of marked) {
    const key = keyOf(one.slice.place);
    const others = byPlace.get(key);
    if (others === undefined) byPlace.set(key, [one]);
    else others.push(one);
  }
  return inTurn([...byPlace.values()], async (some) => inRanges(db, some[0].slice, rangesOf(some)));
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

/** The ranges as rows of `mark`, `known`, `low` and `high`; as texts, marks keep all of their bits. */
function rangesOf(marked: readonly Marked[]): SQL {
  const rows = marked.map(({ slice: { low, high }, mark, known }) => ({
    ...{ mark: String(mark), known: String(known), low, high },
  }));
  const bound = typeof rows[0]?.low === 'number' ? 'bigint' : 'text';
  return rowsOf(rows, { mark: 'bigint', known: 'bigint', low: bound, high: bound });
}

async function inRanges(db: SqlDatabase, { place, low }: Slice, ranges: SQL): Promise<SQL> {
  switch (place.kind) {
    case 'events':
      return sql`
        select contact_id, ranges.mark, ranges.known
        from ${ranges} as ranges
        ${THEN_JOIN} events
          on ${isOfType(place.eventType)} and occurred_at between ranges.low and ranges.high`;
    case 'memberships':
      return sql`
        select joined.contact_id, ranges.mark, ranges.known
        from ${ranges} as ranges
        ${THEN_JOIN} ${await db.ways.joinedBetween(place.segment, sql`ranges.low`, sql`ranges.high`)}`;
    case 'field':
      return ofRecords(place, ranges, {
        isText: typeof low === 'string',
        dateOf: (column) => column,
      });
    case 'anniversary':
      return ofRecords(place, ranges, {
        isText: true,
        dateOf: (column) => sql`substr(${column}, 6, 5)`,
      });
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
  return isAscii(eventType)
    ? sameText(sql`type`, sql`${eventType}`)
    : sql`fold(type) = ${fold(eventType)}`;
}

/** All names are qualified: a field may be called `low` or `mark` too. */
function ofRecords(
  { object, column }: FieldPlace,
  ranges: SQL,
  { isText, dateOf }: { readonly isText: boolean; readonly dateOf: (column: SQL) => SQL },
): SQL {
  const table = sql.raw(object === 'contact' ? 'contacts' : 'companies');
  const date = dateOf(sql`${table}.${name(column)}`);
  const [low, high] = isText ? [sql`(${bytewise(LOW)})`, sql`(${bytewise(HIGH)})`] : [LOW, HIGH];
  // rule: closed-low, closed-high
  const isIn = sql`${date} between ${low} and ${high}`;
  const from = sql`${ranges} as ranges ${THEN_JOIN} ${table} on ${isIn}`;
  if (object === 'contact')
    return sql`select contacts.id as contact_id, ranges.mark, ranges.known from ${from}`;
  // rule: company-dates
  return sql`
    select contacts.id as contact_id, ranges.mark, ranges.known
    from ${from}
    ${THEN_JOIN} contacts on contacts.company_id = companies.id`;
}

const LOW = sql`ranges.low`;
const HIGH = sql`ranges.high`;
