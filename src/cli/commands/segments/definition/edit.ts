import { editSegment } from '../../../../segment/definition.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { updateSegments } from '../../../../segment/update/run.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, flag, value } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { definedResult } from '../../../views/defined-segment.ts';
import { readSegmentOptions, segmentOptions } from '../../../options/segment-options.ts';

export default defineCommand({
  name: 'segments:edit',
  description:
    'Changes what the options name and leaves the rest. An empty value clears. A segment keeps its type: see segments:convert.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    name: value('--name <name>', 'the name that people see', text),
    ...segmentOptions,
    update: flag('--update', 'build it at once; else the next segments:update does'),
  },
  examples: [
    'rollcall segments:edit hot --name "Very hot leads" --where \'points >= 80\' --update --db crm.db',
    'rollcall segments:edit hot --unpublished --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.noInput],
  store: 'open',
  lock: (options) => (options.update ? { kind: 'fail' } : undefined),
  result: 'message',
  run: async (context, { segment: reference }, { name, update, ...options }) => {
    const read = await readSegmentOptions(context, options);
    const defined = await context.store.write(async (tx) =>
      editSegment(tx, await getSegment(tx, reference), { ...read, name }, context),
    );
    const report =
      update && defined.kind === 'dynamic'
        ? await updateSegments(context.store, {
            segments: [defined.alias],
            now: context.now,
            isClockRead: !context.isNowGiven,
          })
        : undefined;
    return definedResult(defined, `changed segment ${defined.alias}`, report);
  },
});
