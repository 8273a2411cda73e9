import type { SegmentOfImport } from '../../csv/imports.ts';
import type { ImportRow } from '../../store/index.ts';
import type { Format } from '../output/formats.ts';
import type { Column } from '../output/result.ts';
import { importOptionsText } from './import-options.ts';

/** An import as it is listed, in the order of the record. */
export const importColumns: readonly Column<ImportRow>[] = [
  { key: 'id', kind: 'number', of: (row) => row.id },
  { key: 'kind', fit: 'whole', importance: 'needed', of: (row) => row.kind },
  { key: 'file', fit: 'wrap', of: (row) => row.file },
  { key: 'finished_at', kind: 'instant', importance: 'needed', of: (row) => row.finishedAt },
  { key: 'by', importance: 'spare', of: (row) => row.by },
  { key: 'rows', kind: 'count', importance: 'needed', of: (row) => row.rows },
  { key: 'inserted', kind: 'count', importance: 'needed', of: (row) => row.inserted },
  { key: 'updated', kind: 'count', importance: 'spare', of: (row) => row.updated },
  { key: 'unchanged', kind: 'count', inTable: false, of: (row) => row.unchanged },
  { key: 'merged', kind: 'count', inTable: false, of: (row) => row.merged },
  { key: 'rejected', kind: 'count', importance: 'needed', of: (row) => row.rejected },
  { key: 'segment_added', kind: 'count', inTable: false, of: (row) => row.segmentAdded },
  { key: 'held_out', kind: 'count', inTable: false, of: (row) => row.heldOut },
  { key: 'left', kind: 'count', inTable: false, of: (row) => row.left },
  { key: 'undone_at', kind: 'instant', importance: 'spare', of: (row) => row.undoneAt },
  { key: 'hash', inTable: false, of: (row) => row.hash },
  { key: 'options', kind: 'object', inTable: false, of: (row) => optionsOf(row) },
];

/** The same with nothing left out of the table, where options are told in words. */
export function importDetails(format: Format): Column<ImportRow>[] {
  return importColumns.map((column) => ({
    ...column,
    inTable: true,
    ...(column.key === 'options' && format === 'table' ? OPTIONS_IN_WORDS : {}),
  }));
}

const OPTIONS_IN_WORDS: Pick<Column<ImportRow>, 'kind' | 'of'> = {
  kind: 'text',
  of: (row) => {
    const options = optionsOf(row);
    return typeof options === 'string' ? options : importOptionsText(row.kind, options);
  },
};

/** Options that others wrote, or spoiled, are shown as they stand. */
function optionsOf({ options }: ImportRow): string | Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(options);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : options;
  } catch {
    return options;
  }
}

/** What an import did in one segment. */
export const importSegmentColumns: readonly Column<SegmentOfImport>[] = [
  { key: 'segment_id', kind: 'number', of: (row) => row.segmentId },
  { key: 'alias', of: (row) => row.alias },
  { key: 'joined', kind: 'count', of: (row) => row.joined },
  { key: 'left', kind: 'count', of: (row) => row.left },
  { key: 'open', kind: 'count', header: 'still there', of: (row) => row.open },
  { key: 'pinned', kind: 'count', of: (row) => row.pinned },
];
