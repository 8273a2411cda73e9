import { viewSegment } from '../../../../segment/listing.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { viewVersion } from '../../../../segment/versions.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument, value } from '../../../options/options.ts';
import { record } from '../../../output/result.ts';
import { positiveNumber, text } from '../../../options/values.ts';
import { segmentColumns, segmentDetails } from '../../../views/segment-columns.ts';
import { versionResult } from '../../../views/segment-version.ts';

export default defineCommand({
  name: 'segments:show',
  description: 'Shows one segment: its options, filter, counts and who uses it.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    version: value(
      '--version <number>',
      'how it was in that version (segments:versions lists them)',
      positiveNumber,
    ),
  },
  examples: [
    'rollcall segments:show hot --db crm.db',
    'rollcall segments:show hot --version 2 --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { segment: reference }, { version }) => {
    if (version !== undefined)
      return versionResult(
        await store.read(async (tx) => viewVersion(tx, await getSegment(tx, reference), version)),
      );
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
