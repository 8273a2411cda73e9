import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { memberExportOptions } from '../../../options/export-options.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { runExport } from '../../../routines/export.ts';
import { contactExporter } from '../../../routines/exported-contacts.ts';

export default defineCommand({
  name: 'segments:export',
  description:
    'Writes the members of a segment as CSV, by contact id. What it writes, contacts:import reads.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: memberExportOptions,
  examples: [
    'rollcall segments:export hot -o hot.csv --db crm.db',
    "rollcall segments:export hot --fields email,first_name --delimiter ';' --bom -o for-excel.csv --db crm.db",
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, { segment }, options) =>
    runExport(context, { ...options, segment }, contactExporter),
});
