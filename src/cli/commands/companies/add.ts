import { addCompany } from '../../../contact/companies.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { setOption } from '../../options/company-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';

export default defineCommand({
  name: 'companies:add',
  description: 'Adds a company.',
  arguments: { name: argument('name', 'its name, which no other company has', text) },
  options: { set: setOption, ...updateAfterOption },
  examples: ['rollcall companies:add Acme --set industry=Anvils --set employees=250 --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { name }, { set, update }) =>
    thenUpdate(context, { update }, async () => {
      const saved = await context.store.write(async (tx) =>
        addCompany(tx, [{ name: 'name', value: name }, ...set], tx.now),
      );
      return {
        kind: 'message',
        text: `added company ${saved.id}, ${saved.name}`,
        data: { ...saved },
      };
    }),
});
