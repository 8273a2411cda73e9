import { unpinFromSegment } from '../../../../segment/members.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { changeArguments } from '../../../options/member-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { changeMembers } from '../../../routines/member-change.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:unpin',
  description:
    'Takes pins away, so that the filter of a dynamic segment decides again at the next ' +
    'update, and imports and actions ' +
    'may put a removed contact in again. Until then members stay as they are.',
  arguments: changeArguments,
  options: updateAfterOption,
  examples: ['rollcall segments:unpin hot ann@example.org --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, given, { update }) =>
    thenUpdate(context, { update }, async () =>
      changeMembers(context, given, { via: 'manual', by: undefined }, unpinFromSegment),
    ),
});
