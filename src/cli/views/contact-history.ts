import type { ContactEvent } from '../../segment/contact-history.ts';
import { counted } from '../../support/text.ts';
import { type RowsResult, rows } from '../output/result.ts';
import { namedAs } from './named-as.ts';

const MERGED = '; via merged: of a contact that became part of this one';

/** `keptFrom`: what ended before is not kept. */
export function contactHistoryResult(
  events: readonly ContactEvent[],
  { contact, keptFrom }: { readonly contact: string; readonly keptFrom: string | null },
): RowsResult {
  const beyond = keptFrom === null ? '' : `; what ended before ${keptFrom} is not kept`;
  return rows<ContactEvent>({
    rows: events,
    columns: [
      { key: 'at', kind: 'instant', importance: 'needed', of: ({ at }) => at },
      { key: 'what', fit: 'key', of: ({ what }) => what },
      { key: 'segment_id', kind: 'number', inTable: false, of: ({ segmentId }) => segmentId },
      // where somebody joined, or in which channel somebody is not to be reached
      {
        ...{ key: 'segment', header: 'where', fit: 'words' },
        of: ({ segment, channel }) => segment ?? channel,
      },
      { key: 'deleted', kind: 'boolean', inTable: false, of: ({ isDeleted }) => isDeleted },
      { key: 'channel', inTable: false, of: ({ channel }) => channel },
      { key: 'via', importance: 'needed', of: ({ via }) => via },
      { key: 'cause_name', of: ({ name }) => name },
      { key: 'by', of: ({ by }) => by },
      { key: 'reason', fit: 'wrap', of: ({ reason }) => reason },
      { key: 'until', kind: 'instant', importance: 'spare', of: ({ until }) => until },
      {
        ...{ key: 'run_id', kind: 'number', fit: 'whole', importance: 'spare' },
        of: ({ cause }) => cause?.runId ?? null,
      },
      {
        key: 'import_id',
        kind: 'number',
        importance: 'spare',
        of: ({ cause }) => cause?.importId ?? null,
      },
      {
        key: 'version',
        kind: 'number',
        importance: 'spare',
        of: ({ cause }) => cause?.version ?? null,
      },
      { key: 'cause', kind: 'number', inTable: false, of: ({ cause }) => cause?.id ?? null },
    ],
    id: ({ segmentId, channel }) => segmentId ?? channel ?? '',
    empty: `nothing is known of what ${namedAs(contact)} joined${beyond}`,
    footer: (count) =>
      counted(count, 'entry', 'entries') +
      (events.some(({ via }) => via === 'merged') ? MERGED : '') +
      beyond,
  });
}
