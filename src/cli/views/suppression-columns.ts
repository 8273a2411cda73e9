import type { ValueSuppression } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

/** Why nobody must be reached by a value of this unique field, in the order of the list. */
export function suppressionColumns(field: string): readonly Column<ValueSuppression>[] {
  return [
    { key: field === 'email' ? 'address' : field, of: (row) => row.value },
    { key: 'channel', of: (row) => row.channel },
    { key: 'reason', of: (row) => row.reason },
    { key: 'created_at', kind: 'instant', of: (row) => row.createdAt },
    { key: 'contact_id', kind: 'number', of: (row) => row.contactId },
  ];
}
