import { listCompanies } from '../../../contact/company-list.ts';
import { defineCommand } from '../../define-command.ts';
import { countResult } from '../../views/count.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { value } from '../../options/options.ts';
import { rows } from '../../output/result.ts';
import { asChosen, recordColumns } from '../../views/record-columns.ts';
import { fieldList } from '../../options/values.ts';

export default defineCommand({
  name: 'companies:list',
  description: 'Lists companies, by id.',
  arguments: {},
  options: {
    fields: value('--fields <list>', 'what to show, with commas between', fieldList),
    ...listOptions('this field'),
  },
  examples: [
    'rollcall companies:list --fields id,name,employees --limit 20 --db crm.db',
    'rollcall companies:list --sort employees --desc --limit 5 --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { fields: columns, count, ...page }) => {
    requireListSense({ ...page, count, fields: columns }, format);
    if (count)
      return countResult('companies', await store.read(async (tx) => tx.companies.count({})));
    const { fields, rows: found } = await listCompanies(store, { ...page, columns });
    return rows({
      rows: found,
      columns: asChosen(recordColumns(fields), columns),
      id: ({ id }) => id,
      empty: emptyList('companies', page),
      footer: listFooter(page, 'company', 'companies'),
    });
  },
});
