import type { Chosen, Offer } from '../../segment/preferences.ts';
import { type MessageResult, rows } from '../output/result.ts';
import { namedAs } from './named-as.ts';

interface Asked {
  readonly id: number;
  /** As the contact was named. */
  readonly reference: string;
}

/** What a contact may choose and has chosen, and what its choice changed, if it made one. */
export function preferencesResult(
  { id, reference }: Asked,
  offers: readonly Offer[],
  chosen?: Chosen,
): MessageResult {
  return {
    kind: 'message',
    isAnswer: chosen === undefined,
    text: chosen === undefined ? [] : newsOf(reference, chosen),
    data: {
      contact_id: id,
      segments: offers.map(({ alias, name, isChosen }) => ({
        segment: alias,
        name,
        chosen: isChosen,
      })),
      ...chosen,
    },
    ...(chosen === undefined ? { details: tableOf(offers) } : {}),
  };
}

function newsOf(reference: string, { joined, left }: Chosen): string {
  const parts = [
    ...(joined.length === 0 ? [] : [`joined ${joined.join(', ')}`]),
    ...(left.length === 0 ? [] : [`left ${left.join(', ')}`]),
  ];
  return `${namedAs(reference)} ${parts.length === 0 ? 'chose what it had' : parts.join(' and ')}`;
}

function tableOf(offers: readonly Offer[]): ReturnType<typeof rows> {
  return rows({
    rows: offers,
    columns: [
      { key: 'segment', fit: 'key', of: ({ alias }) => alias },
      { key: 'name', fit: 'wrap', of: ({ name }) => name },
      { key: 'chosen', kind: 'boolean', of: ({ isChosen }) => isChosen },
    ],
    id: ({ segmentId }) => segmentId,
    empty:
      'nothing is offered; to offer a segment: rollcall segments:edit SEGMENT --published ' +
      '--preference-center',
  });
}
