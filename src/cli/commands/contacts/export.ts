import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions } from '../../options/export-options.ts';
import { runExport } from '../../routines/export.ts';
import { contactExporter } from '../../routines/exported-contacts.ts';

export default defineCommand({
  name: 'contacts:export',
  description:
    'Writes contacts as CSV, by id: all, those whom a filter or a search finds, or the members ' +
    'of a segment. What it writes, contacts:import reads.',
  arguments: {},
  options: exportOptions,
  examples: [
    'rollcall contacts:export --where \'country = "FR"\' --fields email,first_name,plan -o french.csv --db crm.db',
    'rollcall contacts:export --segment hot --manifest hot.json -o hot.csv --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, options) => runExport(context, options, contactExporter),
});
