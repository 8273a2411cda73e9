import type { FieldRow, RecordRow, Store } from '../store/index.ts';
import { findConsentField } from './consent.ts';
import { getField } from './fields.ts';
import { readPagesOf } from './pages.ts';
import { type ContactSelection, readConditions } from './where.ts';

/** The columns of a list, unless the user names others. */
const USUAL_COLUMNS = ['id', 'email', 'first_name', 'last_name', 'company', 'tags'];

export interface ContactListRequest extends ContactSelection {
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
  { columns = USUAL_COLUMNS, segmentId, after, limit, ...selection }: ContactListRequest,
  now: number,
): Promise<ContactList> {
  return store.read(async (tx) => {
    const known = await tx.fields.list();
    const fields = columns.map(
      (alias) => findConsentField(alias) ?? getField(known, 'contact', alias),
    );
    const condition = await readConditions(tx, selection, now);
    const found = await tx.contacts.list({ where: condition?.where, segmentId, after, limit }, []);
    const aliases = fields.map(({ alias }) => alias);
    const rows = readPagesOf(
      store,
      found.map(({ id }) => id),
      async (page, ids) => page.contacts.list({ ids }, aliases),
    );
    return { fields, rows, warnings: condition?.warnings ?? [] };
  });
}
