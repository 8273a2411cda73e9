import { viewTrigger } from '../../../segment/triggers/listing.ts';
import { getTriggerRow } from '../../../segment/triggers/lookup.ts';
import { defineCommand } from '../../define-command.ts';
import { triggerArgument } from '../../options/trigger-options.ts';
import { record } from '../../output/result.ts';
import { triggerColumns } from '../../views/trigger-columns.ts';

export default defineCommand({
  name: 'triggers:show',
  arguments: triggerArgument,
  options: {},
  examples: ['rollcall triggers:show fair --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { trigger: reference }) => {
    const trigger = await store.read(async (tx) =>
      viewTrigger(tx, await getTriggerRow(tx, reference)),
    );
    return record({
      row: trigger,
      columns: triggerColumns(1),
      id: ({ id }) => id,
    });
  },
});
