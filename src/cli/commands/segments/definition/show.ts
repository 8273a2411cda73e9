import { viewSegment } from '../../../../segment/listing.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { viewVersion } from '../../../../segment/versions.ts';
import { defineCommand } from '../../../define-command.ts';
import { expectChannel } from '../../../../contact/channels.ts';
import { argument, usage, value } from '../../../options/options.ts';
import { record } from '../../../output/result.ts';
import { positiveNumber, text } from '../../../options/values.ts';
import { segmentColumns, segmentDetails } from '../../../views/segment-columns.ts';
import { versionResult } from '../../../views/segment-version.ts';

export default defineCommand({
  name: 'segments:show',
  description:
    'Shows one segment: its options, filter, counts and who uses it. Of its members some are ' +
    'suppressed, others have no address for e-mail, the rest can be reached.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {
    version: value(
      '--version <number>',
      'how it was in that version (segments:versions lists them)',
      positiveNumber,
    ),
    reachable: value('--reachable <channel>', 'count for this channel; default email', text),
  },
  examples: [
    'rollcall segments:show hot --db crm.db',
    'rollcall segments:show hot --version 2 --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'record',
  run: async ({ store }, { segment: reference }, { version, reachable }) => {
    if (version !== undefined) {
      if (reachable !== undefined)
        throw usage('`--reachable` does not go with `--version`', 'a version has no members');
      return versionResult(
        await store.read(async (tx) => viewVersion(tx, await getSegment(tx, reference), version)),
      );
    }
    const channel = expectChannel(reachable ?? 'email');
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
