import type { Acted, Firing } from '../../segment/triggers/firing.ts';
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

/** `trigger fair fired for 2 contacts: 2 joined leads (1 held out), 1 left trial (1 pinned out)` */
export function firingLine({ name, contacts, acted }: Firing): string {
  return `trigger ${name} fired for ${counted(contacts, 'contact')}: ${inWords(acted, DID)}`;
}

/** `trigger fair would fire for 2 contacts: 2 would join leads` */
export function trialLine({ name, contacts, acted }: Firing): string {
  const would = inWords(acted, WOULD);
  return `trigger ${name} would fire for ${counted(contacts, 'contact')}: ${would}`;
}

type Words = Readonly<Record<Acted['verb'], Readonly<Record<'moved' | keyof Beside, string>>>>;

/** What else became of contacts than that they joined or left. */
type Beside = Pick<Acted, 'pinned' | 'heldOut' | 'unchanged'>;

const DID: Words = {
  add: { moved: 'joined', pinned: 'pinned', heldOut: 'held out', unchanged: 'unchanged' },
  remove: { moved: 'left', pinned: 'pinned out', heldOut: 'held out', unchanged: 'unchanged' },
};
const WOULD: Words = {
  add: {
    ...{ moved: 'would join', pinned: 'would be pinned' },
    ...{ heldOut: 'would be held out', unchanged: 'unchanged' },
  },
  remove: {
    ...{ moved: 'would leave', pinned: 'would be pinned out' },
    ...{ heldOut: 'would be held out', unchanged: 'unchanged' },
  },
};

function inWords(acted: readonly Acted[], words: Words): string {
  return acted
    .map(({ alias, verb, joined, left, ...beside }) => {
      const moved = grouped(verb === 'add' ? joined : left);
      return `${moved} ${words[verb].moved} ${alias}${inBrackets(beside, words[verb])}`;
    })
    .join(', ');
}

/** ` (2 pinned, 1 held out)`, or nothing. */
function inBrackets(beside: Beside, words: Words[Acted['verb']]): string {
  const parts = (['pinned', 'heldOut', 'unchanged'] as const)
    .filter((key) => beside[key] > 0)
    .map((key) => `${grouped(beside[key])} ${words[key]}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** What a trigger did, for programs. */
export function firingData({ name, contacts, events, acted, error }: Firing) {
  return {
    ...{ trigger: name, contacts, events },
    segments: acted.map(({ alias, verb, joined, left, pinned, heldOut, unchanged }) => ({
      ...{ alias, verb, joined, left, pinned, unchanged },
      held_out: heldOut,
    })),
    error,
  };
}
