import { getSegment } from '../../../../segment/lookup.ts';
import { listVersions } from '../../../../segment/versions.ts';
import { counted } from '../../../../support/text.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { rows } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:versions',
  description:
    'Lists every definition that a segment had, the latest first: when and by whom it was saved, ' +
    'what it changed, and why.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:versions hot --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, { segment: reference }) => {
    const versions = await store.read(async (tx) =>
      listVersions(tx, await getSegment(tx, reference)),
    );
    return rows({
      rows: versions,
      columns: [
        { key: 'version', kind: 'number', fit: 'key', of: ({ version }) => version },
        { key: 'saved_at', kind: 'instant', importance: 'needed', of: ({ savedAt }) => savedAt },
        { key: 'by', of: ({ by }) => by },
        { key: 'changed', kind: 'list', of: ({ changed }) => changed },
        { key: 'note', fit: 'wrap', of: ({ note }) => note },
      ],
      id: ({ version }) => version,
      empty: `segment ${reference} has no versions`,
      footer: (count) => counted(count, 'version'),
    });
  },
});
