import { listSegments } from '../../../segment/listing.ts';
import { counted } from '../../../support/text.ts';
import { defineCommand } from '../../define-command.ts';
import { value } from '../../options.ts';
import { rows } from '../../output/result.ts';
import { choice, pageOptions, text } from '../../values.ts';
import { segmentColumns } from './segment-columns.ts';

export default defineCommand({
  name: 'segments:list',
  description: 'Lists segments with their members, how many of them are anonymous, and what the last run changed.',
  arguments: {},
  options: {
    type: value('--type <type>', 'static or dynamic', choice(['static', 'dynamic'])),
    search: value('--search <words>', 'only those whose name or alias holds all these words', text),
    ...pageOptions,
  },
  examples: ['rollcall segments:list --db crm.db', 'rollcall segments:list --type dynamic --search leads --json --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, _, { type, search, limit, after }) =>
    rows({
      rows: await store.read(async (tx) => listSegments(tx, { kind: type, search, limit, after })),
      columns: segmentColumns,
      id: ({ segment }) => segment.id,
      empty: "no segments: make one with rollcall segments:create 'French leads' --where 'country = \"FR\"'",
      footer: (count) => counted(count, 'segment'),
    }),
});
