import { type Restored, restoreDeleted } from '../../../../segment/deleted.ts';
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
      const { segment, warnings, ...back } = await context.store.write(async (tx) =>
        restoreDeleted(tx, reference, wanted, actionIn(tx, context)),
      );
      const { id, alias, kind, members } = segment;
      const follows = kind === 'dynamic' && !update ? '; the next update builds it' : '';
      return {
        kind: 'message',
        text: `restored ${kind} segment ${alias} (id ${id}) with ${backInWords(members, back)}${follows}`,
        data: { id, alias, type: kind, members, ...notBackData(back) },
        warnings,
      };
    }),
});

type Back = Pick<Restored, 'before' | 'notBack'>;

function backInWords(members: number, { before, notBack }: Back): string {
  const { deleted, merged, takenOut } = notBack;
  const reasons = [
    ...told(deleted, 'is no contact any more', 'are no contacts any more'),
    ...told(merged, 'is part of another contact', 'are part of other contacts'),
    ...told(takenOut, 'was taken out meanwhile', 'were taken out meanwhile'),
  ];
  const now = counted(members, 'member');
  return reasons.length === 0
    ? now
    : `${now}; of the ${grouped(before)} before, ${reasons.join(', ')}`;
}

function told(count: number, one: string, several: string): string[] {
  return count === 0 ? [] : [`${grouped(count)} ${count === 1 ? one : several}`];
}

/** `gone` are those who are no contacts, merged ones too. */
function notBackData({ notBack: { deleted, merged, takenOut } }: Back): Record<string, number> {
  return { gone: deleted + merged, merged, taken_out: takenOut };
}
