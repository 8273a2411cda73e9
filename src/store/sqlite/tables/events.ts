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
import type { SqliteDatabase } from '../connection/database.ts';
import { name, valuesOf } from '../connection/sql-parts.ts';
import { withinReach } from '../connection/reach.ts';
import { idsInOrder, isOneOf } from './in-order.ts';
import { recordsQuery } from './records.ts';

/** What was sent to a contact is no activity of the contact. */
const SENT_TYPES: readonly string[] = ['email.sent', 'sms.sent'];

/** One look into the index for each type; `distinct` would read every event. */
const TYPES = sql`
  with recursive types (type) as (
    select (select events.type from events order by events.type limit 1)
    union all
    select (
      select events.type from events where events.type > types.type order by events.type limit 1
    )
    from types
    where types.type is not null
  )`;

export function eventsTable(db: SqliteDatabase): EventsWriter {
  return {
    list: async (query) => listEvents(db, query),
    order: async (query, { by, descends }) =>
      idsInOrder(db, chosen(query, sql`id, ${name(by)} as rank`), { descends }, query.limit),
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
  db: SqliteDatabase,
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
    limit ${limit ?? -1}`);
  return rows.map((row) => ({
    ...row,
    contactId: withinReach(db, 'events.contact_id', row.contactId),
    properties: parseProperties(row.properties),
  }));
}

/** What another tool may have left malformed has no properties. */
const PROPERTIES = sql`
  iif(
    json_valid(properties), iif(json_type(properties) = 'object', properties, null), null
  )`;

async function listProperties(
  db: SqliteDatabase,
  query: EventQuery,
  contacts: Pick<RecordQuery, 'where' | 'segmentId'>,
): Promise<string[]> {
  const isSelected = contacts.where !== undefined || contacts.segmentId !== undefined;
  const ofContacts = isSelected
    ? sql`contact_id in (${recordsQuery('contacts', contacts, ['id'])})`
    : sql`1`;
  return db.pluck<string>(sql`
    select distinct property.key
    from (
      select ${PROPERTIES} as object
      from events
      where properties is not null and ${conditions(query)} and ${ofType(query, false)}
        and ${ofContacts}
    ) as found
    cross join json_each(found.object) as property
    order by property.key`);
}

/**
 * Who walks by id reads on where the page before ended: the index of types would sort all events of
 * the type for each page. The `+` hides the column from it. A first page is sorted once instead: of
 * most types it is the only one.
 */
function ofType({ contactId, type }: EventQuery, walksById: boolean): SQL {
  if (type === undefined) return sql`1`;
  return contactId === undefined && walksById ? sql`+type = ${type}` : sql`type = ${type}`;
}

function conditions({ contactId, since, after }: EventQuery): SQL {
  const parts: SQL[] = [sql`1`];
  if (contactId !== undefined) parts.push(sql`contact_id = ${contactId}`);
  if (since !== undefined) parts.push(sql`occurred_at >= ${since}`);
  if (after !== undefined) parts.push(sql`id > ${after}`);
  return sql.join(parts, sql` and `);
}

async function eventsOfContact(
  db: SqliteDatabase,
  { contactId, type, from, until }: EventsOfContactQuery,
): Promise<StoredEvent[]> {
  const parts = [isAscii(type) ? sql`type = ${type}` : sql`fold(type) is ${fold(type)}`];
  if (from !== null) parts.push(sql`occurred_at >= ${from}`);
  if (until !== null) parts.push(sql`occurred_at < ${until}`);
  return db.all<StoredEvent>(sql`
    select type, subject, value, occurred_at as "occurredAt", properties
    from events
    where contact_id = ${contactId} and ${sql.join(parts, sql` and `)}
    order by occurred_at, id`);
}

async function hasType(db: SqliteDatabase, type: string): Promise<boolean> {
  if (isAscii(type))
    return (
      (await db.value<number>(sql`select exists (select 1 from events where type = ${type})`)) === 1
    );
  const found = sql`select 1 from types where fold(type) is ${fold(type)}`;
  return (await db.value<number>(sql`${TYPES} select exists (${found})`)) === 1;
}

async function insertEvent(db: SqliteDatabase, event: NewEvent): Promise<number> {
  return db.value<number>(sql`
    insert into events (contact_id, type, subject, value, occurred_at, properties, external_id)
    values (
      ${event.contactId}, ${event.type}, ${event.subject}, ${event.value}, ${event.occurredAt},
      ${serializeProperties(event.properties)}, ${event.externalId}
    )
    returning id`);
}

/**
 * Moves `last_active_at` forward to the contacts' latest past event among `eventIds`, never back.
 */
export async function touchLastActive(
  db: SqliteDatabase,
  eventIds: SQL,
  now: number,
): Promise<void> {
  await db.run(sql`
    update contacts
    set last_active_at = latest.occurred_at
    from (
      select contact_id, max(occurred_at) as occurred_at
      from events
      where id in ${eventIds} and occurred_at <= ${now}
        and type not in (select value from ${valuesOf(SENT_TYPES)})
      group by contact_id
    ) as latest
    where contacts.id = latest.contact_id
      and latest.occurred_at > coalesce(contacts.last_active_at, latest.occurred_at - 1)`);
}

/** Keys sorted, as imports write them, so that equal events are equal. */
function serializeProperties(properties: EventRow['properties']): string | null {
  if (properties === null) return null;
  return JSON.stringify(
    Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
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
      Object.entries(parsed).map(([key, value]) => [
        key,
        typeof value === 'object' && value !== null ? nestedText(value as object) : value,
      ]),
    );
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
