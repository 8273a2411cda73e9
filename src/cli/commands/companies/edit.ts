import { editCompany, getCompany } from '../../../contact/companies.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { companyArgument, setOption } from '../../options/company-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';

export default defineCommand({
  name: 'companies:edit',
  description: 'Changes the values of a company, its name among them.',
  arguments: { company: companyArgument },
  options: { set: setOption, ...updateAfterOption },
  examples: ['rollcall companies:edit Acme --set name="Acme Ltd" --set city=NULL --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { company }, { set, update }) =>
    thenUpdate(context, { update }, async () => {
      const saved = await context.store.write(async (tx) =>
        editCompany(tx, await getCompany(tx, company), set, tx.now),
      );
      const { id, name, changed } = saved;
      return {
        kind: 'message',
        text: `${changed ? 'changed' : 'nothing to change in'} company ${id}, ${name}`,
        data: { ...saved },
      };
    }),
});
