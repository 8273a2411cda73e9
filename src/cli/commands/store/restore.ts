import type { Restored } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { fileName } from '../../options/values.ts';
import { watchWith } from '../../routines/watch.ts';

export default defineCommand({
  name: 'restore',
  description:
    'Puts a backup in the place of the store, after it was verified, and keeps the store that ' +
    'was there beside it. Programs that have the store open go on with what was restored. ' +
    'A damaged or missing store is exchanged: stop what has it open first. Suppressions that ' +
    'the replaced store had are carried over, and whom it knew to be erased is erased again; ' +
    'a backup of an older version is brought up to ' +
    'date. ' +
    'The next segments:update builds everything in full.',
  arguments: { file: argument('file', 'a backup, which is only read', fileName) },
  options: {},
  examples: [
    'rollcall restore crm-monday.db --db crm.db',
    'rollcall restore /var/backups/rollcall/crm.db.backup-20260301T093000Z --yes --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.badInput, EXIT.noInput, EXIT.noStore, EXIT.locked],
  store: 'none',
  result: 'message',
  run: async ({ place, stores, now, by, confirm, progress }, { file }) => {
    const restored = await stores.restore(place.path, {
      file,
      now,
      by,
      confirm,
      watch: watchWith(progress),
    });
    const { version, contacts, kept, isReplaced, suppressions } = restored;
    return {
      kind: 'message',
      text: [
        `restored ${place.location} from ${file} (${counted(contacts, 'contact')})`,
        ...(kept === null ? [] : [`the store as it was: ${kept}`]),
        ...cameAlong(restored),
      ],
      data: {
        ...{ path: place.location, file, version, contacts, kept },
        ...{ replaced: isReplaced, suppressions, erased_again: restored.erasedAgain },
        values_erased_again: restored.valuesErasedAgain,
      },
      warnings: warningsOf(restored),
    };
  },
});

/** What the replaced store knew, and was done to what the backup has. */
function cameAlong({ suppressions, erasedAgain, valuesErasedAgain }: Restored): string[] {
  const erased = (what: string): string =>
    `${what} of the backup erased again, as it was asked since`;
  return [
    ...(suppressions === null || suppressions.carried === 0
      ? []
      : [`${counted(suppressions.carried, 'suppression')} of it carried over`]),
    ...(erasedAgain === 0 ? [] : [erased(counted(erasedAgain, 'contact'))]),
    ...(valuesErasedAgain === 0 ? [] : [erased(counted(valuesErasedAgain, 'value'))]),
  ];
}

function warningsOf({ suppressions, kept, isReplaced }: Restored): string[] {
  return [
    ...(isReplaced && kept !== null
      ? ['the files were exchanged: programs that have the store open must be started again']
      : []),
    ...(suppressions === null
      ? [`the suppressions of the store that was replaced could not be read: see ${kept ?? ''}`]
      : []),
    ...(suppressions !== null && suppressions.unplaced > 0
      ? [
          `${counted(suppressions.unplaced, 'suppression')} could not be placed, of contacts ` +
            `that the backup does not know: they stand in ${kept ?? ''}, and are lost when ` +
            'these contacts are imported again',
        ]
      : []),
    ...(suppressions?.fieldless ?? []).map(
      ({ field, suppressions: count }) =>
        `${counted(count, 'suppression')} could not be placed, of values of ${field}, a field ` +
        `that the backup does not have: they stand in ${kept ?? ''}`,
    ),
  ];
}
