import { getContact } from '../../../contact/contact-refs.ts';
import { contactHistory } from '../../../segment/contact-history.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArgument } from '../../options/contact-options.ts';
import { contactHistoryResult } from '../../views/contact-history.ts';

export default defineCommand({
  name: 'contacts:history',
  description:
    'Tells when a contact joined and left which segments, deleted ones too, through what, by whom ' +
    'and why, with the pins and suppressions that stand, in the order of time.',
  arguments: { contact: contactArgument },
  options: {},
  examples: ['rollcall contacts:history ann@example.org --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, instants }, { contact }) => {
    const { events, keptFrom } = await store.read(async (tx) => ({
      events: await contactHistory(tx, await getContact(tx, contact)),
      keptFrom: await tx.history.keptFrom(),
    }));
    return contactHistoryResult(events, {
      contact,
      keptFrom: keptFrom === 0 ? null : (await instants())(keptFrom),
    });
  },
});
