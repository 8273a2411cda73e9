import { editCompany, getCompany } from '../../../contact/companies.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { companyArgument, setOption } from '../../options/company-options.ts';

export default defineCommand({
  name: 'companies:edit',
  description: 'Changes the values of a company, its name among them.',
  arguments: { company: companyArgument },
  options: { set: setOption },
  examples: ['rollcall companies:edit Acme --set name="Acme Ltd" --set city=NULL --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async ({ store, now }, { company }, { set }) => {
    const saved = await store.write(async (tx) =>
      editCompany(tx, await getCompany(tx, company), set, now),
    );
    return {
      kind: 'message',
      text:
        `${saved.changed ? 'changed' : 'nothing to change in'} company ${saved.id}, ` + saved.name,
      data: { ...saved },
    };
  },
});
