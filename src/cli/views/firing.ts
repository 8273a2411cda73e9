import type { Acted, Firing } from '../../segment/triggers/fire.ts';
import { counted, grouped } from '../../support/text.ts';
import type { MessageResult } from '../output/result.ts';

/** What a command tells, with what triggers made of it, or would in a dry run. */
export function withTriggers(
  result: MessageResult,
  triggers: readonly Firing[],
  isDry = false,
): MessageResult {
  return {
    ...result,
    data: { ...result.data, triggers: triggers.map(firingData) },
    notes: [...(result.notes ?? []), ...triggers.flatMap((firing) => firingNote(firing, isDry))],
    warnings: [...(result.warnings ?? []), ...triggers.flatMap(firingWarning)],
  };
}

/** That a trigger fired, or in a dry run would. */
export function firingNote(firing: Firing, isDry: boolean): string[] {
  if (firing.contacts === 0) return [];
  return [isDry ? trialLine(firing) : firingLine(firing)];
}

/** That a trigger failed. */
export function firingWarning({ name, error }: Firing): string[] {
  return error === null ? [] : [`trigger ${name} failed: ${error.message}`];
}

/** `trigger fair fired for 2 contacts: 2 joined leads (1 held out), 1 left trial` */
export function firingLine({ name, contacts, acted }: Firing): string {
  return `trigger ${name} fired for ${counted(contacts, 'contact')}: ${inWords(acted, DID)}`;
}

/** `trigger fair would fire for 2 contacts: 2 would join leads` */
export function trialLine({ name, contacts, acted }: Firing): string {
  const would = inWords(acted, WOULD);
  return `trigger ${name} would fire for ${counted(contacts, 'contact')}: ${would}`;
}

const DID = { add: 'joined', remove: 'left', heldOut: 'held out' };
const WOULD = { add: 'would join', remove: 'would leave', heldOut: 'would be held out' };

function inWords(acted: readonly Acted[], words: typeof DID): string {
  return acted
    .map(({ alias, verb, joined, left, heldOut }) => {
      const moved = `${grouped(verb === 'add' ? joined : left)} ${words[verb]} ${alias}`;
      return `${moved}${heldOut === 0 ? '' : ` (${grouped(heldOut)} ${words.heldOut})`}`;
    })
    .join(', ');
}

/** What a trigger did, for programs. */
export function firingData({ name, contacts, events, acted, error }: Firing) {
  return {
    ...{ trigger: name, contacts, events },
    segments: acted.map(({ alias, verb, joined, left, heldOut }) => ({
      ...{ alias, verb, joined, left },
      held_out: heldOut,
    })),
    error,
  };
}
