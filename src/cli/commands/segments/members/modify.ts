import { modifySegments } from '../../../../segment/modify.ts';
import type { WriteTx } from '../../../../store/index.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { actionOptions, modifyOptions, tryingOptions } from '../../../options/member-options.ts';
import { restArguments, usage } from '../../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { text } from '../../../options/values.ts';
import type { MessageResult } from '../../../output/result.ts';
import { changeAndTell } from '../../../routines/data-change.ts';
import { contactsOf, readReferences } from '../../../routines/input.ts';
import { decisionOf } from '../../../routines/member-change.ts';
import { thenUpdate } from '../../../routines/update-after.ts';
import { modifiedResult } from '../../../views/member-change.ts';

export default defineCommand({
  name: 'segments:modify',
  description:
    'Puts contacts into several segments and takes them out of others, all of it or nothing: ' +
    'the one command of campaigns, forms and programs. Each segment is changed as segments:add ' +
    'and segments:remove do it, by the rights of the channel.',
  arguments: { contacts: restArguments('contact', 'the same as with --contact', text) },
  options: { ...modifyOptions, ...actionOptions, ...tryingOptions, ...updateAfterOption },
  examples: [
    'rollcall segments:modify --contact ann@example.org --add newsletter --remove hot --via api:crm --db crm.db',
    'cut -d, -f1 list.csv | rollcall segments:modify --contact - --add newsletter,hot --via manual --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { contacts }, { contact, add, remove, update, dryRun, ...given }) => {
    const modification = { add: add.flat(), remove: remove.flat() };
    const named = [...contact, ...contacts];
    if (named.length === 0)
      throw usage('no contact is named', 'name some with --contact; - reads them from stdin');
    if (modification.add.length + modification.remove.length === 0)
      throw usage('no segment is named', 'name some with --add a,b or --remove c');
    const decide = decisionOf(context, given);
    return thenUpdate(context, { update, dryRun }, async () => {
      const references = await readReferences(context, named);
      const work = async (tx: WriteTx): Promise<MessageResult> => {
        const found = await contactsOf(tx, references);
        return modifiedResult(await modifySegments(tx, found.ids, modification, decide(tx)), found);
      };
      return changeAndTell(context, work, dryRun);
    });
  },
});
