import { importEvents } from '../../../csv/import.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { importArguments, importOptions, recordOptions } from '../../options/import-options.ts';
import { runImport } from '../../routines/import-file.ts';
import { flag } from '../../options/options.ts';

export default defineCommand({
  name: 'events:import',
  description:
    'Imports events from a CSV file with the columns contact (or a unique field such as ' +
    'email), type and occurred_at, and maybe subject, value, id and property.NAME. The same ' +
    'events again change nothing.',
  arguments: importArguments,
  options: {
    key: recordOptions.key,
    createContacts: flag('--create-contacts', 'make contacts of e-mail addresses that nobody has'),
    ...importOptions,
  },
  examples: [
    'rollcall events:import hits.csv --db crm.db',
    'rollcall events:import orders.csv --map "Customer=email,Date=occurred_at,Kind=type" --create-contacts --db crm.db',
  ],
  exitCodes: [EXIT.partial, EXIT.finding, EXIT.badInput, EXIT.noInput, EXIT.locked],
  store: 'open',
  result: 'message',
  run: async (context, { file }, options) => runImport(context, file, options, importEvents),
});
