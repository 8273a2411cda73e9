import { defineCommand } from '../../../define-command.ts';
import { exportOptions } from '../../../options/export-options.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { exportedContacts } from '../../../routines/exported-contacts.ts';

export default defineCommand({
  name: 'segments:export',
  description:
    'Writes the members of a segment as CSV, by contact id. What it writes, contacts:import reads.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: exportOptions,
  examples: [
    'rollcall segments:export hot -o hot.csv --db crm.db',
    "rollcall segments:export hot --fields email,first_name --delimiter ';' --bom -o for-excel.csv --db crm.db",
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, { segment }, options) => exportedContacts(context, { ...options, segment }),
});
