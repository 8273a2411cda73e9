import { getTriggerRow } from '../../../segment/triggers/lookup.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { triggerArgument } from '../../options/trigger-options.ts';
import { changeAndTell } from '../../routines/data-change.ts';

export default defineCommand({
  name: 'triggers:delete',
  description: 'Deletes a trigger, after asking. What it did stays.',
  arguments: triggerArgument,
  options: {},
  examples: ['rollcall triggers:delete fair --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { trigger: reference }) => {
    const { store, confirm } = context;
    const { id, name } = await store.read(async (tx) => getTriggerRow(tx, reference));
    await confirm(`delete trigger ${name}?`);
    return changeAndTell(context, async (tx) => {
      // another one may have taken the name once the answer is there
      await tx.triggers.delete(id);
      return { kind: 'message', text: `deleted trigger ${name}`, data: { id, name } };
    });
  },
});
