import { deletableSegment, deleteSegment } from '../../../../segment/definition.ts';
import { KEPT_DELETED_DAYS } from '../../../../segment/deleted.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { counted } from '../../../../support/text.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:delete',
  description:
    'Deletes a segment with its members, pins and history. The contacts stay. Refused while ' +
    'another segment refers to it. For 90 days segments:restore can bring it back.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:delete hot --yes --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference }) => {
    const { store, confirm } = context;
    const { id, alias, members } = await store.read(async (tx) => deletableSegment(tx, reference));
    await confirm(
      `delete segment ${alias} with its ${counted(members, 'member')}, pins and history?`,
    );
    await store.write(async (tx) =>
      deleteSegment(tx, await getSegment(tx, reference), actionIn(tx, context)),
    );
    return {
      kind: 'message',
      text: `deleted segment ${alias}; ${stayingText(members)}`,
      data: { id, alias, members },
      notes: [`for ${KEPT_DELETED_DAYS} days it can be restored: rollcall segments:restore ${id}`],
    };
  },
});

function stayingText(members: number): string {
  if (members === 0) return 'it had no members';
  return `its ${counted(members, 'contact')} ${members === 1 ? 'is' : 'are'} still there`;
}
