import { wordsOf } from '../loosely.ts';

/** Words in a name, as patterns, and how `--map` reads the column then. */
type Speaking = readonly [target: string, words: readonly string[]];

const ABOUT =
  '(?:e ?mail|sms|subscri\\w+|marketing|newsletter|mailing|list|member|consent|opt ?in)';

/** What somebody agrees to. */
const AGREED =
  '(?:opt(?:ed)? ?in|subscri\\w+|newsletters?|consent\\w*|permissions?|marketing|e ?mails?|' +
  'e?mailings?|sms|abonn\\w*|inscri\\w*|angemeldet|einwillig\\w*|zustimm\\w*|einverstanden)';
const DENIED = '(?:no|not|non|never|without|pas|plus de|sans|nicht|refus\\w*|stop)';
const WITHDRAWN =
  '(?:withdr\\w+|revok\\w+|refus\\w*|denied|declined|retire\\w*|' +
  'zuruckgezogen|entzogen|abgelehnt|verweigert)';

/** What is done to somebody who can be reached. */
const REACHED = '(?:contact|e ?mail|mail|call)\\w*';

/**
 * English, French and German, and the plainest words in Spanish, Italian, Dutch and Portuguese, in
 * the spelling of `wordsOf`. The first that fits counts.
 */
const SPEAKING: readonly Speaking[] = [
  [
    'status',
    [`^(?:${ABOUT} )*stat(?:us|ut)$`, `^(?:${ABOUT} )*(?:subscri\\w+|marketing|consent) state$`],
  ],
  [
    'unsubscribed',
    [
      ...['\\w*unsub\\w*', '\\w*opt(?:ed|s)? ?outs?', '\\w*(?:black|block) ?list\\w*'],
      ...['suppress\\w*', '^stop$'],
      ...['desinscri\\w*', 'desabonn\\w*', 'liste noire'],
      ...['abgemeldet', 'abmeld\\w*', 'abbestell\\w*', 'aus(?:getragen|tragung\\w*)'],
      '\\w*wider(?:spr|ruf)\\w*',
      ...[
        'baja',
        'desuscri\\w*',
        'disiscri\\w*',
        'descadastr\\w*',
        'afgemeld\\w*',
        'uitgeschreven',
      ],
    ],
  ],
  [
    'do_not_contact',
    [
      ...['do ?not', 'donot\\w+', 'don ?t', 'dnc', 'no ?(?:e ?mail|mail|call|sms|contact)s?'],
      ...['no marketing', 'blocked', 'banned', 'bloquee?s?'],
      ...[`can ?not (?:be )?${REACHED}`, `${DENIED} (?:contact|mail|e ?mail)able`],
      ...['(?:e ?mails?|sms|contact) (?:disabled|desactive\\w*)'],
      ...['ne (?:pas|plus)', 'opposition'],
      ...['nicht (?:\\w+ )?(?:kontakt|anruf|mail|werb|anschreib)\\w*'],
      ...['keine? (?:werbung|(?:e ?)?mails?|newsletter|kontakt\\w*|anrufe?|sms)'],
      ...['(?:(?:werbe|kontakt|mail|mailing|brief|telefon|anruf) ?)?sperr\\w*'],
      ...['gesperrt', 'robinson\\w*'],
      ...['no (?:contactar|molestar|enviar)', 'non contattare', 'nao contac?tar'],
      'niet (?:\\w+ )?(?:contact|mail|benader)\\w*',
    ],
  ],
  ['do_not_contact:phone', ['bloctel', 'liste rouge', 'no llamar', 'non chiamare', 'niet bellen']],
  [
    'bounced',
    ['\\w*bounc\\w*', 'undeliver\\w*', 'unreachable', 'cleaned', 'npai', 'unzustellbar\\w*'],
  ],
  ['bounced', [`${DENIED} reachable`]],
  ['do_not_contact:email', ['spam', 'complain\\w*', 'plainte', 'beschwerde', 'quarantine\\w*']],
  [
    'unsubscribed',
    [`${DENIED} (?:(?!of\\b)\\w+ )?${AGREED}`, `${AGREED} (?:\\w+ )?${WITHDRAWN}`, 'refus\\w*'],
  ],
  [
    'subscribed',
    [
      ...['opt(?:ed|s)? ?ins?', 'subscribed', 'accepte?s?', 'consent\\w*', 'permissions?'],
      ...['newsletters?$', 'newsletter (?:subscri\\w+|yes|y n|oui|ja|abonn\\w*|anmeldung)'],
      ...['(?:e ?mail|sms|marketing|mailing(?: list)?) subscri\\w+', 'gdpr', 'rgpd', 'dsgvo'],
      ...['abonne', 'inscrit', 'autorisations? (?:e ?mails?|sms)', 'angemeldet'],
      ...['(?:werbe)?ein(?:willig|verstand)\\w*', 'zustimm\\w*', 'werbung erlaubt'],
      ...[`(?:can|may be|can be) ${REACHED}`, '(?:contact|mail|e ?mail|reach)able'],
      ...['(?:e ?mails?|sms|courriels?) autorise\\w*', 'consenso', 'toestemming'],
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
