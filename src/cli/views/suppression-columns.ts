import type { AddressSuppression } from '../../store/index.ts';
import type { Column } from '../output/result.ts';

/** Why an address must not be reached, in the order of the list. */
export const suppressionColumns: readonly Column<AddressSuppression>[] = [
  { key: 'address', of: (row) => row.address },
  { key: 'channel', of: (row) => row.channel },
  { key: 'reason', of: (row) => row.reason },
  { key: 'created_at', kind: 'instant', of: (row) => row.createdAt },
  { key: 'contact_id', kind: 'number', of: (row) => row.contactId },
];
