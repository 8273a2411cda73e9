import { getTriggerRow } from '../../../segment/triggers/lookup.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { triggerArgument } from '../../options/trigger-options.ts';

export default defineCommand({
  name: 'triggers:delete',
  description: 'Deletes a trigger, after asking. What it did stays.',
  arguments: triggerArgument,
  options: {},
  examples: ['rollcall triggers:delete fair --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, confirm }, { trigger: reference }) => {
    const { id, name } = await store.read(async (tx) => getTriggerRow(tx, reference));
    await confirm(`delete trigger ${name}?`);
    // another one may have taken the name once the answer is there
    await store.write(async (tx) => tx.triggers.delete(id));
    return { kind: 'message', text: `deleted trigger ${name}`, data: { id, name } };
  },
});
