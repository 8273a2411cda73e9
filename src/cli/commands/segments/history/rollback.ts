import { getSegment } from '../../../../segment/lookup.ts';
import { rollBack } from '../../../../segment/versions.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { UPDATE_AFTER_EXITS, updateAfterOption } from '../../../options/update-after.ts';
import { positiveNumber, text } from '../../../options/values.ts';
import { thenUpdate } from '../../../routines/update-after.ts';

export default defineCommand({
  name: 'segments:rollback',
  description:
    'Gives a segment the name, filter and options of a version again, and saves that as a new ' +
    'version. Its alias stays. Members follow at the next update, or at once with --update.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    version: argument('version', 'the number of the version', positiveNumber),
  },
  options: { ...noteOption, ...updateAfterOption },
  examples: ['rollcall segments:rollback hot 2 --note "the wrong countries" --db crm.db'],
  exitCodes: [EXIT.refused, ...UPDATE_AFTER_EXITS],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, version }, { note, update }) =>
    thenUpdate(context, { update }, async () => {
      const { alias, changed, warnings } = await context.store.write(async (tx) =>
        rollBack(tx, await getSegment(tx, reference), version, actionIn(tx, context), note),
      );
      const news =
        changed.length === 0
          ? `segment ${alias} is as in version ${version} already`
          : `segment ${alias} is as in version ${version} again: ${changed.join(', ')} changed`;
      return { kind: 'message', text: news, data: { alias, version, changed }, warnings };
    }),
});
