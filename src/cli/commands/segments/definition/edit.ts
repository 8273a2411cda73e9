import { editSegment } from '../../../../segment/definition.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, value } from '../../../options/options.ts';
import { segmentOptions, updateOption } from '../../../options/segment-options.ts';
import { text } from '../../../options/values.ts';
import { defineSegment } from '../../../routines/segment-definition.ts';

export default defineCommand({
  name: 'segments:edit',
  description:
    'Changes what the options name and leaves the rest. An empty value clears. A segment ' +
    'keeps its type: see segments:convert.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    name: value('--name <name>', 'the name that people see', text),
    ...segmentOptions,
    ...updateOption,
  },
  examples: [
    'rollcall segments:edit hot --name "Very hot leads" --where \'points >= 80\' --update --db crm.db',
    'rollcall segments:edit hot --unpublished --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.noInput],
  store: 'open',
  lock: (options) => (options.update ? { kind: 'fail' } : undefined),
  result: 'message',
  run: async (context, { segment }, { name, update, ...given }) =>
    defineSegment(context, {
      given,
      mayClear: true,
      update,
      define: async (tx, options) =>
        editSegment(tx, await getSegment(tx, segment), { ...options, name }, actionIn(tx, context)),
      news: ({ alias, changed }) =>
        `${changed ? 'changed' : 'nothing to change in'} segment ${alias}`,
    }),
});
