import type { EventRow, FieldRow, FieldType, ReadTx, Value } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

/** Behind it, a column of a file of events names a property. */
export const PROPERTY = 'property.';

/** The columns that a file of events has of its own. */
export const OWN_TARGETS = ['contact', 'type', 'subject', 'value', 'occurred_at', 'id'] as const;
export type OwnTarget = (typeof OWN_TARGETS)[number];

export function isOwnTarget(alias: string): alias is OwnTarget {
  return (OWN_TARGETS as readonly string[]).includes(alias);
}

/** An event, and the value of the field by which its contact is named. */
export interface NamedEvent extends EventRow {
  readonly contact: Value;
}

/** A column of a file that events are written to. */
export interface EventColumn {
  readonly header: string;
  readonly type: FieldType;
  readonly of: (event: NamedEvent) => Value;
}

const OWN_COLUMNS: readonly EventColumn[] = [
  { header: 'type', type: 'text', of: (event) => event.type },
  { header: 'occurred_at', type: 'datetime', of: (event) => event.occurredAt },
  { header: 'subject', type: 'text', of: (event) => event.subject },
  { header: 'value', type: 'number', of: (event) => event.value },
  { header: 'id', type: 'text', of: (event) => event.externalId },
];

/**
 * The column that names contacts, called like the field. `id` is what the event's own id is called,
 * and what else events have they keep as well.
 */
function contactColumn({ alias, type }: FieldRow): EventColumn {
  return { header: isOwnTarget(alias) ? 'contact' : alias, type, of: (event) => event.contact };
}

function propertyColumn(name: string): EventColumn {
  return {
    header: PROPERTY + name,
    type: 'text',
    of: ({ properties }) => {
      // `constructor` is there in every object
      const has = properties !== null && Object.hasOwn(properties, name);
      const value = has ? (properties[name] ?? null) : null;
      return value === null ? null : String(value);
    },
  };
}

/** All columns of events that have these properties. */
export function allEventColumns(key: FieldRow, properties: readonly string[]): EventColumn[] {
  return [contactColumn(key), ...OWN_COLUMNS, ...properties.map(propertyColumn)];
}

/** The columns with these headers. `UserError` (2): an unknown one. */
export function chooseEventColumns(key: FieldRow, headers: readonly string[]): EventColumn[] {
  const contact = contactColumn(key);
  const known = [contact, { ...contact, header: 'contact' }, ...OWN_COLUMNS];
  return headers.map((header) => {
    const found = known.find((column) => column.header === header.toLowerCase());
    if (found !== undefined) return found;
    if (header.startsWith(PROPERTY) && header.length > PROPERTY.length)
      return propertyColumn(header.slice(PROPERTY.length));
    throw unknownColumn(
      header,
      known.map((column) => column.header),
    );
  });
}

function unknownColumn(header: string, known: readonly string[]): UserError {
  const [near] = nearest(header, known);
  const columns = [...new Set(known)].map((one) => `\`${one}\``).join(', ');
  return new UserError('UNKNOWN_FIELD', EXIT.usage, `events have no column \`${header}\``, {
    hint:
      near === undefined
        ? `the columns are ${columns} and \`${PROPERTY}NAME\``
        : `did you mean \`${near}\`?`,
  });
}

/** Events with what names their contacts. */
export async function withContacts(
  tx: ReadTx,
  events: readonly EventRow[],
  key: FieldRow,
): Promise<NamedEvent[]> {
  const ids = [...new Set(events.map(({ contactId }) => contactId))];
  const named = new Map(
    (await tx.contacts.tuples({ ids }, [key.alias])).map(([id, value]) => [id, value]),
  );
  return events.map((event) => ({ ...event, contact: named.get(event.contactId) ?? null }));
}
