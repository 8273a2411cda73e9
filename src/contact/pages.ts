import type { Page, ReadTx, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';

const PAGE = 5_000;

/**
 * Rows in order of id, read page by page while the caller iterates; each page is a snapshot of its
 * own. `read` reads one page from the store.
 */
export async function* readPages<Row extends { readonly id: number }>(
  store: Store,
  { after, limit }: Page,
  read: (tx: ReadTx, page: Page) => Promise<Row[]>,
): AsyncGenerator<Row> {
  const readPage = async (last: number | undefined, most: number): Promise<Row[]> =>
    store.read(async (tx) => read(tx, { after: last, limit: most }));
  for await (const rows of pagesByKey({
    read: readPage,
    keyOf: ({ id }) => id,
    size: PAGE,
    after,
    limit,
  }))
    yield* rows;
}

/** The same for rows with these ids, in this order. */
export async function* readPagesOf<Row>(
  store: Store,
  ids: readonly number[],
  read: (tx: ReadTx, ids: readonly number[]) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let start = 0; start < ids.length; start += PAGE) {
    yield* await store.read(async (tx) => read(tx, ids.slice(start, start + PAGE)));
  }
}
