import { segmentHistory } from '../../../../segment/history.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { PERIOD_UNITS } from '../../../../segment/periods.ts';
import { EXIT } from '../../../../support/errors.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, value } from '../../../options/options.ts';
import { choice, text } from '../../../options/values.ts';
import { historyResult } from '../../../views/segment-history.ts';

export default defineCommand({
  name: 'segments:history',
  description:
    'Tells how many members a segment had at the end of each day, ISO week or month of the ' +
    "store's zone, and how many joined and left in it through what; the present one until now.",
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    by: value('--by <period>', 'day, week or month; default day', choice(PERIOD_UNITS)),
    since: value(
      '--since <instant>',
      'from the period that holds it; default from when anybody joined, as far as that is kept',
      text,
    ),
    until: value('--until <instant>', 'to the period that holds it; default now', text),
  },
  examples: [
    "rollcall segments:history hot --since '30 days ago' --db crm.db",
    'rollcall segments:history hot --by week --format csv -o hot-weeks.csv --db crm.db',
  ],
  exitCodes: [EXIT.refused],
  store: 'open',
  result: 'rows',
  run: async ({ store, now, format, isSeen }, { segment }, { by = 'day', ...ends }) => {
    const { periods, members } = await store.read(async (tx) => {
      const found = await getSegment(tx, segment);
      return {
        periods: await segmentHistory(tx, found, { by, ...ends }, now),
        members: ends.until === undefined ? found.members : undefined,
      };
    });
    return historyResult(periods, { segment, members, by, format, isSeen });
  },
});
