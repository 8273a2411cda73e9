import { deleteCompanies, getCompanies } from '../../../contact/companies.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { restArguments } from '../../options/options.ts';
import { text } from '../../options/values.ts';

export default defineCommand({
  name: 'companies:delete',
  description: 'Deletes companies. Their contacts stay, without a company.',
  arguments: { companies: restArguments('company', 'an id or a name', text, { atLeastOne: true }) },
  options: {},
  examples: ['rollcall companies:delete Acme 12 --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, confirm }, { companies }) => {
    const ids = await store.read(async (tx) => getCompanies(tx, companies));
    await confirm(`delete ${counted(ids.length, 'company', 'companies')}?`);
    const deleted = await store.write(async (tx) => deleteCompanies(tx, ids));
    return {
      kind: 'message',
      text: `deleted ${counted(deleted, 'company', 'companies')}`,
      data: { deleted },
    };
  },
});
