import { createSegment } from '../../../../segment/definition.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { segmentOptions, updateOption } from '../../../options/segment-options.ts';
import { text } from '../../../options/values.ts';
import { defineSegment } from '../../../routines/segment-definition.ts';

export default defineCommand({
  name: 'segments:create',
  description:
    'Makes a segment: a dynamic one with --where, which updates keep true, else a static one, ' +
    'which you fill yourself.',
  arguments: { name: argument('name', 'the name that people see', text) },
  options: {
    ...segmentOptions,
    ...updateOption,
  },
  examples: [
    'rollcall segments:create Newsletter --db crm.db',
    'rollcall segments:create "Hot leads" --alias hot --where \'points >= 50 and country in ' +
      '("FR", "BE")\' --update --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.noInput],
  store: 'open',
  lock: (options) => (options.update ? { kind: 'fail' } : undefined),
  result: 'message',
  run: async (context, { name }, { update, ...given }) =>
    defineSegment(context, {
      given,
      mayClear: false,
      update,
      define: async (tx, options) => createSegment(tx, { ...options, name }, actionIn(tx, context)),
      news: ({ kind, alias, id }) => `created ${kind} segment ${alias} (id ${id})`,
    }),
});
