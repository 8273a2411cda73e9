import { removeFromSegment } from '../../../../segment/members.ts';
import { removeSelected } from '../../../../segment/selected-members.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import {
  decisionOptions,
  selectionArguments,
  selectionOptions,
  tryingOptions,
} from '../../../options/member-options.ts';
import { usage } from '../../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { changeMembers } from '../../../routines/member-change.ts';
import { changeSelected, isSelection } from '../../../routines/selected-change.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:remove',
  description:
    'Takes contacts out of a segment for good, members or not: a pin keeps them out, of a ' +
    'dynamic one whatever its ' +
    'filter says, of a static one whatever an import brings. By hand or by choice (--via ' +
    'manual or preference-center) ' +
    'it holds against campaigns, forms, points and programs too. Only segments:add, ' +
    'segments:unpin or the end of ' +
    '--until changes that. A pin that stands is left as it is, but for another --until. ' +
    'With --where or --from-segment nobody is named one by one: they leave a static segment, and ' +
    'may come back by anything.',
  arguments: selectionArguments,
  options: { ...selectionOptions, ...decisionOptions, ...tryingOptions, ...updateAfterOption },
  examples: [
    'rollcall segments:remove hot ann@example.org --reason "is a competitor" --db crm.db',
    'rollcall segments:remove hot ann@example.org --until 2026-09-01 --db crm.db',
    'cat unsubscribed.txt | rollcall segments:remove newsletter - --via form:unsubscribe --db crm.db',
    "rollcall segments:remove newsletter --where 'last_active_at before today - 2 years' --db crm.db",
  ],
  exitCodes: [EXIT.refused, EXIT.noInput, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, given, options) => {
    const isBulk = isSelection(given, options);
    if (options.until !== undefined && isBulk)
      throw usage(
        '`--until` is for contacts that are named',
        'with --where and --from-segment nobody is pinned out: leave it out',
      );
    return thenUpdate(context, options, async () =>
      isBulk
        ? changeSelected(context, given.segment, options, removeSelected)
        : changeMembers(context, given, options, removeFromSegment),
    );
  },
});
