import { addContact } from '../../../contact/contacts.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { optionalArgument, values } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { allowErasedOption, setOption } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { changeAndTell } from '../../routines/data-change.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { named, savedData } from '../../views/saved-contact.ts';

export default defineCommand({
  name: 'contacts:add',
  description:
    'Adds a contact. Without an e-mail address or a value in another unique field it is ' +
    'anonymous. Its company is made if there is none of this name.',
  arguments: { email: optionalArgument('email', 'the e-mail address', text) },
  options: {
    set: setOption,
    tag: values('--tag <tag>', 'a tag', text),
    allowErased: allowErasedOption,
    ...updateAfterOption,
  },
  examples: [
    'rollcall contacts:add ann@example.org --set first_name=Ann --set company=Acme --tag vip --db crm.db',
    'rollcall contacts:add --set city=Paris --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { email }, { set, tag, allowErased, update }) =>
    thenUpdate(context, { update }, async () =>
      changeAndTell(context, async (tx) => {
        const given = { email, assignments: set, tags: tag, allowErased };
        const saved = await addContact(tx, given, tx.now);
        return { kind: 'message', text: `added ${named(saved)}`, data: savedData(saved) };
      }),
    ),
});
