import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { RecordQuery } from '../../records.ts';
import type { EventRow } from '../../rows.ts';
import type {
  EventQuery,
  EventsOfContactQuery,
  EventsWriter,
  NewEvent,
  StoredEvent,
} from '../../events.ts';
import { fold, isAscii } from '../../../support/fold.ts';
import type { SqlDatabase } from '../database.ts';
import { jsonOf, name, valuesOf, upTo } from '../sql-parts.ts';
import { ALWAYS, bytewise, caseless, notLookedUp, sameText, spelled } from '../words.ts';
import { withinReach } from '../reach.ts';
import { idsInOrder, isOneOf } from './in-order.ts';
import { recordsQuery } from './records.ts';

const CASELESS_KEYS: readonly string[] = ['type', 'subject'];

/** What was sent to a contact is no activity of the contact. */
const SENT_TYPES: readonly string[] = ['email.sent', 'sms.sent'];

/** As the index has them. */
const BY_TYPE = sql`${caseless(sql`events.type`)}, events.occurred_at, events.contact_id`;

/** One look into the index for each type; `distinct` would read every event. */
const TYPES = sql`
  with recursive types (type) as (
    select (select events.type from events order by ${BY_TYPE} limit 1)
    union all
    select (
      select events.type
      from events
      where ${caseless(sql`events.type`)} > ${caseless(sql`types.type`)}
      order by ${BY_TYPE}
      limit 1
    )
    from types
    where types.type is not null
  )`;

export function eventsTable(db: SqlDatabase): EventsWriter {
  return {
    list: async (query) => listEvents(db, query),
    order: async (query, { by, descends }) => {
      const rank = CASELESS_KEYS.includes(by) ? caseless(name(by)) : name(by);
      return idsInOrder(db, chosen(query, sql`id, ${rank} as rank`), { descends }, query.limit);
    },
    count: async (query) => db.value<number>(chosen(query, sql`count(*)`)),
    ofContact: async (query) => eventsOfContact(db, query),
    hasType: async (type) => hasType(db, type),

    async types(limit) {
      return db.pluck<string>(
        sql`${TYPES} select type from types where type is not null limit ${limit}`,
      );
    },

    properties: async (query, contacts) => listProperties(db, query, contacts),

    async insert(events, now) {
      const ids = await inTurn(events, async (event) => insertEvent(db, event));
      await touchLastActive(db, sql`(select value as id from ${valuesOf(ids)})`, now);
      return ids;
    },
  };
}

/** Something of the events of a query, whatever their order and number. */
function chosen(query: EventQuery, what: SQL): SQL {
  return sql`select ${what} from events where ${conditions(query)} and ${ofType(query, false)}`;
}

type ListedEvents = EventQuery & { readonly ids?: readonly number[] };

async function listEvents(
  db: SqlDatabase,
  { latestFirst, limit, ids, ...which }: ListedEvents,
): Promise<EventRow[]> {
  const order = latestFirst === true ? sql`occurred_at desc, id desc` : sql`id`;
  const rows = await db.all<Omit<EventRow, 'properties'> & { properties: string | null }>(sql`
    select
      id, contact_id as "contactId", type, subject, value, occurred_at as "occurredAt", properties,
      external_id as "externalId"
    from events
    where ${conditions(which)} and ${ofType(which, which.after !== undefined)} and ${isOneOf(ids)}
    order by ${order}
    ${upTo(limit)}`);
  return rows.map((row) => ({
    ...row,
    contactId: withinReach(db, 'events.contact_id', row.contactId),
    properties: parseProperties(row.properties),
  }));
}

/** What another tool may have left malformed has no properties. */
const OBJECT = spelled(
  sql`iif(
    json_valid(properties), iif(json_type(properties) = 'object', properties, null), null
  )`,
  sql`case when jsonb_typeof(properties) = 'object' then properties end`,
);

const KEYS_OF_OBJECT = spelled(
  sql`json_each(found.object) as property`,
  sql`jsonb_object_keys(found.object) as property (key)`,
);

async function listProperties(
  db: SqlDatabase,
  query: EventQuery,
  contacts: Pick<RecordQuery, 'where' | 'segmentId'>,
): Promise<string[]> {
  const isSelected = contacts.where !== undefined || contacts.segmentId !== undefined;
  const ofContacts = isSelected
    ? sql`contact_id in (${recordsQuery('contacts', contacts, ['id'])})`
    : ALWAYS;
  return db.pluck<string>(sql`
    select distinct ${bytewise(sql`property.key`)} as key
    from (
      select ${OBJECT} as object
      from events
      where properties is not null and ${conditions(query)} and ${ofType(query, false)}
        and ${ofContacts}
    ) as found
    cross join ${KEYS_OF_OBJECT}
    order by key`);
}

