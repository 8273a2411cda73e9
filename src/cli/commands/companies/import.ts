import { importCompanies } from '../../../csv/import.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { importArguments, importOptions, recordOptions } from '../../options/import-options.ts';
import { runImport } from '../../routines/import-file.ts';

export default defineCommand({
  name: 'companies:import',
  description:
    'Imports companies from a CSV file: all rows that are right, or none. Columns that are ' +
    'called like a company field, by alias or label, are read into it.',
  arguments: importArguments,
  options: { ...recordOptions, ...importOptions },
  examples: ['rollcall companies:import companies.csv --key name --db crm.db'],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.finding, EXIT.badInput, EXIT.noInput, EXIT.locked],
  store: 'open',
  result: 'message',
  run: async (context, { file }, options) => runImport(context, file, options, importCompanies),
});
