import { addToSegment } from '../../../../segment/members.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { changeArguments, decisionOptions } from '../../../options/member-options.ts';
import { changeMembers } from '../../../routines/member-change.ts';

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
    'choice (--via manual or preference-center) alone: others are held out.',
  arguments: changeArguments,
  options: decisionOptions,
  examples: [
    'rollcall segments:add hot ann@example.org --reason "met at the fair" --db crm.db',
    "rollcall segments:add hot ann@example.org --until 'today + 30 days' --db crm.db",
    'cut -d, -f1 list.csv | rollcall segments:add newsletter - --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial],
  store: 'open',
  result: 'message',
  run: async (context, given, options) => changeMembers(context, given, options, addToSegment),
});