/**
 * Who walks by id reads on where the page before ended: the index of types would sort all events of
 * the type for each page. The `+` hides the column from it. A first page is sorted once instead: of
 * most types it is the only one.
 */
function ofType({ contactId, type }: EventQuery, walksById: boolean): SQL {
  if (type === undefined) return ALWAYS;
  const column = sql`type`;
  return sameText(
    contactId === undefined && walksById ? notLookedUp(column) : column,
    sql`${type}`,
  );
}

function conditions({ contactId, since, after }: EventQuery): SQL {
  const parts: SQL[] = [ALWAYS];
  if (contactId !== undefined) parts.push(sql`contact_id = ${contactId}`);
  if (since !== undefined) parts.push(sql`occurred_at >= ${since}`);
  if (after !== undefined) parts.push(sql`id > ${after}`);
  return sql.join(parts, sql` and `);
}

async function eventsOfContact(
  db: SqlDatabase,
  { contactId, type, from, until }: EventsOfContactQuery,
): Promise<StoredEvent[]> {
  const parts = [isType(type)];
  if (from !== null) parts.push(sql`occurred_at >= ${from}`);
  if (until !== null) parts.push(sql`occurred_at < ${until}`);
  return db.all<StoredEvent>(sql`
    select type, subject, value, occurred_at as "occurredAt", properties
    from events
    where contact_id = ${contactId} and ${sql.join(parts, sql` and `)}
    order by occurred_at, id`);
}

/** Whether a row of events, or of types, is of this type. */
function isType(type: string): SQL {
  const column = sql`type`;
  return isAscii(type) ? sameText(column, sql`${type}`) : sql`fold(${column}) = ${fold(type)}`;
}

async function hasType(db: SqlDatabase, type: string): Promise<boolean> {
  const found = isAscii(type)
    ? sql`select exists (select 1 from events where ${isType(type)})`
    : sql`${TYPES} select exists (select 1 from types where ${isType(type)})`;
  return (await db.value<number>(found)) === 1;
}

async function insertEvent(db: SqlDatabase, event: NewEvent): Promise<number> {
  return db.value<number>(sql`
    insert into events (contact_id, type, subject, value, occurred_at, properties, external_id)
    values (
      ${event.contactId}, ${event.type}, ${event.subject}, ${event.value}, ${event.occurredAt},
      ${stored(event.properties)}, ${event.externalId}
    )
    returning id`);
}

/**
 * Moves `last_active_at` forward to the contacts' latest past event among `eventIds`, never back.
 */
export async function touchLastActive(db: SqlDatabase, eventIds: SQL, now: number): Promise<void> {
  await db.run(sql`
    update contacts
    set last_active_at = latest.occurred_at
    from (
      select contact_id, max(occurred_at) as occurred_at
      from events
      where id in ${eventIds} and occurred_at <= ${now}
        and ${caseless(sql`type`)} not in (select value from ${valuesOf(SENT_TYPES)})
      group by contact_id
    ) as latest
    where contacts.id = latest.contact_id
      and latest.occurred_at > coalesce(contacts.last_active_at, latest.occurred_at - 1)`);
}

/** As imports write them, so that equal events are equal. */
function stored(properties: EventRow['properties']): SQL {
  const text = sql`${properties === null ? null : jsonOf(inOrder(properties))}`;
  return spelled(text, sql`${text}::jsonb`);
}

/** With the keys sorted. */
function inOrder(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Properties are flat. Where another tool wrote an object or a list in one, it is shown as its JSON;
 * filters do not read it.
 */
function parseProperties(text: string | null): EventRow['properties'] {
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
    return Object.fromEntries(
      Object.entries(inOrder(parsed)).map(([key, value]) => [
        key,
        typeof value === 'object' && value !== null ? nestedText(value) : value,
      ]),
    ) as EventRow['properties'];
  } catch {
    return null; // written by another tool; filters read it as empty too
  }
}

/** `JSON.parse` takes any depth, `JSON.stringify` some thousand levels. */
function nestedText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return 'nested too deeply to be shown';
    throw error;
  }
}
