import type { TriggerView } from '../../segment/triggers/listing.ts';
import type { Column } from '../output/result.ts';

/** A trigger, in the order of the record. */
const columns: readonly Column<TriggerView>[] = [
  { key: 'id', kind: 'number', of: ({ id }) => id },
  { key: 'name', fit: 'key', of: ({ name }) => name },
  { key: 'when', fit: 'wrap', of: ({ when }) => when },
  { key: 'add', kind: 'list', fit: 'words', of: ({ add }) => add },
  { key: 'remove', kind: 'list', fit: 'words', of: ({ remove }) => remove },
  { key: 'via', inTable: false, of: ({ via }) => via },
  { key: 'reason', fit: 'wrap', inTable: false, of: ({ reason }) => reason },
  { key: 'published', kind: 'boolean', importance: 'spare', of: ({ published }) => published },
  { key: 'error', fit: 'wrap', of: ({ error }) => error },
  { key: 'by', inTable: false, of: ({ madeBy }) => madeBy },
  { key: 'created_at', kind: 'instant', inTable: false, of: ({ createdAt }) => createdAt },
  { key: 'updated_at', kind: 'instant', inTable: false, of: ({ updatedAt }) => updatedAt },
];

/** A list shows when and by whom triggers were made, and how they act, only where more is asked for. */
export function triggerColumns(verbosity: number): readonly Column<TriggerView>[] {
  return verbosity === 0 ? columns : columns.map((column) => ({ ...column, inTable: true }));
}
