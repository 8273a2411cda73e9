import { countUnkept } from '../../../contact/consent.ts';
import { namedContacts } from '../../../contact/named-contacts.ts';
import { deleteContacts } from '../../../contact/contacts.ts';
import { EXIT } from '../../../support/errors.ts';
import { counted } from '../../../support/text.ts';
import { actionIn } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { contactsOf, readReferences } from '../../routines/input.ts';
import { contactArguments } from '../../options/contact-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { contactsInShort, MOST_NAMED } from '../../views/in-short.ts';

export default defineCommand({
  name: 'contacts:delete',
  description: 'Deletes contacts with their events, tags, pins, memberships and history.',
  arguments: contactArguments,
  options: updateAfterOption,
  examples: [
    'rollcall contacts:delete ann@example.org 12 --yes --db crm.db',
    "rollcall contacts:list --where 'email is empty' --format ids --db crm.db | rollcall " +
      'contacts:delete - --yes --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { update }) =>
    thenUpdate(context, { update }, async () => {
      const references = await readReferences(context, contacts);
      const { ids, unknown, warnings, unkept, named } = await context.store.read(async (tx) => {
        const found = await contactsOf(tx, references);
        const first = found.ids.slice(0, MOST_NAMED);
        return {
          ...found,
          unkept: await countUnkept(tx, found.ids),
          named: await namedContacts(tx, first),
        };
      });
      const them = ids.length === 1 ? 'it' : 'them';
      if (ids.length > 0)
        await context.confirm(
          `delete ${contactsInShort(named, ids.length)} with all that is known of ${them}?`,
          unkept === 0 ? [] : [forgotten(unkept, 'would be')],
        );
      const deleted = await context.store.write(async (tx) =>
        deleteContacts(tx, ids, actionIn(tx, context)),
      );
      return {
        kind: 'message',
        text: `deleted ${counted(deleted, 'contact')}`,
        data: { deleted, unknown },
        warnings: unkept === 0 ? warnings : [...warnings, forgotten(unkept, 'is')],
        exit: unknown > 0 ? EXIT.partial : EXIT.done,
      };
    }),
});

/** A suppression outlives its contact by the unique values alone. */
function forgotten(contacts: number, verb: string): string {
  const who = `${counted(contacts, 'contact')} without an e-mail address or another unique value`;
  return `that ${who} must not be reached ${verb} forgotten`;
}
