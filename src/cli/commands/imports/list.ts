import { eachImport } from '../../../csv/imports.ts';
import { defineCommand } from '../../define-command.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { countResult } from '../../views/count.ts';
import { rows } from '../../output/result.ts';
import { listFooter } from '../../views/list-footer.ts';
import { importColumns } from '../../views/import-columns.ts';

export default defineCommand({
  name: 'imports:list',
  description:
    'Lists what was imported, newest first, with who did it and what came of it; --after an ' +
    'import come older ones. JSON has the hash of the file (SHA-256) and the options too.',
  arguments: {},
  options: listOptions(),
  examples: [
    'rollcall imports:list --limit 10 --db crm.db',
    'rollcall imports:list --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { count, ...page }) => {
    requireListSense({ ...page, count }, format);
    if (count) return countResult('imports', await store.read(async (tx) => tx.imports.count({})));
    return rows({
      rows: eachImport(store, page),
      columns: importColumns,
      id: (row) => row.id,
      empty:
        page.after === undefined
          ? 'no imports yet: make the first with rollcall contacts:import FILE'
          : `no imports before ${page.after}`,
      footer: listFooter(page, 'import'),
    });
  },
});
