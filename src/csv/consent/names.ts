import { wordsOf } from '../loosely.ts';

/** Words in a name, as patterns, and how `--map` reads the column then. */
type Speaking = readonly [target: string, words: readonly string[]];

const ABOUT =
  '(?:e ?mail|sms|subscri\\w+|marketing|newsletter|mailing|list|member|consent|opt ?in)';

/** English, French and German, in the spelling of `wordsOf`. The first that fits counts. */
const SPEAKING: readonly Speaking[] = [
  ['status', [`^(?:${ABOUT} )*stat(?:us|ut)$`]],
  [
    'unsubscribed',
    [
      ...['unsub\\w*', 'opt(?:ed|s)? ?outs?', '(?:black|block) ?list\\w*', 'suppress\\w*'],
      ...['desinscri\\w*', 'desabonn\\w*', 'liste noire'],
      ...['abgemeldet', 'abmeld\\w*', 'abbestell\\w*', 'aus(?:getragen|tragung)'],
      'wider(?:spr|ruf)\\w*',
    ],
  ],
  [
    'do_not_contact',
    [
      ...['do ?not', 'don ?t', 'dnc', 'no (?:e ?mail|mail|call|sms|contact|marketing)s?'],
      ...['ne (?:pas|plus)', 'opposition'],
      ...['nicht (?:\\w+ )?(?:kontakt|anruf|mail|werb|anschreib)\\w*'],
      ...['keine? (?:werbung|e ?mails?|newsletter|kontakt\\w*|anrufe?|sms)'],
      ...['(?:werbe ?)?sperr\\w*', 'gesperrt', 'robinson\\w*'],
    ],
  ],
  ['bounced', ['bounc\\w*', 'undeliver\\w*', 'unreachable', 'cleaned', 'npai', 'unzustellbar\\w*']],
  ['do_not_contact:email', ['spam', 'complain\\w*', 'plainte', 'beschwerde']],
  [
    'subscribed',
    [
      ...['opt(?:ed|s)? ?ins?', 'subscribed', 'accepts?', 'consent\\w*', 'permission'],
      ...['newsletter$', 'abonne', 'inscrit', 'angemeldet', 'einwillig\\w*', 'zustimm\\w*'],
    ],
  ],
];

/** The channels that a name speaks of. */
const CHANNELS: readonly (readonly [channel: string, words: readonly string[]])[] = [
  ['sms', ['sms', 'text messages?']],
  ['phone', ['calls?', 'phone', 'appel\\w*', 'telephon\\w*', 'anruf\\w*']],
  ['whatsapp', ['whatsapp']],
  ['fax', ['fax']],
  ['post', ['direct mail', 'postal', 'courrier']],
  ['email', ['e ?mails?', 'courriels?']],
];

/**
 * How `--map` reads a column whose name speaks of consent; undefined for other names. `Do Not Call`
 * is `do_not_contact:phone`.
 */
export function consentBySpeaking(column: string): string | undefined {
  const words = wordsOf(column);
  const [target] = SPEAKING.find(([, patterns]) => hasAny(words, patterns)) ?? [];
  if (target === undefined || target.includes(':')) return target;
  const [channel] = CHANNELS.find(([, patterns]) => hasAny(words, patterns)) ?? [];
  // that of e-mail goes without saying, except where a word is about text messages too
  const isUsual = channel === 'email' && target !== 'do_not_contact';
  return channel === undefined || isUsual ? target : `${target}:${channel}`;
}

function hasAny(words: string, patterns: readonly string[]): boolean {
  return new RegExp(`\\b(?:${patterns.join('|')})\\b`).test(words);
}
