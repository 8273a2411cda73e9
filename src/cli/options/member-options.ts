import { argument, flag, requiredValue, restArguments, value, valueOr, values } from './options.ts';
import { commaList, nonEmptyText, text } from './values.ts';

const segmentArgument = argument('segment', 'an alias or id', text);
const CONTACTS =
  'an id, an e-mail address, or FIELD=VALUE of a unique field; - reads them from stdin, one a ' +
  'line. An unknown one is refused, and nothing done (2); among lines of stdin it is left out (3)';

/** Arguments of commands that decide about contacts by their names. */
export const changeArguments = {
  segment: segmentArgument,
  contacts: restArguments('contact', CONTACTS, text, { atLeastOne: true }),
} as const;

/** Arguments of commands that put contacts into a segment or take them out, by name or in bulk. */
export const selectionArguments = {
  segment: segmentArgument,
  contacts: restArguments('contact', CONTACTS, text),
} as const;

/** Whom to change instead of contacts that are named. */
export const selectionOptions = {
  where: value(
    '--where <filter>',
    'all whom the filter matches; - reads it from stdin, @FILE from a file',
    text,
  ),
  fromSegment: value('--from-segment <alias>', 'all members of this segment', text),
} as const;

/** To see first what would come of it. */
export const tryingOptions = {
  dryRun: flag('--dry-run', 'count what would be changed, triggers included, and do nothing'),
} as const;

/** Whom to put where. */
export const modifyOptions = {
  contact: values('--contact <contact>', CONTACTS, text),
  add: values('--add <list>', 'the segments to put them into, with commas between', commaList),
  remove: values('--remove <list>', 'the segments to take them out of', commaList),
} as const;

const REASON = value(
  '--reason <text>',
  'why, kept with the decision and shown with the member',
  nonEmptyText,
);
const BY = value('--by <name>', 'who decided this (else the user of this system)', nonEmptyText);

/** What is kept with a decision of an action, which has to say which one it is. */
export const actionOptions = {
  via: requiredValue(
    '--via <channel>',
    'manual, campaign, form, points, api or preference-center, with an optional :NAME',
    text,
  ),
  reason: REASON,
  by: BY,
} as const;

/** What is kept with such a decision. */
export const decisionOptions = {
  reason: REASON,
  via: valueOr(
    '--via <channel>',
    'manual, campaign, form, points, api or preference-center, with an optional :NAME; ' +
      'default manual',
    text,
    'manual',
  ),
  until: value(
    '--until <date>',
    "when the pin ends by itself: an instant, a date as in filters (2026-04-01, 'today + 30 " +
      "days'), whose first instant counts, or never",
    text,
  ),
  by: BY,
} as const;
