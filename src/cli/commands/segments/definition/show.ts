import { viewSegment } from '../../../../segment/listing.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { record } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';
import { segmentColumns, segmentDetails } from '../../../views/segment-columns.ts';

export default defineCommand({
  name: 'segments:show',
  description: 'Shows one segment: its options, filter, counts and who uses it.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:show hot --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { segment: reference }) => {
    const view = await store.read(async (tx) => viewSegment(tx, await getSegment(tx, reference)));
    return record({
      row: view,
      columns: [
        ...segmentColumns.map((column) => ({ ...column, inTable: true })),
        ...segmentDetails,
      ],
      id: ({ segment }) => segment.id,
    });
  },
});
