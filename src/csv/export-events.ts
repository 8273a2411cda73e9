import { type SelectedContacts, selectedIds } from '../contact/selected-ids.ts';
import type { EventQuery, EventRow, FieldRow, ReadTx, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import {
  allEventColumns,
  chooseEventColumns,
  type EventColumn,
  type NamedEvent,
  PROPERTY,
  withContacts,
} from './event-columns.ts';
import { exported, type Rows, type TextOptions } from './export.ts';
import { valueColumn } from './value-columns.ts';

const PAGE_ROWS = 1000;

/** Which events to export, and by which unique field their contacts are named. */
export interface EventsExport extends SelectedContacts {
  readonly query: EventQuery;
  readonly key: FieldRow;
  /** Headers, in the order of the columns [all, as `headersOfEvents` finds them]. */
  readonly fields: readonly string[];
  /** Whether an event with a property that has no column ends the export. */
  readonly isWhole: boolean;
  /** Is told at the end of how many events the contact has no value by which it is named. */
  readonly onUnnamed: (count: number) => void;
}

/** The headers of all columns that these events have. */
export async function headersOfEvents(
  tx: ReadTx,
  key: FieldRow,
  query: EventQuery,
  contacts: SelectedContacts,
): Promise<string[]> {
  const properties = await tx.events.properties(query, contacts);
  return allEventColumns(key, properties).map(({ header }) => header);
}

/**
 * The events as CSV text, in order of id, from one snapshot; see `exportContacts`. `UserError`: see
 * `namedEvents`, `chooseEventColumns`.
 */
export function exportEvents(
  store: Store,
  { text, ...options }: EventsExport & { readonly text: TextOptions },
): AsyncGenerator<string> {
  return exported(store, text, async (tx, style) => {
    const columns = chooseEventColumns(options.key, options.fields);
    return {
      columns: columns.map(({ header, type }, position) =>
        valueColumn({ header, position, type }, style),
      ),
      pages: tuplesOf(
        namedEvents(async (read) => read(tx), options),
        columns,
      ),
    };
  });
}

async function* tuplesOf(
  pages: AsyncIterable<readonly NamedEvent[]>,
  columns: readonly EventColumn[],
): AsyncGenerator<Rows> {
  for await (const events of pages)
    yield events.map((event) => columns.map((column) => column.of(event)));
}

/** Reads of a transaction: of one for all, or of one for each. */
type Reading = <T>(read: (tx: ReadTx) => Promise<T>) => Promise<T>;

/**
 * The events, page by page, with what names their contacts. `UserError` (75): meanwhile somebody
 * stored an event whose property has no column.
 */
export async function* namedEvents(
  reading: Reading,
  { query, key, fields, isWhole, onUnnamed, ...contacts }: EventsExport,
): AsyncGenerator<readonly NamedEvent[]> {
  const ids = await reading(async (tx) => selectedIds(tx, contacts, 'contacts'));
  const pages = pagesByKey({
    read: async (after, limit) => reading(async (tx) => tx.events.list({ ...query, after, limit })),
    keyOf: ({ id }) => id,
    size: PAGE_ROWS,
  });
  const headers = new Set(fields);
  let unnamed = 0;
  for await (const page of pages) {
    const chosen = ids === undefined ? page : page.filter(({ contactId }) => ids.has(contactId));
    if (isWhole) requireColumns(chosen, headers);
    const named = await reading(async (tx) => withContacts(tx, chosen, key));
    unnamed += named.filter(({ contact }) => contact === null).length;
    yield named;
  }
  onUnnamed(unnamed);
}

/** Which columns there are was asked before, and a property that has none would be lost. */
function requireColumns(events: readonly EventRow[], headers: ReadonlySet<string>): void {
  for (const { id, properties } of events)
    for (const name of Object.keys(properties ?? {}))
      // rule: event-property-lost
      if (!headers.has(PROPERTY + name))
        throw new UserError(
          'CHANGED_MEANWHILE',
          EXIT.locked,
          `event ${id} has the property \`${name}\`, which no event had when the export began`,
          { hint: 'export again' },
        );
}
