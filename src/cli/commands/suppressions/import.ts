import { importSuppressions } from '../../../csv/import.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { importArguments, importOptions, peopleOptions } from '../../options/import-options.ts';
import { value, values } from '../../options/options.ts';
import { choice, text } from '../../options/values.ts';
import { wishKeyOption } from '../../options/wish-key.ts';
import { runImport } from '../../routines/import-file.ts';

export default defineCommand({
  name: 'suppressions:import',
  description:
    'Reads a list of e-mail addresses that must not be reached, whether a contact has them or ' +
    'not: a column address or email, and maybe channel, reason (also words of a status, such as ' +
    'cleaned) and created_at. Columns of consent (unsubscribed, bounced, do_not_contact, or what ' +
    '--map reads so) say row by row whether its address must not be reached. With --key the ' +
    'values of another unique field of contacts, in its column. Nothing is lifted.',
  arguments: importArguments,
  options: {
    ...wishKeyOption,
    channel: values(
      '--channel <channel>',
      'of rows that name none: default email; more of them are channels that rows may name',
      text,
    ),
    reason: value(
      '--reason <reason>',
      'of rows that name none: unsubscribed, bounced or manual; default manual',
      choice(['unsubscribed', 'bounced', 'manual']),
    ),
    ...peopleOptions,
    ...importOptions,
  },
  examples: [
    'rollcall suppressions:import robinson-list.csv --reason manual --db crm.db',
    'rollcall suppressions:import bounces.csv --reason bounced --dry-run --db crm.db',
    'rollcall suppressions:import do-not-call.csv --key phone --channel phone --db crm.db',
  ],
  exitCodes: [EXIT.partial, EXIT.finding, EXIT.badInput, EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { file }, { channel, ...options }) =>
    runImport(context, file, { ...options, channels: channel }, importSuppressions),
});
