import { getSegment } from '../../../../segment/lookup.ts';
import { clearSegment } from '../../../../segment/members.ts';
import { changeData } from '../../../../segment/triggers/data-change.ts';
import { EXIT } from '../../../../support/errors.ts';
import { counted } from '../../../../support/text.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:clear',
  description:
    'Takes all members out of a static segment, after asking. That is no decision about any ' +
    'of them: imports and ' +
    'actions may put them in again. Who was removed before stays removed.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:clear newsletter --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference }) => {
    const { store, confirm } = context;
    const { alias, kind, members } = await store.read(async (tx) => getSegment(tx, reference));
    if (kind === 'static' && members > 0)
      await confirm(`take all of its ${counted(members, 'member')} out of segment ${alias}?`);
    const left = await changeData(store, context, async (tx) =>
      clearSegment(tx, await getSegment(tx, reference), context),
    );
    return {
      kind: 'message',
      text: `${alias}: ${counted(left, 'member')} left`,
      data: { segment: alias, left },
    };
  },
});
