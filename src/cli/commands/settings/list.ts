import { defineCommand } from '../../define-command.ts';
import { rows } from '../../output/result.ts';
import { SETTINGS } from '../../options/setting-table.ts';

export default defineCommand({
  name: 'settings:list',
  description: 'Shows all settings.',
  arguments: {},
  options: {},
  examples: ['rollcall settings:list --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }) => {
    const settings = await store.read(async (tx) => tx.settings.stored());
    return rows({
      rows: SETTINGS,
      columns: [
        { key: 'name', fit: 'key', of: (setting) => setting.name },
        { key: 'value', fit: 'key', of: (setting) => settings[setting.key] },
        { key: 'about', fit: 'wrap', of: (setting) => setting.about },
      ],
      id: (setting) => setting.name,
      empty: 'no settings',
    });
  },
});
