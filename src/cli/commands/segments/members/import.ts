import { importMembers } from '../../../../csv/import.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import {
  importArguments,
  importOptions,
  joiningOptions,
  peopleOptions,
  recordOptions,
} from '../../../options/import-options.ts';
import { argument, flag } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { runImport } from '../../../routines/import-file.ts';

export default defineCommand({
  name: 'segments:import',
  description:
    'Puts the contacts into a segment whom a CSV file names, by their addresses or another ' +
    'unique field. Only that column is read, and what says who must not be reached. They become ' +
    'members of a static segment and are pinned into a dynamic one; who was removed is held out.',
  arguments: { segment: argument('segment', 'an alias or id', text), ...importArguments },
  options: {
    key: recordOptions.key,
    createContacts: flag('--create-contacts', 'make contacts of e-mail addresses that nobody has'),
    ...joiningOptions,
    ...peopleOptions,
    ...importOptions,
  },
  examples: [
    'rollcall segments:import newsletter list.csv --db crm.db',
    'rollcall segments:import newsletter list.csv --mirror --yes --db crm.db',
    'cut -d, -f1 list.csv | rollcall segments:import newsletter - --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.finding, EXIT.badInput, EXIT.noInput, EXIT.locked],
  store: 'open',
  result: 'message',
  run: async (context, { segment, file }, options) =>
    runImport(context, file, { ...options, segments: [segment] }, importMembers),
});
