import { companyNames, deleteCompanies, getCompanies } from '../../../contact/companies.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { restArguments } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { text } from '../../options/values.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { inShort, MOST_NAMED } from '../../views/in-short.ts';

export default defineCommand({
  name: 'companies:delete',
  description: 'Deletes companies. Their contacts stay, without a company.',
  arguments: { companies: restArguments('company', 'an id or a name', text, { atLeastOne: true }) },
  options: updateAfterOption,
  examples: ['rollcall companies:delete Acme 12 --yes --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { companies }, { update }) =>
    thenUpdate(context, { update }, async () => {
      const { store, confirm } = context;
      const { ids, names } = await store.read(async (tx) => {
        const found = await getCompanies(tx, companies);
        return { ids: found, names: await companyNames(tx, found.slice(0, MOST_NAMED)) };
      });
      const which = `${counted(ids.length, 'company', 'companies')} (${inShort(names, ids.length)})`;
      await confirm(`delete ${which}?`);
      const deleted = await store.write(async (tx) => deleteCompanies(tx, ids));
      return {
        kind: 'message',
        text: `deleted ${counted(deleted, 'company', 'companies')}`,
        data: { deleted },
      };
    }),
});
