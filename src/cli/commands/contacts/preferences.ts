import { getContact } from '../../../contact/contact-refs.ts';
import { choose, type Chosen, type Offer, offersTo } from '../../../segment/preferences.ts';
import { EXIT } from '../../../support/errors.ts';
import { actionIn, type StoreContext } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { contactArgument } from '../../options/contact-options.ts';
import { usage, value } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { nameList } from '../../options/values.ts';
import type { MessageResult } from '../../output/result.ts';
import { changeAndTell } from '../../routines/data-change.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { preferencesResult } from '../../views/preferences.ts';

export default defineCommand({
  name: 'contacts:preferences',
  description:
    'Shows the segments that a contact may choose itself, under their public names, and which of ' +
    'them it is in: what a preference page shows. --set is the choice of the contact: it joins ' +
    'those and leaves all others that are offered, and what stays as it is is no decision.',
  arguments: { contact: contactArgument },
  options: {
    set: value(
      '--set <list>',
      'the segments that the contact chooses, by alias or public name, with commas between; a ' +
        "name that has one stands in double quotes, as in CSV; '' for none",
      nameList,
    ),
    ...updateAfterOption,
  },
  examples: [
    'rollcall contacts:preferences ann@example.org --json --db crm.db',
    'rollcall contacts:preferences ann@example.org --set newsletter --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contact }, { set, update }) => {
    if (update && set === undefined)
      throw usage('`--update` is for `--set` alone', 'without it nothing is changed: leave it out');
    return thenUpdate(context, { update }, async () => preferences(context, contact, set));
  },
});

/** Stores the choice, if there is one, and tells what is so then. */
async function preferences(
  context: StoreContext,
  reference: string,
  set: readonly string[] | undefined,
): Promise<MessageResult> {
  const { store, now } = context;
  if (set === undefined)
    return store.read(async (tx) => {
      const id = await getContact(tx, reference);
      return preferencesResult({ id, reference }, await offersTo(tx, id, now));
    });
  return changeAndTell(context, async (tx) => {
    const id = await getContact(tx, reference);
    const chosen: Chosen = await choose(tx, id, set, actionIn(tx, context));
    const offers: readonly Offer[] = await offersTo(tx, id, tx.now);
    return preferencesResult({ id, reference }, offers, chosen);
  });
}
