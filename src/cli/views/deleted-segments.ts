import type { Sorting } from '../../contact/sorting.ts';
import type { SegmentQuery } from '../../segment/listing.ts';
import type { DeletedSegmentRow } from '../../store/index.ts';
import { type Column, rows, type RowsResult } from '../output/result.ts';
import { emptyList } from './empty-list.ts';
import { listFooter } from './list-footer.ts';
import { sortedRows } from './sorted-rows.ts';

const columns: readonly Column<DeletedSegmentRow>[] = [
  { key: 'id', kind: 'number', of: ({ id }) => id },
  { key: 'alias', of: ({ alias }) => alias },
  { key: 'name', of: ({ name }) => name },
  { key: 'type', fit: 'whole', of: ({ kind: type }) => type },
  { key: 'members', kind: 'count', of: ({ members }) => members },
  { key: 'deleted_at', kind: 'instant', of: ({ deletedAt }) => deletedAt },
  { key: 'deleted_by', of: ({ deletedBy }) => deletedBy },
];

/** Segments that were deleted, the last one first, as they were asked for. */
export function deletedList(
  deleted: readonly DeletedSegmentRow[],
  { kind, search, ...asked }: SegmentQuery & Sorting,
): RowsResult {
  return rows({
    rows: sortedRows(deleted, columns, asked),
    columns,
    id: ({ id }) => id,
    empty: emptyList(
      'deleted segments',
      { kind, search },
      'no deleted segments: they are kept for 90 days',
    ),
    footer: listFooter(asked, 'deleted segment'),
  });
}
