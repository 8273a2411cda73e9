import { addToSegment } from '../../../../segment/members.ts';
import { addSelected } from '../../../../segment/selected-members.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import {
  decisionOptions,
  selectionArguments,
  selectionOptions,
  tryingOptions,
} from '../../../options/member-options.ts';
import { flag, usage } from '../../../options/options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { changeMembers } from '../../../routines/member-change.ts';
import { changeSelected, isSelection } from '../../../routines/selected-change.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:add',
  description:
    'Puts contacts into a segment for good: members of a static one, pinned in to a dynamic ' +
    'one, whatever its filter ' +
    'says. ' +
    'Only segments:remove, segments:clear, segments:unpin, a conversion or the end of --until ' +
    'changes that. A pin that ' +
    'stands is left as it is, but for another --until. Who was removed by hand or by choice ' +
    'comes back by hand or by ' +
    'choice (--via manual or preference-center) alone: others are held out. With --where or ' +
    '--from-segment nobody is named one by one: whoever was removed is held out.',
  arguments: selectionArguments,
  options: {
    ...selectionOptions,
    overrideRemovals: flag(
      '--override-removals',
      'with --where or --from-segment: put those in too who were removed, and forget the removals',
    ),
    ...decisionOptions,
    ...tryingOptions,
    ...updateAfterOption,
  },
  examples: [
    'rollcall segments:add hot ann@example.org --reason "met at the fair" --db crm.db',
    "rollcall segments:add hot ann@example.org --until 'today + 30 days' --db crm.db",
    'cut -d, -f1 list.csv | rollcall segments:add newsletter - --db crm.db',
    `rollcall segments:add newsletter --where 'country = "FR"' --reason "spring mail" --db crm.db`,
    'rollcall segments:add newsletter --from-segment hot --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.noInput, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, given, options) => {
    const isBulk = isSelection(given, options);
    if (options.overrideRemovals && !isBulk)
      throw usage(
        '`--override-removals` is for `--where` and `--from-segment` alone',
        'contacts that are named come back without it, by hand',
      );
    return thenUpdate(context, options, async () =>
      isBulk
        ? changeSelected(context, given.segment, options, addSelected)
        : changeMembers(context, given, options, addToSegment),
    );
  },
});
