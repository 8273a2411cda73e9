import { listCompanies } from '../../../contact/company-list.ts';
import { chooseFields, exportCompanies } from '../../../csv/export.ts';
import type { RecordRow } from '../../../store/index.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions } from '../../options/export-options.ts';
import { type Exporter, runExport } from '../../routines/export.ts';
import { recordColumns } from '../../views/record-columns.ts';

const companyExporter: Exporter<RecordRow> = {
  things: 'companies',
  columns: async (tx, fields) =>
    chooseFields(await tx.fields.list(), 'company', fields).map(({ alias }) => alias),
  text: exportCompanies,
  list: async ({ store }, selected, columns) => {
    const { rows, fields } = await listCompanies(store, { columns, selected });
    return { rows, fields, columns: recordColumns(fields) };
  },
  id: ({ id }) => id,
  empty: 'no companies',
};

export default defineCommand({
  name: 'companies:export',
  description:
    'Writes companies as CSV, by id: all, or those of the contacts whom a filter, a search or a ' +
    'segment names. What it writes, companies:import reads.',
  arguments: {},
  options: exportOptions,
  examples: [
    'rollcall companies:export --fields name,country,employees -o companies.csv --db crm.db',
    'rollcall companies:export --segment hot --fields name -o hot-companies.csv --db crm.db',
  ],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, options) => runExport(context, options, companyExporter),
});
