import { listTriggers } from '../../../segment/triggers/listing.ts';
import { defineCommand } from '../../define-command.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { rows } from '../../output/result.ts';
import { countResult } from '../../views/count.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';
import { sortedRows } from '../../views/sorted-rows.ts';
import { triggerColumns } from '../../views/trigger-columns.ts';

export default defineCommand({
  name: 'triggers:list',
  description:
    'Lists triggers, and why those that fail do. With -v also through which channel they act and ' +
    'why, and who made them when.',
  arguments: {},
  options: listOptions(),
  examples: ['rollcall triggers:list --db crm.db', 'rollcall triggers:list -v --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, verbosity, format }, _, { count, after, ...asked }) => {
    requireListSense({ ...asked, count, after }, format);
    const found = await store.read(async (tx) => listTriggers(tx, { after }));
    if (count) return countResult('triggers', found.length);
    const columns = triggerColumns(verbosity);
    return rows({
      rows: sortedRows(found, columns, asked),
      columns,
      id: ({ id }) => id,
      empty: emptyList('triggers', { after }, NONE),
      footer: listFooter(asked, 'trigger'),
    });
  },
});

const NONE =
  'no triggers: make one with rollcall triggers:create fair --when form.submit --add leads';
