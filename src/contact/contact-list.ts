import type { FieldRow, RecordRow, Store } from '../store/index.ts';
import { findConsentField } from './consent.ts';
import { getField } from './fields.ts';
import { readPagesOf } from './pages.ts';
import { orderOfRecords, type Sorting, withSorted } from './sorting.ts';
import { type ContactSelection, readConditions } from './where.ts';

/** The columns of a list, unless the user names others. */
const USUAL_COLUMNS = ['id', 'email', 'first_name', 'last_name', 'company', 'tags'];

export interface ContactListRequest extends ContactSelection, Sorting {
  /** Aliases of fields, in the order in which they are shown. */
  readonly columns?: readonly string[] | undefined;
  /** Only the members of this segment. */
  readonly segmentId?: number | undefined;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * `rows` are read page by page while the caller iterates; which contacts they are is decided
 * before.
 */
export interface ContactList {
  readonly fields: readonly FieldRow[];
  readonly rows: AsyncIterable<RecordRow>;
  readonly warnings: readonly string[];
}

/**
 * The contacts that a filter and a search select, in order of id. `UserError` (2): an unknown
 * column, or a bad filter or search.
 */
export async function listContacts(
  store: Store,
  request: ContactListRequest,
  now: number,
): Promise<ContactList> {
  const { segmentId, after, limit } = request;
  return store.read(async (tx) => {
    const known = await tx.fields.list();
    const order = orderOfRecords(known, 'contact', request);
    const columns = request.columns ?? withSorted(USUAL_COLUMNS, order);
    const fields = columns.map(
      (alias) => findConsentField(alias) ?? getField(known, 'contact', alias),
    );
    const condition = await readConditions(tx, request, now);
    const query = { where: condition?.where, segmentId, after, limit };
    const ids =
      order === undefined
        ? (await tx.contacts.list(query, [])).map(({ id }) => id)
        : await tx.contacts.order(query, order);
    const aliases = fields.map(({ alias }) => alias);
    const rows = readPagesOf<RecordRow>(
      ids,
      ({ id }) => id,
      async (page) => store.read(async (later) => later.contacts.list({ ids: page }, aliases)),
    );
    return { fields, rows, warnings: condition?.warnings ?? [] };
  });
}

/** How many contacts a filter and a search select, and warnings. `UserError` as `listContacts`. */
export async function countContacts(
  store: Store,
  selection: ContactSelection,
  now: number,
): Promise<{ readonly count: number; readonly warnings: readonly string[] }> {
  return store.read(async (tx) => {
    const condition = await readConditions(tx, selection, now);
    const count = await tx.contacts.count({ where: condition?.where });
    return { count, warnings: condition?.warnings ?? [] };
  });
}
