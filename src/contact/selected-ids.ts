import type { Condition } from '../sql/condition.ts';
import type { ReadTx } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';

const PAGE = 10_000;

/** Contacts for whom a condition holds and who are members of a segment; both may be missing. */
export interface SelectedContacts {
  readonly where?: Condition | undefined;
  readonly segmentId?: number | undefined;
}

/**
 * The ids of these contacts, or of the companies that they have; undefined where nothing is
 * selected, so that all are meant.
 */
export async function selectedIds(
  tx: ReadTx,
  { where, segmentId }: SelectedContacts,
  of: 'contacts' | 'companies',
): Promise<ReadonlySet<number> | undefined> {
  if (where === undefined && segmentId === undefined) return undefined;
  const columns = of === 'contacts' ? [] : ['company_id'];
  const pages = pagesByKey({
    read: async (after, limit) => tx.contacts.tuples({ where, segmentId, after, limit }, columns),
    keyOf: ([id]) => id,
    size: PAGE,
  });
  const ids = new Set<number>();
  for await (const page of pages)
    for (const [contactId, companyId] of page) {
      const id = of === 'contacts' ? contactId : companyId;
      if (typeof id === 'number') ids.add(id);
    }
  return ids;
}

/** Those rows whose id is one of these; all where there are none to choose by. */
export async function* among<Row>(
  rows: AsyncIterable<Row>,
  ids: ReadonlySet<number> | undefined,
  idOf: (row: Row) => number | null,
): AsyncGenerator<Row> {
  for await (const row of rows) {
    const id = idOf(row);
    if (ids === undefined || (id !== null && ids.has(id))) yield row;
  }
}
