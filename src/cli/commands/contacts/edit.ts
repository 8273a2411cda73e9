import { getContact } from '../../../contact/contact-refs.ts';
import { editContact } from '../../../contact/contacts.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { allowErasedOption, contactArgument, setOption } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { changeAndTell } from '../../routines/data-change.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { named, savedData } from '../../views/saved-contact.ts';

export default defineCommand({
  name: 'contacts:edit',
  description:
    'Changes the values of a contact. An anonymous one that is given an e-mail address or a ' +
    'value in another unique field is identified from now on.',
  arguments: { contact: contactArgument },
  options: { set: setOption, allowErased: allowErasedOption, ...updateAfterOption },
  examples: [
    'rollcall contacts:edit ann@example.org --set city=Lyon --set phone=NULL --db crm.db',
    'rollcall contacts:edit 12 --set email=ann@example.com --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contact }, { set, allowErased, update }) =>
    thenUpdate(context, { update }, async () =>
      changeAndTell(context, async (tx) => {
        const id = await getContact(tx, contact);
        const saved = await editContact(tx, id, set, tx.now, allowErased);
        return {
          kind: 'message',
          text: saved.changed ? `changed ${named(saved)}` : `nothing to change in ${named(saved)}`,
          data: savedData(saved),
        };
      }),
    ),
});
