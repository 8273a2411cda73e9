import { removeFromSegment } from '../../../../segment/members.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { changeArguments, decisionOptions } from '../../../options/member-options.ts';
import { changeMembers } from '../../../routines/member-change.ts';

export default defineCommand({
  name: 'segments:remove',
  description:
    'Takes contacts out of a segment for good, members or not: a pin keeps them out, of a ' +
    'dynamic one whatever its ' +
    'filter says, of a static one whatever an import brings. By hand or by choice (--via ' +
    'manual or preference-center) ' +
    'it holds against campaigns, forms, points and programs too. Only segments:add, ' +
    'segments:unpin or the end of ' +
    '--until changes that. A pin that stands is left as it is, but for another --until.',
  arguments: changeArguments,
  options: decisionOptions,
  examples: [
    'rollcall segments:remove hot ann@example.org --reason "is a competitor" --db crm.db',
    'rollcall segments:remove hot ann@example.org --until 2026-09-01 --db crm.db',
    'cat unsubscribed.txt | rollcall segments:remove newsletter - --via form:unsubscribe --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial],
  store: 'open',
  result: 'message',
  run: async (context, given, options) => changeMembers(context, given, options, removeFromSegment),
});
