import type { Page, ReadTx, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';

const PAGE = 5_000;

/**
 * Rows by id, read page by page while they are used: each page is a snapshot of its own. `read`
 * asks the store for one page of them.
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

/** The same for rows whose ids are known, in their order. */
export async function* readPagesOf<Row>(
  store: Store,
  ids: readonly number[],
  read: (tx: ReadTx, ids: readonly number[]) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let start = 0; start < ids.length; start += PAGE) {
    yield* await store.read(async (tx) => read(tx, ids.slice(start, start + PAGE)));
  }
}
