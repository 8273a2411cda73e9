import type { DeletedSegmentRow } from '../../store/index.ts';
import { counted } from '../../support/text.ts';
import { rows, type RowsResult } from '../output/result.ts';

/** Segments that were deleted, the last one first. */
export function deletedList(deleted: readonly DeletedSegmentRow[]): RowsResult {
  return rows({
    rows: deleted,
    columns: [
      { key: 'id', kind: 'number', of: ({ id }) => id },
      { key: 'alias', of: ({ alias }) => alias },
      { key: 'name', of: ({ name }) => name },
      { key: 'type', fit: 'whole', of: ({ kind }) => kind },
      { key: 'members', kind: 'count', of: ({ members }) => members },
      { key: 'deleted_at', kind: 'instant', header: 'deleted', of: ({ deletedAt }) => deletedAt },
      { key: 'deleted_by', header: 'by', of: ({ deletedBy }) => deletedBy },
    ],
    id: ({ id }) => id,
    empty: 'no deleted segments: they are kept for 90 days',
    footer: (count) => counted(count, 'deleted segment'),
  });
}
