import { untagContacts } from '../../../contact/tags.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArguments, tagOptions } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { changeTags } from '../../routines/tag-change.ts';

export default defineCommand({
  name: 'contacts:untag',
  description: 'Takes tags off contacts. A contact that does not have one stays as it is.',
  arguments: contactArguments,
  options: { ...tagOptions, ...updateAfterOption },
  examples: ['rollcall contacts:untag ann@example.org --tag vip --db crm.db'],
  exitCodes: UPDATE_AFTER_EXITS,
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { tag, update }) =>
    thenUpdate(context, { update }, async () =>
      changeTags(context, contacts, tag, {
        did: 'taken off',
        key: 'removed',
        change: untagContacts,
      }),
    ),
});
