import { viewImport } from '../../../csv/imports.ts';
import { defineCommand } from '../../define-command.ts';
import { importArgument } from '../../options/import-options.ts';
import { record, rows } from '../../output/result.ts';
import { importDetails, importSegmentColumns } from '../../views/import-columns.ts';

export default defineCommand({
  name: 'imports:show',
  description:
    'Shows one import: its file with the hash, who imported it with which options, what came of ' +
    'its rows, and how many joined and left each segment by it and are still there. As csv, tsv, ' +
    'ndjson or ids it gives the segments alone.',
  arguments: { import: importArgument },
  options: {},
  examples: [
    'rollcall imports:show last --db crm.db',
    'rollcall imports:show 12 --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store, format }, { import: reference }) => {
    const { row, segments } = await store.read(async (tx) => viewImport(tx, reference));
    return record({
      row,
      columns: importDetails(format),
      id: ({ id }) => id,
      parts: [
        {
          key: 'segments',
          list: rows({
            rows: segments,
            columns: importSegmentColumns,
            id: ({ segmentId }) => segmentId,
            empty: 'no segments',
          }),
        },
      ],
    });
  },
});
