import { getSegment } from '../../../../segment/lookup.ts';
import { linesOfVersions } from '../../../../segment/versions.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { positiveNumber, text } from '../../../options/values.ts';
import { differenceResult } from '../../../views/difference.ts';

export default defineCommand({
  name: 'segments:diff',
  description:
    'Shows what is different between two versions of a segment, line by line, with the names that ' +
    'fields, tags and segments have today.',
  arguments: {
    segment: argument('segment', 'an alias or id', text),
    from: argument('from', 'the number of a version', positiveNumber),
    to: argument('to', 'the number of the version to compare it with', positiveNumber),
  },
  options: {},
  examples: ['rollcall segments:diff hot 1 3 --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'message',
  run: async ({ store }, { segment: reference, from, to }) => {
    const [before, after] = await store.read(async (tx) =>
      linesOfVersions(tx, await getSegment(tx, reference), [from, to]),
    );
    return differenceResult({ before, after, names: [`version ${from}`, `version ${to}`] });
  },
});
