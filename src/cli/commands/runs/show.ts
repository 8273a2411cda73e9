import { viewRun } from '../../../segment/runs.ts';
import { defineCommand } from '../../define-command.ts';
import { argument } from '../../options/options.ts';
import { record, rows } from '../../output/result.ts';
import { pageOptions, text } from '../../options/values.ts';
import { runColumns, runSegmentColumns, runTriggerColumns } from '../../views/run-columns.ts';

export default defineCommand({
  name: 'runs:show',
  description:
    'Shows one run with how each of its segments fared, and why, and what triggers did in it, or ' +
    'why they failed. Its command is segments:update also where --update of another one asked for ' +
    'it. As csv, tsv, ndjson or ids it gives the segments alone; --limit and --after are for the ' +
    'segments.',
  arguments: { run: argument('run', 'its id, or last', text) },
  options: pageOptions,
  examples: ['rollcall runs:show last --db crm.db', 'rollcall runs:show 12 --json --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { run: reference }, page) => {
    // in JSON the list stands where the others have only how many there were
    const { run, segments, triggers } = await viewRun(store, reference, page);
    return record({
      row: run,
      columns: runColumns.map((column) => ({ ...column, inTable: true })),
      id: ({ id }) => id,
      parts: [
        {
          key: 'segments',
          list: rows({
            rows: segments,
            columns: runSegmentColumns,
            id: ({ segmentId }) => segmentId,
            empty: 'no segments',
          }),
        },
        {
          key: 'triggers',
          list: rows({
            rows: triggers,
            columns: runTriggerColumns,
            id: ({ name }) => name,
            empty: 'no trigger fired or failed',
          }),
        },
      ],
    });
  },
});
