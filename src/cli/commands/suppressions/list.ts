import { eachSuppression } from '../../../contact/consent.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { rows } from '../../output/result.ts';
import { suppressionColumns } from '../../views/suppression-columns.ts';

export default defineCommand({
  name: 'suppressions:list',
  description:
    'Lists the e-mail addresses that must not be reached: in which channel, why, since when, and ' +
    'which contact has the address now, if any. Contacts without an address are not among them: ' +
    'filters find those by suppressed(email).',
  arguments: {},
  options: {},
  examples: [
    'rollcall suppressions:list --db crm.db',
    'rollcall suppressions:list --format ids --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }) =>
    Promise.resolve(
      rows({
        rows: eachSuppression(store),
        columns: suppressionColumns,
        id: ({ address }) => address,
        empty: 'no address is suppressed',
        footer: (count) => counted(count, 'suppression'),
      }),
    ),
});
