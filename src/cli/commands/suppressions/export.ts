import { eachSuppression } from '../../../contact/consent.ts';
import { defineCommand } from '../../define-command.ts';
import { rows } from '../../output/result.ts';
import { suppressionColumns } from '../../views/suppression-columns.ts';

export default defineCommand({
  name: 'suppressions:export',
  description:
    'Writes the suppressed e-mail addresses as CSV, with channel, reason and since when. What it ' +
    'writes, suppressions:import reads.',
  arguments: {},
  options: {},
  examples: ['rollcall suppressions:export -o suppressed.csv --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async ({ store }) =>
    Promise.resolve(
      rows({
        rows: eachSuppression(store),
        columns: suppressionColumns.filter(({ key }) => key !== 'contact_id'),
        id: ({ address }) => address,
        empty: 'no address is suppressed',
      }),
    ),
});
