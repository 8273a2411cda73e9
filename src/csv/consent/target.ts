import { toChannel } from '../../contact/channels.ts';
import { CONSENT_COLUMNS, type ConsentColumn } from '../../store/index.ts';
import { loosely } from '../loosely.ts';
import type { Status } from './statuses.ts';

/**
 * What a column says about consent: the three columns of an export, each of which says no to
 * channels for its own reason; `subscribed`, which says yes; `status`, whose words say either.
 */
export type ConsentWord = ConsentColumn | 'subscribed' | 'status';

/** How a column is read that says who must not be reached. */
export interface ConsentTarget {
  readonly word: ConsentWord;
  /** The channels that its words are about; undefined for the usual ones of its word. */
  readonly channels: readonly string[] | undefined;
  /** Whether any text is a reason, and so a yes: `UNKNOWN_USER`. */
  readonly anyReason: boolean;
  /** Words of one system beside those that all know. */
  readonly words?: Readonly<Record<string, Status>> | undefined;
}

const WORDS: readonly ConsentWord[] = [
  ...(Object.keys(CONSENT_COLUMNS) as ConsentColumn[]),
  'subscribed',
  'status',
];

/**
 * Reads `WORD`, `WORD:CHANNEL|…`, `WORD:reason` and `WORD:CHANNEL:reason`: `unsubscribed:sms`,
 * `bounced:reason`. Undefined for any other text; any text can be a reason only where a reason
 * means a no.
 */
export function parseConsentTarget(text: string): ConsentTarget | undefined {
  const [name = '', ...rest] = text.split(':').map((part) => part.trim());
  const word = WORDS.find((known) => loosely(known) === loosely(name));
  if (word === undefined) return undefined;
  const anyReason = rest.at(-1) === 'reason';
  if (anyReason && !isConsentColumn(word)) return undefined;
  const [given, ...more] = anyReason ? rest.slice(0, -1) : rest;
  if (more.length > 0) return undefined;
  if (given === undefined) return { word, channels: undefined, anyReason };
  const channels = given.split('|').map(toChannel);
  return channels.every((channel) => channel !== undefined)
    ? { word, channels, anyReason }
    : undefined;
}

/** The target as it is written in `--map`. */
export function consentTargetText({ word, channels, anyReason }: ConsentTarget): string {
  return [
    word,
    ...(channels === undefined ? [] : [channels.join('|')]),
    ...(anyReason ? ['reason'] : []),
  ].join(':');
}

/** Whether this is one of the columns of an export, which are read without being mapped. */
export function isConsentColumn(word: ConsentWord): word is ConsentColumn {
  return word in CONSENT_COLUMNS;
}
