import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, value } from '../../options/options.ts';
import { fileName, positiveNumber } from '../../options/values.ts';
import { watchWith } from '../../routines/watch.ts';

export default defineCommand({
  name: 'backup',
  description:
    'Copies the store as it is at one moment, while others read and write it. In a folder the ' +
    'copy is named by time. It is readable by its owner only, and gets its name when it is ' +
    'verified and on the disk; --keep then drops older ones of this store. Of a damaged store ' +
    'none is made (69), and none is dropped. restore puts one back.',
  arguments: {
    target: argument('file|folder', 'a file that does not exist, or a folder that does', fileName),
  },
  options: {
    keep: value(
      '--keep <n>',
      'in a folder: leave so many backups of this store, this one included; default all',
      positiveNumber,
    ),
  },
  examples: [
    'rollcall backup crm-monday.db --db crm.db',
    'rollcall backup /var/backups/rollcall --keep 14 -q --db /var/lib/rollcall/crm.db',
  ],
  exitCodes: [EXIT.noStore, EXIT.locked],
  store: 'none',
  result: 'message',
  run: async ({ place, stores, now, progress }, { target }, { keep }) => {
    const made = await stores.backup(place.path, { target, now, keep, watch: watchWith(progress) });
    const { path, bytes, version, contacts, dropped, warnings } = made;
    const older =
      dropped.length === 0 ? '' : `, dropped ${counted(dropped.length, 'older backup')}`;
    return {
      kind: 'message',
      text: `copied ${place.location} to ${path} (${counted(contacts, 'contact')})${older}`,
      data: { path, bytes, version, contacts, dropped, warnings },
      warnings: warnings.map(
        (warning) =>
          `in the store, and so in its backup, ${warning}: \`rollcall doctor\` says what to do`,
      ),
    };
  },
});
