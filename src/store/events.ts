import type { OrderedReader, Page } from './query.ts';
import type { RecordQuery } from './records.ts';
import type { EventRow } from './rows.ts';

export interface EventQuery extends Page {
  readonly contactId?: number | undefined;
  readonly type?: string | undefined;
  /** Epoch ms, inclusive. */
  readonly since?: number | undefined;
  /** The latest first, by instant and id, instead of by id; `after` is then left out. */
  readonly latestFirst?: boolean | undefined;
}
/** Events of one contact and one type, whose case does not matter, beyond ASCII either. */
export interface EventsOfContactQuery {
  readonly contactId: number;
  readonly type: string;
  /** From this instant (epoch ms) on; null is unbounded. */
  readonly from: number | null;
  /** Before this instant (epoch ms); null is unbounded. */
  readonly until: number | null;
}
/** `properties` is the text as stored, which another tool may have left malformed. */
export type StoredEvent = Pick<EventRow, 'type' | 'subject' | 'value' | 'occurredAt'> & {
  readonly properties: string | null;
};
/** What events can be sorted by. */
export const EVENT_KEYS: readonly string[] = [
  ...['id', 'contact_id', 'type', 'occurred_at', 'subject', 'value', 'external_id'],
];

export interface EventsReader extends OrderedReader<EventQuery, EventRow> {
  /** By instant, then id. */
  ofContact(query: EventsOfContactQuery): Promise<StoredEvent[]>;
  /** Whether any event of the type is stored; its case does not matter, beyond ASCII either. */
  hasType(type: string): Promise<boolean>;
  /**
   * The types of stored events, each in one spelling, by name. Costs one look for each type, however
   * many events there are.
   */
  types(limit: number): Promise<string[]>;
  /**
   * The names of the properties that these events have, in the order of their code points; where
   * contacts are selected, events of theirs. Costs a look at each of the events.
   */
  properties(
    query: EventQuery,
    contacts: Pick<RecordQuery, 'where' | 'segmentId'>,
  ): Promise<string[]>;
}
export type NewEvent = Omit<EventRow, 'id'>;
export interface EventsWriter extends EventsReader {
  /**
   * Inserts the events and moves their contacts' `last_active_at` forward (never for mails sent or
   * future events).
   */
  insert(events: readonly NewEvent[], now: number): Promise<number[]>;
}
