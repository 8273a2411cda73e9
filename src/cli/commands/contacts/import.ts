import { importContacts } from '../../../csv/import.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import {
  importArguments,
  importOptions,
  joiningOptions,
  peopleOptions,
  recordOptions,
} from '../../options/import-options.ts';
import { runImport } from '../../routines/import-file.ts';
import { flag, values } from '../../options/options.ts';
import { text } from '../../options/values.ts';

export default defineCommand({
  name: 'contacts:import',
  description:
    'Imports contacts from a CSV file: all rows that are right, or none. Columns that are ' +
    'called like a field, by alias or label, are read into it. tags (a|b|-c), company, ' +
    'segments, unsubscribed, bounced and do_not_contact (yes or no, or channels: email|sms) ' +
    'are known too; company.FIELD edits the company. Another column whose name speaks of consent ' +
    'stops the import until --map (X=unsubscribed, X=subscribed, X=status) or --ignore settles ' +
    'it. An empty cell changes nothing, NULL clears.',
  arguments: importArguments,
  options: {
    segment: values('--segment <alias>', 'a segment that every contact of the file joins', text),
    allowResubscribe: flag(
      '--allow-resubscribe',
      'let a no in a column of consent lift the suppressions that its yes would set',
    ),
    channel: values(
      '--channel <channel>',
      'a channel, such as fax, that those columns may name though nobody in the store is ' +
        'suppressed in it yet',
      text,
    ),
    ...joiningOptions,
    ...peopleOptions,
    ...recordOptions,
    ...importOptions,
  },
  examples: [
    'rollcall contacts:import contacts.csv --map "E-mail=email,Prénom=first_name,Plan=plan" ' +
      '--segment newsletter --db crm.db',
    'rollcall contacts:import contacts.csv --dry-run --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.finding, EXIT.badInput, EXIT.noInput, EXIT.locked],
  store: 'open',
  result: 'message',
  run: async (context, { file }, { segment, channel, ...options }) =>
    runImport(context, file, { ...options, segments: segment, channels: channel }, importContacts),
});
