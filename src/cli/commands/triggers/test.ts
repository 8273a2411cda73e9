import { type Trial, tryTrigger } from '../../../segment/triggers/trial.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { value } from '../../options/options.ts';
import { triggerArgument } from '../../options/trigger-options.ts';
import { text } from '../../options/values.ts';
import type { MessageResult } from '../../output/result.ts';
import { firingData, trialLine } from '../../views/firing.ts';

export default defineCommand({
  name: 'triggers:test',
  description:
    'Says what a trigger would do now, and changes nothing. It has fired for what came by ' +
    'commands already: what is left is what came by SQL, and what it failed for.',
  arguments: triggerArgument,
  options: {
    contact: value('--contact <contact>', 'says it of this contact alone', text),
  },
  examples: [
    'rollcall triggers:test fair --db crm.db',
    'rollcall triggers:test fair --contact ann@example.org --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, now }, { trigger }, { contact }) =>
    trialResult(await tryTrigger(store, trigger, { contact, now })),
});

function trialResult(trial: Trial): MessageResult {
  const { name, contacts, published } = trial;
  return {
    kind: 'message',
    text:
      contacts === 0
        ? `trigger ${name} would fire for nobody`
        : [trialLine(trial), whomInWords(trial)],
    isAnswer: true,
    data: { ...firingData(trial), contact_ids: trial.contactIds },
    notes: published ? [] : [`trigger ${name} is unpublished: it does not fire`],
  };
}

/** `for the contact with the id 6` */
function whomInWords({ contacts, contactIds }: Trial): string {
  if (contacts === 1) return `for the contact with the id ${contactIds.join('')}`;
  const more = contacts > contactIds.length ? ', …' : '';
  return `for the contacts with the ids ${contactIds.join(', ')}${more}`;
}
