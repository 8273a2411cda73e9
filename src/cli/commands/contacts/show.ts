import { getContact } from '../../../contact/contact-refs.ts';
import { showContact } from '../../../contact/contact-view.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArgument } from '../../options/contact-options.ts';
import { viewData } from '../../views/contact/data.ts';
import { viewLines } from '../../views/contact/lines.ts';

export default defineCommand({
  name: 'contacts:show',
  description:
    'Shows all that is known of a contact: its values, company, tags, segments, suppressions ' +
    'and latest events.',
  arguments: { contact: contactArgument },
  options: {},
  examples: ['rollcall contacts:show ann@example.org --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store, instants }, { contact }) => {
    const view = await store.read(async (tx) => showContact(tx, await getContact(tx, contact)));
    return {
      kind: 'message',
      isAnswer: true,
      text: viewLines(view, await instants()),
      data: viewData(view),
    };
  },
});
