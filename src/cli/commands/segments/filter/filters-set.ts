import { savingOf } from '../../../../segment/action.ts';
import { setFilter } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { EXIT } from '../../../../support/errors.ts';
import { actionIn } from '../../../context.ts';
import { defineCommand } from '../../../define-command.ts';
import { filterText } from '../../../routines/input.ts';
import { argument, optionalArgument, usage, value } from '../../../options/options.ts';
import { noteOption } from '../../../options/segment-options.ts';
import { text } from '../../../options/values.ts';
import { filterResult } from '../../../views/filter.ts';

const FILTER = 'the filter, or --where; - reads it from stdin, @FILE from a file';

export default defineCommand({
  name: 'segments:filters:set',
  description:
    'Replaces the whole filter of a segment. On a static segment it sleeps until the segment ' +
    'is converted.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    filter: optionalArgument('filter', FILTER, text),
  },
  options: {
    where: value('--where <filter>', 'the same, as segments:filters:add has it', text),
    ...noteOption,
  },
  examples: [
    "rollcall segments:filters:set hot 'points >= 80' --db crm.db",
    'rollcall segments:filters:set hot @hot.filter --db crm.db',
  ],
  exitCodes: [EXIT.refused, EXIT.noInput],
  store: 'open',
  result: 'message',
  run: async (context, { segment: reference, filter }, { where: other, note }) => {
    const where = await filterText(context, onlyOne(filter, other));
    return context.store.write(async (tx) => {
      const segment = await getSegment(tx, reference);
      const warnings = await setFilter(tx, segment, where, savingOf(actionIn(tx, context), note));
      return filterResult(tx, reference, warnings);
    });
  },
});

function onlyOne(filter: string | undefined, where: string | undefined): string {
  if (filter !== undefined && where !== undefined)
    throw usage('the filter is given twice', 'give it as an argument, or with --where');
  const given = filter ?? where;
  if (given !== undefined) return given;
  throw usage('the filter is missing', "give it behind the segment: 'points >= 80'");
}
