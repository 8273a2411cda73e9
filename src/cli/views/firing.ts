import type { Acted, Firing } from '../../segment/triggers/fire.ts';
import { counted, grouped } from '../../support/text.ts';

/** `trigger fair fired for 2 contacts: leads 2 joined, trial 1 left` */
export function firingLine({ name, contacts, acted }: Firing): string {
  return `trigger ${name} fired for ${counted(contacts, 'contact')}: ${inWords(acted, DID)}`;
}

/** `trigger fair would fire for 2 contacts: leads 2 would join` */
export function trialLine({ name, contacts, acted }: Firing): string {
  const would = inWords(acted, WOULD);
  return `trigger ${name} would fire for ${counted(contacts, 'contact')}: ${would}`;
}

const DID = { add: 'joined', remove: 'left', heldOut: 'held out' };
const WOULD = { add: 'would join', remove: 'would leave', heldOut: 'would be held out' };

function inWords(acted: readonly Acted[], words: typeof DID): string {
  return acted
    .map(({ alias, verb, joined, left, heldOut }) => {
      const moved = `${grouped(verb === 'add' ? joined : left)} ${words[verb]}`;
      return `${alias} ${moved}${heldOut === 0 ? '' : ` (${grouped(heldOut)} ${words.heldOut})`}`;
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
