import { savingOf } from '../../../../segment/action.ts';
import { setFilter } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { filterText } from '../../../routines/input.ts';
import { argument } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { text } from '../../../options/values.ts';
import { filterResult } from '../../../views/filter.ts';

export default defineCommand({
  name: 'segments:filters:set',
  description:
    'Replaces the whole filter of a segment. On a static segment it sleeps until the segment ' +
    'is converted.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    filter: argument('filter', 'the filter; - reads it from stdin, @FILE from a file', text),
  },
  options: noteOption,
  examples: [
    "rollcall segments:filters:set hot 'points >= 80' --db crm.db",
    'rollcall segments:filters:set hot @hot.filter --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, filter }, { note }) => {
    const where = await filterText(context, filter);
    return context.store.write(async (tx) => {
      const segment = await getSegment(tx, reference);
      const warnings = await setFilter(tx, segment, where, savingOf(actionIn(tx, context), note));
      return filterResult(tx, reference, warnings);
    });
  },
});
