import { eachSuppression } from '../../../contact/consent.ts';
import { among, selectedIds } from '../../../contact/selected-ids.ts';
import { formatValue } from '../../../contact/values.ts';
import { exportSuppressions, suppressionFileColumns } from '../../../csv/export.ts';
import type { FieldRow, ValueSuppression } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { plainExportOptions } from '../../options/export-options.ts';
import { readWishKey, wishKeyOption } from '../../options/wish-key.ts';
import { type Exporter, runExport } from '../../routines/export.ts';
import { suppressionColumns } from '../../views/suppression-columns.ts';

function exporterOf(field: FieldRow): Exporter<ValueSuppression> {
  const { alias, type } = field;
  return {
    things: 'suppressions',
    columns: async () => Promise.resolve(suppressionFileColumns(field).map(([key]) => key)),
    text: (store, options) => exportSuppressions(store, { ...options, field }),
    list: async ({ store }, selected, columns) => {
      const ids = await store.read(async (tx) => selectedIds(tx, selected, 'contacts'));
      return {
        rows: among(eachSuppression(store, alias), ids, ({ contactId }) => contactId),
        columns: suppressionColumns(field).filter(({ key }) => columns.includes(key)),
      };
    },
    id: ({ value }) => formatValue(type, value),
    empty: alias === 'email' ? 'no address is suppressed' : `no ${alias} is suppressed`,
  };
}

export default defineCommand({
  name: 'suppressions:export',
  description:
    'Writes the suppressed e-mail addresses as CSV, with channel, reason and since when: all, or ' +
    'those of the contacts whom a filter, a search or a segment names. With --key the values of ' +
    'another unique field. What it writes, suppressions:import reads.',
  arguments: {},
  options: { ...wishKeyOption, ...plainExportOptions },
  examples: [
    'rollcall suppressions:export -o suppressed.csv --db crm.db',
    'rollcall suppressions:export --segment hot --format ids --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { key, ...options }) =>
    runExport(context, options, exporterOf(await readWishKey(context.store, key))),
});
