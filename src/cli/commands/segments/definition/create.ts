import { createSegment } from '../../../../segment/definition.ts';
import { updateSegments } from '../../../../segment/update/run.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, flag } from '../../../options/options.ts';
import { text } from '../../../options/values.ts';
import { readSegmentOptions, segmentOptions } from '../../../options/segment-options.ts';
import { definedResult } from '../../../views/defined-segment.ts';

export default defineCommand({
  name: 'segments:create',
  description:
    'Makes a segment: a dynamic one with --where, which updates keep true, else a static one, which you fill yourself.',
  arguments: { name: argument('name', 'the name that people see', text) },
  options: {
    ...segmentOptions,
    update: flag('--update', 'build it at once; else the next segments:update does'),
  },
  examples: [
    'rollcall segments:create Newsletter --db crm.db',
    'rollcall segments:create "Hot leads" --alias hot --where \'points >= 50 and country in ("FR", "BE")\' --update --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.partial, EXIT.noInput],
  store: 'open',
  lock: (options) => (options.update ? { kind: 'fail' } : undefined),
  result: 'message',
  run: async (context, { name }, { update, ...options }) => {
    const read = await readSegmentOptions(context, options);
    const defined = await context.store.write(async (tx) =>
      createSegment(tx, { ...read, name }, context),
    );
    const report =
      update && defined.kind === 'dynamic'
        ? await updateSegments(context.store, {
            segments: [defined.alias],
            now: context.now,
            isClockRead: !context.isNowGiven,
          })
        : undefined;
    return definedResult(
      defined,
      `created ${defined.kind} segment ${defined.alias} (id ${defined.id})`,
      report,
    );
  },
});
