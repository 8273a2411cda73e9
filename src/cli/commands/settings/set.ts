import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { getSetting } from '../../options/setting-table.ts';

export default defineCommand({
  name: 'settings:set',
  description:
    'Changes a setting of the store. Settings live in the store, so that a crontab line needs ' +
    'nothing but its path.',
  arguments: {
    name: argument('name', 'one of those that settings:list shows', text),
    value: argument('value', 'an IANA time zone; monday or sunday; a number of days, or all', text),
  },
  options: {},
  examples: [
    'rollcall settings:set timezone Europe/Paris --db crm.db',
    'rollcall settings:set week-start sunday --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store }, { name, value }) => {
    const setting = getSetting(name);
    const change = await setting.read(value);
    const changed = await store.write(async (tx) => {
      const before = await tx.settings.stored();
      await tx.settings.set(change);
      return (await tx.settings.stored())[setting.key] !== before[setting.key];
    });
    return {
      kind: 'message',
      text: changed ? `${name} is now ${value}` : `${name} is ${value} already`,
      data: { name, value, changed },
    };
  },
});
