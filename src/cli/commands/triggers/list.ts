import { listTriggers } from '../../../segment/triggers/listing.ts';
import { defineCommand } from '../../define-command.ts';
import { pageOptions } from '../../options/values.ts';
import { rows } from '../../output/result.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';
import { triggerColumns } from '../../views/trigger-columns.ts';

export default defineCommand({
  name: 'triggers:list',
  description:
    'Lists triggers, and why those that fail do. With -v also through which channel they act and ' +
    'why, and who made them when.',
  arguments: {},
  options: pageOptions,
  examples: ['rollcall triggers:list --db crm.db', 'rollcall triggers:list -v --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, verbosity }, _, page) => {
    const found = await store.read(async (tx) => listTriggers(tx, page));
    return rows({
      rows: found,
      columns: triggerColumns(verbosity),
      id: ({ id }) => id,
      empty: emptyList('triggers', page, NONE),
      footer: listFooter(page, 'trigger'),
    });
  },
});

const NONE =
  'no triggers: make one with rollcall triggers:create fair --when form.submit --add leads';
