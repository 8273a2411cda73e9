import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions } from '../../options/export-options.ts';
import { filterText } from '../../routines/input.ts';
import { value } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { exportedContacts } from '../../routines/exported-contacts.ts';

export default defineCommand({
  name: 'contacts:export',
  description:
    'Writes contacts as CSV, by id: all, those whom a filter matches, or the members of a ' +
    'segment. What it writes, contacts:import reads.',
  arguments: {},
  options: {
    where: value(
      '--where <filter>',
      'only those whom the filter matches; - reads it from stdin, @FILE from a file',
      text,
    ),
    segment: value('--segment <segment>', 'only the members of this segment, by alias or id', text),
    ...exportOptions,
  },
  examples: [
    'rollcall contacts:export --where \'country = "FR"\' --fields email,first_name,plan -o french.csv --db crm.db',
    'rollcall contacts:export --segment hot --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { where: given, ...options }) =>
    exportedContacts(context, {
      ...options,
      where: given === undefined ? undefined : await filterText(context, given),
    }),
});
