import type { TimeContext } from '../filter/index.ts';
import { EVENT_KEYS } from '../store/index.ts';
import type { EventQuery, EventRow, ReadTx, Store, WriteTx } from '../store/index.ts';
import { withoutBlanks } from '../support/blanks.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { toNfc } from '../support/text.ts';
import type { Assignment } from './assignments.ts';
import { getContact } from './contact-refs.ts';
import { readInOrder, readPages } from './pages.ts';
import { readInstant } from './read-instant.ts';
import { orderBy, type Sorting } from './sorting.ts';
import { timeContext } from './time-context.ts';
import { valueHint } from './value-hint.ts';
import { describeProblem, isProblem, readValue } from './values.ts';

/** An event as the user gives it, values as typed. */
export interface EventRequest {
  readonly type: string;
  readonly subject?: string | undefined;
  readonly value?: string | undefined;
  /** An instant as people write it, see `readInstant`; if left out, now. */
  readonly at?: string | undefined;
  readonly properties: readonly Assignment[];
}

export interface AddedEvent {
  readonly id: number;
  readonly contactId: number;
  readonly type: string;
  readonly occurredAt: number;
}

/**
 * Records that a contact did something. `UserError` (2): an unknown contact, or a bad type, value,
 * instant or property.
 */
export async function addEvent(
  tx: WriteTx,
  contact: string,
  request: EventRequest,
  now: number,
): Promise<AddedEvent> {
  const contactId = await getContact(tx, contact);
  const type = expectEventType(request.type);
  const time = await timeContext(tx, now);
  const occurredAt = request.at === undefined ? now : readInstant('--at', request.at, time);
  const event = {
    contactId,
    type,
    subject: readSubject(request.subject),
    value: request.value === undefined ? null : expectNumber('--value', request.value, time),
    occurredAt,
    properties: readProperties(request.properties),
    externalId: null,
  };
  const [id] = await tx.events.insert([event], now);
  if (id === undefined) throw new Error('an event without an id');
  return { id, contactId, type, occurredAt };
}

/**
 * Whether the text can be an event's type: words of letters, digits and `_`, with `.` or `-`
 * between them. Such a type needs no backticks in a filter.
 */
export function isEventType(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{M}\p{Nd}_]*(?:[-.][\p{L}\p{M}\p{Nd}_]+)*$/u.test(text);
}

function expectEventType(text: string): string {
  const type = withoutBlanks(toNfc(text));
  if (isEventType(type)) return type;
  throw usage(
    'BAD_EVENT_TYPE',
    `\`${type}\` cannot be an event type`,
    'write words with points between them: page.hit, form.submit, purchase',
  );
}

/** A subject of mere blanks is none. */
function readSubject(text = ''): string | null {
  const subject = withoutBlanks(toNfc(text));
  return subject === '' ? null : subject;
}

function expectNumber(option: string, text: string, time: TimeContext): number {
  const field = { type: 'number', options: [] } as const;
  const value = readValue(field, text, time);
  if (typeof value === 'number') return value;
  throw usage(
    'BAD_VALUE',
    isProblem(value) ? describeProblem(option, value) : `${option} is empty`,
    valueHint(field),
  );
}

/** A property of mere blanks is none. */
function readProperties(assignments: readonly Assignment[]): EventRow['properties'] {
  if (assignments.length === 0) return null;
  const properties = new Map<string, string>();
  for (const assignment of assignments) {
    const name = toNfc(assignment.name);
    if (name === '')
      throw usage('BAD_PROPERTY', 'a property has no name', 'write it before the `=`: sku=T-100');
    if (properties.has(name))
      throw usage('TWICE', `the property \`${name}\` is given twice`, 'give it once');
    properties.set(name, withoutBlanks(toNfc(assignment.value)));
  }
  const filled = [...properties].filter(([, value]) => value !== '');
  if (filled.length === 0) return null;
  return Object.fromEntries(filled.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function usage(code: string, message: string, hint: string): UserError {
  return new UserError(code, EXIT.usage, message, { hint });
}

/** Which events are meant. */
export interface EventSelection {
  /** Only events of this contact. */
  readonly contact?: string | undefined;
  readonly type?: string | undefined;
  /** Only events at or after this instant. */
  readonly since?: string | undefined;
}

export interface EventListRequest extends EventSelection, Sorting {
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * Events in order of id, read page by page while the caller iterates. Instants such as `yesterday`
 * are read as of `now` (epoch ms). `UserError` (2): an unknown contact, or a text that is no
 * instant.
 */
export async function listEvents(
  store: Store,
  request: EventListRequest,
  now: number,
): Promise<AsyncIterable<EventRow>> {
  const order = orderBy(EVENT_KEYS, request);
  const query = await store.read(async (tx) => toQuery(tx, request, now));
  return order === undefined
    ? readPages(store, query, async (tx, page) => tx.events.list({ ...query, ...page }))
    : readInOrder(store, ({ events }) => events, query, order);
}

/** How many of them there are. `UserError` as `listEvents`. */
export async function countEvents(
  store: Store,
  selection: EventSelection,
  now: number,
): Promise<number> {
  return store.read(async (tx) => tx.events.count(await toQuery(tx, selection, now)));
}

/**
 * The events that are meant. Instants such as `yesterday` are read as of `now` (epoch ms).
 * `UserError` (2): an unknown contact, or a text that is no instant.
 */
export async function toQuery(
  tx: ReadTx,
  { contact, since, type, after, limit }: EventListRequest,
  now: number,
): Promise<EventQuery> {
  return {
    ...{ type, after, limit },
    contactId: contact === undefined ? undefined : await getContact(tx, contact),
    since:
      since === undefined ? undefined : readInstant('--since', since, await timeContext(tx, now)),
  };
}
