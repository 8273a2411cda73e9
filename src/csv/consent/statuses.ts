import type { SuppressionReason } from '../../store/index.ts';
import { loosely } from '../loosely.ts';

/** What a word of a status says: the reason not to reach somebody, or that nothing is against it. */
export type Status = SuppressionReason | 'reachable';

/** The words of each status, in any spelling: `Opted-Out`, `OPTED_OUT`. */
const STATUS_WORDS: Readonly<Record<Status, readonly string[]>> = {
  reachable: ['active', 'subscribed', 'confirmed', 'enabled', 'opted-in'],
  unsubscribed: ['unsubscribed', 'opted-out'],
  bounced: ['bounced', 'cleaned', 'hard-bounce', 'invalid', 'unreachable'],
  manual: [
    'blocklisted',
    'blocked',
    'cancelled',
    'do-not-contact',
    'pending',
    'unconfirmed',
    'non-subscribed',
    'never-subscribed',
  ],
};

const STATUS_OF: ReadonlyMap<string, Status> = new Map(
  Object.entries(STATUS_WORDS).flatMap(([status, words]) =>
    words.map((word) => [loosely(word), status as Status] as const),
  ),
);

/** The status that a cell names, by a word of its own system or of all; undefined for others. */
export function findStatus(
  cell: string,
  own: Readonly<Record<string, Status>> = {},
): Status | undefined {
  const word = loosely(cell);
  const [, status] = Object.entries(own).find(([known]) => loosely(known) === word) ?? [];
  return status ?? STATUS_OF.get(word);
}

/** Some of the words, for messages. */
export const STATUS_EXAMPLES = 'active, unsubscribed, bounced, …';
