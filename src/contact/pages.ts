import type { Order, OrderedReader, Page, ReadTx, Store } from '../store/index.ts';
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

/**
 * The same for rows with these ids, in this order, whatever that of `read` is; who is gone meanwhile
 * is left out.
 */
export async function* readPagesOf<Row>(
  ids: readonly number[],
  idOf: (row: Row) => number,
  read: (ids: readonly number[]) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let start = 0; start < ids.length; start += PAGE) {
    const page = ids.slice(start, start + PAGE);
    const byId = new Map((await read(page)).map((row) => [idOf(row), row]));
    for (const id of page) {
      const row = byId.get(id);
      if (row !== undefined) yield row;
    }
  }
}

/** The rows of a query in an order, which is decided before they are read page by page. */
export async function* readInOrder<Query extends Page, Row extends { readonly id: number }>(
  store: Store,
  readerOf: (tx: ReadTx) => OrderedReader<Query, Row>,
  query: Query,
  order: Order,
): AsyncGenerator<Row> {
  const ids = await store.read(async (tx) => readerOf(tx).order(query, order));
  yield* readPagesOf(
    ids,
    ({ id }) => id,
    async (some) => store.read(async (tx) => readerOf(tx).list({ ids: some })),
  );
}
