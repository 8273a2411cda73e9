import type { Move } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { Column } from '../output/result.ts';
import { causeData } from './beginning.ts';

type Change = Move & { readonly cursor: string };

/** Somebody who joined or left, for programs. */
export function changeData(change: Change): Record<string, unknown> {
  const { cursor, segment, segmentId, contactId, email, cause } = change;
  return {
    ...{ cursor, segment, segment_id: segmentId, contact_id: contactId, email },
    change: change.change,
    ...{ at: formatInstant(cause.at), via: cause.via, cause: causeData(cause) },
  };
}

/** The same as columns. */
export const changeColumns: readonly Column<Change>[] = [
  { key: 'at', kind: 'instant', importance: 'needed', of: ({ cause }) => cause.at },
  { key: 'segment', fit: 'key', of: ({ segment }) => segment },
  { key: 'segment_id', kind: 'number', inTable: false, of: ({ segmentId }) => segmentId },
  { key: 'contact_id', kind: 'number', of: ({ contactId }) => contactId },
  { key: 'email', of: ({ email }) => email },
  { key: 'change', fit: 'whole', importance: 'needed', of: ({ change }) => change },
  { key: 'via', fit: 'whole', importance: 'needed', of: ({ cause }) => cause.via },
  { key: 'cause', kind: 'object', inTable: false, of: ({ cause }) => causeData(cause) },
  { key: 'cursor', inTable: false, of: ({ cursor }) => cursor },
];
