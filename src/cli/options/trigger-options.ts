import * as z from 'zod/mini';
import type { TriggerOptions } from '../../segment/triggers/save.ts';
import { TRIGGER } from '../../segment/via.ts';
import { argument, flag, type Schema, toggle, value, type ValuesOf } from './options.ts';
import { choice, commaList, text } from './values.ts';

const decimal: Schema<number> = z.pipe(
  z.string().check(z.regex(/^-?\d{1,15}(?:\.\d{1,15})?$/, 'must be a number')),
  z.transform(Number),
);

export const triggerArgument = { trigger: argument('trigger', 'its name or id', text) } as const;

/** What `triggers:create` and `triggers:edit` share. */
export const triggerOptions = {
  when: value(
    '--when <events>',
    'fires for each event of a type, with tests after where as in filters: ' +
      'form.submit where subject = "fair"',
    text,
  ),
  whenPointsReach: value(
    '--when-points-reach <n>',
    'fires when a contact that had fewer points, or none, has so many',
    decimal,
  ),
  whenJoins: value('--when-joins <segment>', 'fires when a contact joins this segment', text),
  whenLeaves: value('--when-leaves <segment>', 'fires when a contact leaves this segment', text),
  existing: flag('--existing', 'fires for what is stored already as well'),
  add: value(
    '--add <segments>',
    'segments to put the contact into, with commas between',
    commaList,
  ),
  remove: value(
    '--remove <segments>',
    'segments to take the contact out of, with commas between',
    commaList,
  ),
  via: value(
    '--via <channel>',
    'acts with the rights of this channel too: form, points or campaign, for which segments have ' +
      'to be public; or trigger, which is the default',
    choice([TRIGGER, 'form', 'points', 'campaign']),
  ),
  reason: value('--reason <text>', 'why, kept with what it does', text),
  published: toggle(
    '--published',
    '--unpublished',
    'it fires, as a new one does unless this is said; published again it begins like a new one',
    'it does not fire, and what comes meanwhile does not concern it',
  ),
} as const;

/** The options as the service takes them. */
export function givenTrigger({
  via,
  ...given
}: ValuesOf<typeof triggerOptions>): TriggerOptions & { readonly name?: undefined } {
  return { ...given, via: via === TRIGGER ? null : via };
}
