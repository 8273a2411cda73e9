import { argument, restArguments, value, valueOr } from './options.ts';
import { nonEmptyText, text } from './values.ts';

/** Arguments of the commands that put contacts into a segment and take them out. */
export const changeArguments = {
  segment: argument('segment', 'an alias or id', text),
  contacts: restArguments(
    'contact',
    'an id, an e-mail address, or FIELD=VALUE of a unique field; - reads them from stdin, one ' +
      'a line',
    text,
    { atLeastOne: true },
  ),
} as const;

/** What is kept with such a decision. */
export const decisionOptions = {
  reason: value(
    '--reason <text>',
    'why, kept with the decision and shown with the member',
    nonEmptyText,
  ),
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
  by: value('--by <name>', 'who decided this (else the user of this system)', nonEmptyText),
} as const;
