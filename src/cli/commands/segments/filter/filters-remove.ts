import { savingOf } from '../../../../segment/action.ts';
import { removeCondition } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { positiveNumber, text } from '../../../options/values.ts';
import { filterResult } from '../../../views/filter.ts';

export default defineCommand({
  name: 'segments:filters:remove',
  description:
    'Removes a condition by the number that segments:filters shows. A dynamic segment keeps ' +
    'at least one.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    row: argument('row', 'the number of the condition', positiveNumber),
  },
  options: noteOption,
  examples: ['rollcall segments:filters:remove hot 2 --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, row }, { note }) =>
    context.store.write(async (tx) => {
      const segment = await getSegment(tx, reference);
      await removeCondition(tx, segment, row, savingOf(actionIn(tx, context), note));
      return filterResult(tx, reference, []);
    }),
});
