import { eachRecorded, getRecorded, type RecordWords } from '../segment/recorded.ts';
import { readInOrder } from '../contact/pages.ts';
import { orderBy, type Sorting } from '../contact/sorting.ts';
import { IMPORT_KEYS } from '../store/index.ts';
import type { ImportedSegment, ImportRow, Page, ReadTx, Store } from '../store/index.ts';

/** What an import did in a segment; `alias` is the present one. */
export interface SegmentOfImport extends ImportedSegment {
  readonly alias: string;
}

export interface ImportView {
  readonly row: ImportRow;
  /** By segment id. */
  readonly segments: readonly SegmentOfImport[];
}

/**
 * The records of imports, newest first unless they are sorted, read page by page. `UserError` (2) as
 * `orderBy`.
 */
export function eachImport(store: Store, page: Page & Sorting): AsyncGenerator<ImportRow> {
  const order = orderBy(IMPORT_KEYS, page);
  if (order !== undefined) return readInOrder(store, ({ imports }) => imports, page, order);
  return eachRecorded(page, async (some) => store.read(async (tx) => tx.imports.list(some)));
}

/**
 * One import with the segments that it changed. `reference` is its id or `last`. `UserError` (2)
 * when there is no such import.
 */
export async function viewImport(tx: ReadTx, reference: string): Promise<ImportView> {
  const row = await getImport(tx, reference);
  const aliases = new Map((await tx.segments.list()).map(({ id, alias }) => [id, alias]));
  const segments = await tx.imports.segments(row.id);
  return {
    row,
    segments: segments.map((one) => ({ ...one, alias: aliases.get(one.segmentId) ?? '' })),
  };
}

const WORDS: RecordWords = {
  ...{ noun: 'import', code: 'UNKNOWN_IMPORT' },
  ...{ command: 'contacts:import FILE', listed: 'all' },
};

/** The import of an id, or the `last`. `UserError` (2) when there is none. */
export async function getImport(tx: ReadTx, reference: string): Promise<ImportRow> {
  return getRecorded(tx.imports, reference, WORDS);
}
