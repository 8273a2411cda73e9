import { viewSegment } from '../../../../segment/listing.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { defineCommand } from '../../../define-command.ts';
import { expectChannel } from '../../../../contact/consent.ts';
import { argument, value } from '../../../options/options.ts';
import { record } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';
import { segmentColumns, segmentDetails } from '../../../views/segment-columns.ts';

export default defineCommand({
  name: 'segments:show',
  description:
    'Shows one segment: its options, filter, counts and who uses it. Of its members some are ' +
    'suppressed, others have no address for e-mail, the rest can be reached.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    reachable: value('--reachable <channel>', 'count for this channel; default email', text),
  },
  examples: ['rollcall segments:show hot --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { segment: reference }, { reachable = 'email' }) => {
    const channel = expectChannel(reachable);
    const view = await store.read(async (tx) =>
      viewSegment(tx, await getSegment(tx, reference), channel),
    );
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
