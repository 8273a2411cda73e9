import type { ImportedSegment, ImportRow, Page, ReadTx, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { parseId } from '../support/record-id.ts';

const PAGE = 1_000;

/** What an import did in a segment; `alias` is the present one. */
export interface SegmentOfImport extends ImportedSegment {
  readonly alias: string;
}

export interface ImportView {
  readonly row: ImportRow;
  /** By segment id. */
  readonly segments: readonly SegmentOfImport[];
}

/** The records of imports, newest first, read page by page. */
export async function* eachImport(store: Store, page: Page): AsyncGenerator<ImportRow> {
  const read = async (after: number | undefined, limit: number): Promise<readonly ImportRow[]> =>
    store.read(async (tx) => tx.imports.list({ after, limit }));
  for await (const rows of pagesByKey({
    read,
    keyOf: ({ id }) => id,
    size: PAGE,
    ...page,
    falls: true,
  }))
    yield* rows;
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

/** The import of an id, or the `last`. `UserError` (2) when there is none. */
export async function getImport(tx: ReadTx, reference: string): Promise<ImportRow> {
  const [newest] = await tx.imports.list({ limit: 1 });
  const id = parseId(reference);
  const found =
    reference === 'last' ? newest : id === undefined ? undefined : await tx.imports.find(id);
  if (found !== undefined) return found;
  if (newest === undefined)
    throw new UserError('UNKNOWN_IMPORT', EXIT.usage, 'there are no imports yet', {
      hint: 'make the first: rollcall contacts:import FILE',
    });
  throw new UserError('UNKNOWN_IMPORT', EXIT.usage, `unknown import ${reference}`, {
    hint:
      `the newest is ${newest.id}, or: rollcall imports:show last; ` +
      '`rollcall imports:list` shows all',
  });
}
