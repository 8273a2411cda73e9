import { eachSuppression } from '../../../contact/consent.ts';
import { among, selectedIds } from '../../../contact/selected-ids.ts';
import { exportSuppressions, SUPPRESSION_COLUMNS } from '../../../csv/export.ts';
import type { AddressSuppression } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { plainExportOptions } from '../../options/export-options.ts';
import { type Exporter, runExport } from '../../routines/export.ts';
import { suppressionColumns } from '../../views/suppression-columns.ts';

const suppressionExporter: Exporter<AddressSuppression> = {
  things: 'suppressions',
  columns: async () => SUPPRESSION_COLUMNS.map(([key]) => key),
  text: exportSuppressions,
  list: async ({ store }, selected, columns) => {
    const ids = await store.read(async (tx) => selectedIds(tx, selected, 'contacts'));
    return {
      rows: among(eachSuppression(store), ids, ({ contactId }) => contactId),
      columns: suppressionColumns.filter(({ key }) => columns.includes(key)),
    };
  },
  id: ({ address }) => address,
  empty: 'no address is suppressed',
};

export default defineCommand({
  name: 'suppressions:export',
  description:
    'Writes the suppressed e-mail addresses as CSV, with channel, reason and since when: all, or ' +
    'those of the contacts whom a filter, a search or a segment names. What it writes, ' +
    'suppressions:import reads.',
  arguments: {},
  options: plainExportOptions,
  examples: [
    'rollcall suppressions:export -o suppressed.csv --db crm.db',
    'rollcall suppressions:export --segment hot --format ids --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, options) => runExport(context, options, suppressionExporter),
});
