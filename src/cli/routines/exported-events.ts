import { chooseEventColumns, type NamedEvent } from '../../csv/event-columns.ts';
import { exportEvents, headersOfEvents, namedEvents } from '../../csv/export-events.ts';
import { plainValue } from '../../contact/plain-values.ts';
import type { EventQuery, FieldRow } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import { counted } from '../../support/text.ts';
import { cellKind } from '../views/record-columns.ts';
import type { Exporter, Warn } from './export.ts';

/** Which events `events:export` is about, and how their contacts are named. */
interface ExportedEvents {
  readonly query: EventQuery;
  readonly key: FieldRow;
  /** Whether the user says which columns there are. */
  readonly isChosen: boolean;
}

/** What `events:export` writes. */
export function eventExporter({ query, key, isChosen }: ExportedEvents): Exporter<NamedEvent> {
  const exportOf = (fields: readonly string[], warn: Warn) => ({
    ...{ query, key, fields, isWhole: !isChosen },
    onUnnamed: (count: number) => {
      if (count > 0 && namesContacts(fields, key)) warn(unnamedWarning(count, key));
    },
  });
  return {
    things: 'events',
    columns: async (tx, fields, selected) =>
      fields === undefined
        ? headersOfEvents(tx, key, query, selected)
        : chooseEventColumns(key, fields).map(({ header }) => header),
    isNarrowed: Object.values(query).some((part) => part !== undefined),
    definition: definitionOf(query, key),
    text: (store, { where, segmentId, fields = [], ...text }, warn) =>
      exportEvents(store, { ...exportOf(fields, warn), where, segmentId, text }),
    list: async ({ store }, { where, segmentId }, fields, warn) => ({
      rows: flat(
        namedEvents(async (read) => store.read(read), {
          ...exportOf(fields, warn),
          ...{ where, segmentId },
        }),
      ),
      columns: chooseEventColumns(key, fields).map(({ header, type, of }) => ({
        ...{ key: header, kind: cellKind(type) },
        of: (event) => plainValue(type, of(event)),
      })),
    }),
    id: ({ id }) => id,
    empty: 'no events',
  };
}

async function* flat<T>(pages: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const page of pages) yield* page;
}

/** What, beside the contacts, says which events they are. */
function definitionOf(
  { contactId, type, since }: EventQuery,
  key: FieldRow,
): Record<string, string | number> {
  return {
    key: key.alias,
    ...(contactId === undefined ? {} : { contact_id: contactId }),
    ...(type === undefined ? {} : { type }),
    ...(since === undefined ? {} : { since: formatInstant(since) }),
  };
}

function namesContacts(headers: readonly string[], { alias }: FieldRow): boolean {
  return headers.some((header) => ['contact', alias].includes(header.toLowerCase()));
}

function unnamedWarning(count: number, { alias }: FieldRow): string {
  return (
    `${counted(count, 'event is', 'events are')} of contacts without \`${alias}\`, and nobody is named there: ` +
    '--key id names everybody, for this store'
  );
}
