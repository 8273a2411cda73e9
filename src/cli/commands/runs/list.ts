import { eachRun } from '../../../segment/runs.ts';
import { defineCommand } from '../../define-command.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { countResult } from '../../views/count.ts';
import { rows } from '../../output/result.ts';
import { listFooter } from '../../views/list-footer.ts';
import { runColumns } from '../../views/run-columns.ts';

export default defineCommand({
  name: 'runs:list',
  description:
    'Lists the runs of segments:update that are kept (settings:set keep-runs), newest first; ' +
    '--after a run come older ones. Status: ok, all went well; partial, not all of it; ' +
    'running, at work now; interrupted, it died, and what it had not finished is for the next run.',
  arguments: {},
  options: listOptions(),
  examples: ['rollcall runs:list --limit 10 --db crm.db', 'rollcall runs:list --json --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { count, ...page }) => {
    requireListSense({ ...page, count }, format);
    if (count) return countResult('runs', await store.read(async (tx) => tx.runs.count({})));
    return rows({
      rows: eachRun(store, page),
      columns: runColumns,
      id: (run) => run.id,
      empty:
        page.after === undefined
          ? 'no runs yet: make the first with rollcall segments:update'
          : `no runs before ${page.after}`,
      footer: listFooter(page, 'run'),
    });
  },
});
