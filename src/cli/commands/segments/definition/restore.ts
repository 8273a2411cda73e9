import { restoreDeleted } from '../../../../segment/deleted.ts';
import { EXIT } from '../../../../support/errors.ts';
import { counted, grouped } from '../../../../support/text.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, value } from '../../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { text } from '../../../options/values.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:restore',
  description:
    'Brings a deleted segment back: a static one with those of its members who still exist, a ' +
    'dynamic one as it was, to be built by the next update, or at once with --update.',
  arguments: { segment: argument('segment', 'the id or alias of a deleted segment', text) },
  options: {
    alias: value('--alias <alias>', 'another alias, where another segment has taken it', text),
    ...updateAfterOption,
  },
  examples: ['rollcall segments:restore 12 --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference }, { alias: wanted, update }) =>
    thenUpdate(context, { update }, async () => {
      const { segment, gone, warnings } = await context.store.write(async (tx) =>
        restoreDeleted(tx, reference, wanted, actionIn(tx, context)),
      );
      const { id, alias, kind, members } = segment;
      const follows = kind === 'dynamic' && !update ? '; the next update builds it' : '';
      return {
        kind: 'message',
        text: `restored ${kind} segment ${alias} (id ${id}) with ${back(members, gone)}${follows}`,
        data: { id, alias, type: kind, members, gone },
        warnings,
      };
    }),
});

function back(members: number, gone: number): string {
  if (gone === 0) return counted(members, 'member');
  const missing = gone === 1 ? '1 is no contact' : `${grouped(gone)} are no contacts`;
  return `${grouped(members)} of ${counted(members + gone, 'member')}: ${missing} any more`;
}
