import type { Page, ReadTx, Store } from '../store/index.ts';

const PAGE = 5_000;

/**
 * Rows by id, read page by page while they are used: each page is a snapshot of its own. `read` asks the store for one
 * page of them.
 */
export async function* readPages<Row extends { readonly id: number }>(store: Store, { after, limit = Number.POSITIVE_INFINITY }: Page, read: (tx: ReadTx, page: Page) => Promise<Row[]>): AsyncGenerator<Row> {
  let last = after;
  for (let wanted = limit; wanted > 0; wanted -= PAGE) {
    const most = Math.min(PAGE, wanted);
    const page = await store.read(async (tx) => read(tx, { after: last, limit: most }));
    yield* page;
    if (page.length < most) return;
    last = page.at(-1)?.id;
  }
}

/** The same for rows whose ids are known, in their order. */
export async function* readPagesOf<Row>(store: Store, ids: readonly number[], read: (tx: ReadTx, ids: readonly number[]) => Promise<Row[]>): AsyncGenerator<Row> {
  for (let start = 0; start < ids.length; start += PAGE) {
    yield* await store.read(async (tx) => read(tx, ids.slice(start, start + PAGE)));
  }
}
