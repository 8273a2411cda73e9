import { untagContacts } from '../../../contact/tags.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArguments, tagOptions } from '../../options/contact-options.ts';
import { changeTags } from '../../routines/tag-change.ts';

export default defineCommand({
  name: 'contacts:untag',
  description: 'Takes tags off contacts. A contact that does not have one stays as it is.',
  arguments: contactArguments,
  options: tagOptions,
  examples: ['rollcall contacts:untag ann@example.org --tag vip --db crm.db'],
  exitCodes: [EXIT.partial],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { tag }) =>
    changeTags(context, contacts, tag, { did: 'taken off', key: 'removed', change: untagContacts }),
});
