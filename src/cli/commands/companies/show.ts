import { getCompany } from '../../../contact/companies.ts';
import { showCompany } from '../../../contact/company-list.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { alignedLines, filledData, filledPairs } from '../../views/record-columns.ts';
import { companyArgument } from '../../options/company-options.ts';

export default defineCommand({
  name: 'companies:show',
  description: 'Shows all that is known of a company, and how many contacts belong to it.',
  arguments: { company: companyArgument },
  options: {},
  examples: ['rollcall companies:show Acme --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store, instants }, { company }) => {
    const { id, name, fields, contacts } = await store.read(async (tx) =>
      showCompany(tx, await getCompany(tx, company)),
    );
    const lines = alignedLines(filledPairs(fields, await instants()));
    return {
      kind: 'message',
      isAnswer: true,
      text: [`company ${id}, ${name}, ${counted(contacts, 'contact')}`, ...lines],
      data: { id, name, contacts, fields: filledData(fields) },
    };
  },
});
