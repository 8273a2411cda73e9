import { createTrigger } from '../../../segment/triggers/save.ts';
import { changeData } from '../../../segment/triggers/data-change.ts';
import { EXIT } from '../../../support/errors.ts';
import { actionIn } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, value } from '../../options/options.ts';
import { givenTrigger, triggerOptions } from '../../options/trigger-options.ts';
import { nonEmptyText, text } from '../../options/values.ts';
import { savedTriggerResult } from '../../views/saved-trigger.ts';

export default defineCommand({
  name: 'triggers:create',
  description:
    'Makes a trigger: from now on each such event, or each time that a contact reaches the ' +
    'points, joins or leaves, it puts the contact into segments and takes it out of others. What ' +
    'comes by a command does so at once, what comes by SQL with the next such command or ' +
    'segments:update. Removals by hand and by choice hold.',
  arguments: { name: argument('name', 'what it is called', text) },
  options: {
    ...triggerOptions,
    by: value('--by <name>', 'who is responsible (else the user of this system)', nonEmptyText),
  },
  examples: [
    `rollcall triggers:create fair --when 'form.submit where subject = "fair"' --add leads --db crm.db`,
    'rollcall triggers:create hot --when-points-reach 100 --add hot --remove cold --via points --db crm.db',
    'rollcall triggers:create welcome --when-joins customers --existing --add welcome --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { name }, { by, ...given }) => {
    const { done, triggers } = await changeData(context.store, {}, async (tx) => {
      const options = { ...givenTrigger(given), name };
      return createTrigger(tx, options, actionIn(tx, { by: by ?? context.by }));
    });
    return savedTriggerResult(done, triggers, 'made');
  },
});
