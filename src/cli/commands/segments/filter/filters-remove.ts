import { removeCondition } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
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
  options: {},
  examples: ['rollcall segments:filters:remove hot 2 --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, row }) =>
    context.store.write(async (tx) => {
      await removeCondition(tx, await getSegment(tx, reference), row, context);
      return filterResult(tx, reference, []);
    }),
});
