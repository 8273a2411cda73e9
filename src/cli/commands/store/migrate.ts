import { EXIT } from '../../../support/errors.ts';
import { forecastText } from '../../views/migration-forecast.ts';
import { defineCommand } from '../../define-command.ts';
import { flag } from '../../options/options.ts';

export default defineCommand({
  name: 'db:migrate',
  description:
    'Brings a store that an older rollcall made up to date, after a backup beside it. Says ' +
    'beforehand how long that takes and how much of the disk it needs, where much has to move. ' +
    "Backups of a database are its server's business: of one it prints the command line that " +
    'makes one, and asks before it goes on. ' +
    'No other command ever does: cron must not change a store by surprise.',
  arguments: {},
  options: {
    noBackupNeeded: flag('--no-backup-needed', 'do not ask for a backup of a database'),
  },
  examples: [
    'rollcall db:migrate --db crm.db',
    'rollcall db:migrate --no-backup-needed --db postgres://crm@db.example/crm',
  ],
  exitCodes: [EXIT.refused, EXIT.noStore, EXIT.locked],
  store: 'none',
  result: 'message',
  run: async ({ place, stores, now, announce, confirm }, _, { noBackupNeeded }) => {
    const { from, to, backup } = await stores.migrate(place.path, {
      now,
      announce: async (forecast) => announce(forecastText(forecast)),
      withoutBackup: async (command) => {
        if (noBackupNeeded) return;
        await confirm(`bring ${place.location} up to date?`, [
          `no backup is made of a database; this makes one: ${command}`,
        ]);
      },
    });
    return {
      kind: 'message',
      text:
        from === to
          ? `the store ${place.location} is up to date (version ${to})`
          : `the store ${place.location} is at version ${to} now, it was at ${from}` +
            (backup === undefined ? '' : `; as it was: ${backup}`),
      data: { path: place.location, from, to, backup: backup ?? null },
    };
  },
});
