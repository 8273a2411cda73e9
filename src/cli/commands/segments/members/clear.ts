import { getSegment } from '../../../../segment/lookup.ts';
import { clearSegment } from '../../../../segment/members.ts';
import type { WriteTx } from '../../../../store/index.ts';
import { EXIT } from '../../../../support/errors.ts';
import { counted } from '../../../../support/text.ts';
import { actionIn, type StoreContext } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { tryingOptions } from '../../../options/member-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { text } from '../../../options/values.ts';
import type { MessageResult } from '../../../output/result.ts';
import { changeAndTell } from '../../../routines/data-change.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:clear',
  description:
    'Takes all members out of a static segment, after asking. That is no decision about any ' +
    'of them: imports and ' +
    'actions may put them in again. Who was removed before stays removed.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: { ...tryingOptions, ...updateAfterOption },
  examples: [
    'rollcall segments:clear newsletter --dry-run --db crm.db',
    'rollcall segments:clear newsletter --yes --db crm.db',
  ],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { segment }, options) =>
    thenUpdate(context, options, async () => clear(context, segment, options.dryRun)),
});

async function clear(
  context: StoreContext,
  reference: string,
  isDry: boolean,
): Promise<MessageResult> {
  const { store, confirm } = context;
  const { alias, kind, members } = await store.read(async (tx) => getSegment(tx, reference));
  if (kind === 'static' && members > 0 && !isDry)
    await confirm(`take all of its ${counted(members, 'member')} out of segment ${alias}?`);
  const work = async (tx: WriteTx): Promise<MessageResult> => {
    const left = await clearSegment(tx, await getSegment(tx, reference), actionIn(tx, context));
    return {
      kind: 'message',
      text: `${alias}: ${counted(left, 'member')} left`,
      data: { segment: alias, left },
    };
  };
  return changeAndTell(context, work, isDry);
}
