import { wishColumn } from '../../contact/consent.ts';
import { plainValue } from '../../contact/plain-values.ts';
import type { FieldRow, ValueSuppression } from '../../store/index.ts';
import type { Column } from '../output/result.ts';
import { cellKind } from './record-columns.ts';

/** Why nobody must be reached by a value of this unique field, in the order of the list. */
export function suppressionColumns({
  alias,
  type,
}: Pick<FieldRow, 'alias' | 'type'>): readonly Column<ValueSuppression>[] {
  return [
    { key: wishColumn(alias), kind: cellKind(type), of: ({ value }) => plainValue(type, value) },
    { key: 'channel', of: (row) => row.channel },
    { key: 'reason', of: (row) => row.reason },
    { key: 'created_at', kind: 'instant', of: (row) => row.createdAt },
    { key: 'contact_id', kind: 'number', of: (row) => row.contactId },
  ];
}
