import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions } from '../../options/export-options.ts';
import { flag, usage, value } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { exportHeld } from '../../routines/held-export.ts';
import { runExport } from '../../routines/export.ts';
import { contactExporter } from '../../routines/exported-contacts.ts';

export default defineCommand({
  name: 'contacts:export',
  description:
    'Writes contacts as CSV, by id: all, those whom a filter or a search finds, or the members ' +
    'of a segment. What it writes, contacts:import reads.',
  arguments: {},
  options: {
    ...exportOptions,
    contact: value('--contact <contact>', 'one contact, with --all and --json', text),
    all: flag('--all', 'everything that is held about that contact, history included'),
  },
  examples: [
    'rollcall contacts:export --where \'country = "FR"\' --fields email,first_name,plan -o french.csv --db crm.db',
    'rollcall contacts:export --contact ann@example.org --all --json -o ann.json --db crm.db',
    'rollcall contacts:export --segment hot --manifest hot.json -o hot.csv --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { contact, all, ...options }) => {
    if (all !== (contact !== undefined))
      throw usage('`--contact` and `--all` go together', 'give both, or neither');
    if (contact === undefined) return runExport(context, options, contactExporter);
    if (Object.values(options).some((given) => given !== undefined && given !== false))
      throw usage('`--all` takes no other option of exports', 'give --contact, --all and --json');
    return exportHeld(context, contact);
  },
});
