import { EXIT } from '../../../support/errors.ts';
import { forecastText } from '../../views/migration-forecast.ts';
import { defineCommand } from '../../define-command.ts';

export default defineCommand({
  name: 'db:migrate',
  description:
    'Brings a store that an older rollcall made up to date, after a backup beside it. Says ' +
    'beforehand how long that takes and how much of the disk it needs, where much has to move. ' +
    'No other command ever does: cron must not change a store by surprise.',
  arguments: {},
  options: {},
  examples: ['rollcall db:migrate --db crm.db'],
  exitCodes: [EXIT.refused, EXIT.noStore, EXIT.locked],
  store: 'none',
  result: 'message',
  run: async ({ place, stores, now, announce }) => {
    const { from, to, backup } = await stores.migrate(place.path, {
      now,
      announce: async (forecast) => announce(forecastText(forecast)),
    });
    return {
      kind: 'message',
      text:
        backup === undefined
          ? `the store ${place.path} is up to date (version ${to})`
          : `the store ${place.path} is at version ${to} now, it was at ${from}; as it was: ` +
            backup,
      data: { path: place.path, from, to, backup: backup ?? null },
    };
  },
});
