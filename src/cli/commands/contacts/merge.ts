import { findMerger, mergeContacts } from '../../../segment/merge.ts';
import { defineCommand } from '../../define-command.ts';
import { argument, flag, restArguments } from '../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../options/update-after.ts';
import { text } from '../../options/values.ts';
import { thenUpdate } from '../../routines/update-after.ts';
import { mergeQuestion, mergeResult } from '../../views/merge-report.ts';
import { EXIT } from '../../../support/errors.ts';

export default defineCommand({
  name: 'contacts:merge',
  description:
    'Makes several contacts one, after asking: the first stays, the others are deleted. Its own ' +
    'values win, and empty ones are filled by the others in their order. Events, tags, members and ' +
    'history of static segments, decisions and suppressions become its own: a removal or a ' +
    'suppression of any of them holds. Dynamic segments decide at the next update.',
  arguments: {
    winner: argument('winner', 'the contact that stays, as contacts are named everywhere', text),
    losers: restArguments('loser', 'a contact that becomes part of it', text, {
      atLeastOne: true,
    }),
  },
  options: {
    dryRun: flag('--dry-run', 'tell field by field what would become of it, and do nothing'),
    ...updateAfterOption,
  },
  examples: [
    'rollcall contacts:merge ann@example.org ann.old@example.org --dry-run --db crm.db',
    'rollcall contacts:merge 12 57 803 --yes --update --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { winner, losers }, { dryRun: isDry, update }) =>
    thenUpdate(context, { update, dryRun: isDry }, async () => {
      const { store, by } = context;
      const merger = await store.read(async (tx) => findMerger(tx, winner, losers));
      const told = { isDry, follows: update, instant: await context.instants() };
      const planned = await mergeContacts(store, merger, { by, isDry: true });
      if (isDry) return mergeResult(planned, told);
      const { question, about } = mergeQuestion(planned);
      await context.confirm(question, about);
      const report = await mergeContacts(store, merger, { by, isDry: false });
      return mergeResult(report, told);
    }),
});
