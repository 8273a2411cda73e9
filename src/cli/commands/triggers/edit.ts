import { changeData } from '../../../segment/triggers/data-change.ts';
import { editTrigger } from '../../../segment/triggers/save.ts';
import { getTrigger } from '../../../segment/triggers/lookup.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { usage, value } from '../../options/options.ts';
import { givenTrigger, triggerArgument, triggerOptions } from '../../options/trigger-options.ts';
import { text } from '../../options/values.ts';
import { savedTriggerResult } from '../../views/saved-trigger.ts';

export default defineCommand({
  name: 'triggers:edit',
  description:
    'Changes what the options name and leaves the rest; --add and --remove take the place of the ' +
    'segments there were, and an empty value clears. With another condition, and when it is ' +
    'published again, it begins like a new one.',
  arguments: triggerArgument,
  options: { name: value('--name <name>', 'another name', text), ...triggerOptions },
  examples: [
    'rollcall triggers:edit fair --add leads,newsletter --db crm.db',
    'rollcall triggers:edit fair --unpublished --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { trigger: reference }, { name, ...given }) => {
    requireSomething({ name, ...given });
    const { done, triggers } = await changeData(context.store, {}, async (tx) => {
      const trigger = await getTrigger(tx, reference);
      return editTrigger(tx, trigger, { ...givenTrigger(given), name }, tx.now);
    });
    return savedTriggerResult(done, triggers, 'changed');
  },
});

function requireSomething({ existing, ...given }: Readonly<Record<string, unknown>>): void {
  if (existing !== true && Object.values(given).every((one) => one === undefined))
    throw usage('nothing to change', '`rollcall triggers:edit --help` shows what may be changed');
}
