import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { getSetting } from '../../options/setting-table.ts';

export default defineCommand({
  name: 'settings:get',
  description: 'Prints the value of one setting.',
  arguments: { name: argument('name', 'one of those that settings:list shows', text) },
  options: {},
  examples: ['rollcall settings:get timezone --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store }, { name }) => {
    const { key } = getSetting(name);
    const { [key]: value } = await store.read(async (tx) => tx.settings.stored());
    return {
      kind: 'message',
      text: value,
      isAnswer: true,
      isVerbatim: true,
      data: { name, value },
    };
  },
});
