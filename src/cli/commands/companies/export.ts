import { listCompanies } from '../../../contact/company-list.ts';
import { chooseFields, exportCompanies } from '../../../csv/export.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions, textOptions } from '../../options/export-options.ts';
import { rows } from '../../output/result.ts';
import { recordColumns } from '../../views/record-columns.ts';

export default defineCommand({
  name: 'companies:export',
  description: 'Writes companies as CSV, by id. What it writes, companies:import reads.',
  arguments: {},
  options: exportOptions,
  examples: [
    'rollcall companies:export --fields name,country,employees -o companies.csv --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { fields: asked, ...options }) => {
    const { store } = context;
    const asText = textOptions(context, options);
    const columns = await store.read(async (tx) =>
      chooseFields(await tx.fields.list(), 'company', asked).map(({ alias }) => alias),
    );
    if (asText !== undefined)
      return { kind: 'raw', chunks: exportCompanies(store, { fields: columns, ...asText }) };
    const { fields, rows: found } = await listCompanies(store, { columns });
    return rows({
      rows: found,
      columns: recordColumns(fields),
      id: ({ id }) => id,
      empty: 'no companies',
    });
  },
});
