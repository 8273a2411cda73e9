import type { TriggerView } from '../../segment/triggers/listing.ts';
import type { Column } from '../output/result.ts';

/** A trigger, in the order of the record. */
export const triggerColumns: readonly Column<TriggerView>[] = [
  { key: 'id', kind: 'number', of: ({ id }) => id },
  { key: 'name', fit: 'key', of: ({ name }) => name },
  { key: 'when', fit: 'wrap', of: ({ when }) => when },
  { key: 'add', kind: 'list', fit: 'wrap', of: ({ add }) => add },
  { key: 'remove', kind: 'list', fit: 'wrap', of: ({ remove }) => remove },
  { key: 'via', inTable: false, of: ({ via }) => via },
  { key: 'reason', inTable: false, of: ({ reason }) => reason },
  { key: 'published', kind: 'boolean', isSpare: true, of: ({ published }) => published },
  { key: 'error', fit: 'wrap', of: ({ error }) => error },
  { key: 'by', inTable: false, of: ({ madeBy }) => madeBy },
  { key: 'created_at', kind: 'instant', inTable: false, of: ({ createdAt }) => createdAt },
  { key: 'updated_at', kind: 'instant', inTable: false, of: ({ updatedAt }) => updatedAt },
];
