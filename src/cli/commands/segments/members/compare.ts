import { compareSegments } from '../../../../segment/compare.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, requiredValue, value } from '../../../options/options.ts';
import { commaList, positiveNumber, text } from '../../../options/values.ts';
import { comparisonResult } from '../../../views/comparison.ts';

const USUAL_VALUES = 10;

export default defineCommand({
  name: 'segments:compare',
  description:
    'Shows what sets the members of two segments apart: for each value of the fields, its share ' +
    'in both and the lift, how many times as large that of the first is. What fewer than ten ' +
    'have, or where a segment has fewer than ten members, says little: it is told and stands last.',
  arguments: {
    first: argument('segment', 'an alias or id', text),
    second: argument('other', 'the segment to compare it with', text),
  },
  options: {
    by: requiredValue('--by <fields>', 'fields of contacts, with commas between', commaList),
    limit: value('--limit <n>', 'at most so many values of each field; default 10', positiveNumber),
  },
  examples: ['rollcall segments:compare hot newsletter --by country,plan --db crm.db'],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, { first, second }, { by, limit = USUAL_VALUES }) => {
    const comparison = await store.read(async (tx) => compareSegments(tx, [first, second], by));
    return comparisonResult(comparison, { format, limit });
  },
});
