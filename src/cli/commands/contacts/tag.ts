import { tagContacts } from '../../../contact/tags.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArguments, tagOptions } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { changeTags } from '../../routines/tag-change.ts';

export default defineCommand({
  name: 'contacts:tag',
  description:
    'Adds tags to contacts. Tags that do not exist yet are made; a contact that has one keeps it.',
  arguments: contactArguments,
  options: { ...tagOptions, ...updateAfterOption },
  examples: [
    'rollcall contacts:tag ann@example.org 12 --tag vip --tag lead --db crm.db',
    'rollcall contacts:list --search acme --format ids --db crm.db | rollcall contacts:tag - --tag acme --db crm.db',
  ],
  exitCodes: UPDATE_AFTER_EXITS,
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { tag, update }) =>
    thenUpdate(context, { update }, async () =>
      changeTags(context, contacts, tag, {
        did: 'added to',
        key: 'added',
        change: async (tx, ids, tags) => tagContacts(tx, ids, tags, tx.now),
      }),
    ),
});
