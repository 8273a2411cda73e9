import { wishColumn } from '../../contact/consent.ts';
import { plainValue } from '../../contact/plain-values.ts';
import { orderBy, type Sorting } from '../../contact/sorting.ts';
import {
  type FieldRow,
  type Order,
  SUPPRESSION_KEYS,
  type ValueSuppression,
} from '../../store/index.ts';
import type { Column } from '../output/result.ts';
import { cellKind } from './record-columns.ts';

/** Why nobody must be reached by a value of this unique field, in the order of the list. */
export function suppressionColumns({
  alias,
  type,
}: Pick<FieldRow, 'alias' | 'type'>): readonly Column<ValueSuppression>[] {
  return [
    {
      ...{ key: wishColumn(alias), kind: cellKind(type), fit: 'key' },
      of: ({ value }) => plainValue(type, value),
    },
    { key: 'channel', importance: 'needed', of: (row) => row.channel },
    { key: 'reason', of: (row) => row.reason },
    { key: 'created_at', kind: 'instant', of: (row) => row.createdAt },
    { key: 'contact_id', kind: 'number', fit: 'whole', of: (row) => row.contactId },
  ];
}

/** Their order by one of these columns; the store calls the first of them `value`. */
export function orderOfSuppressions(
  columns: readonly Column<ValueSuppression>[],
  sorting: Sorting,
): Order | undefined {
  const keys = columns.map(({ key }) => key);
  const order = orderBy(keys, sorting);
  return order && { ...order, by: SUPPRESSION_KEYS[keys.indexOf(order.by)] ?? order.by };
}
