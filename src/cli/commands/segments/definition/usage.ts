import { getSegment } from '../../../../segment/lookup.ts';
import { usesOf } from '../../../../segment/uses.ts';
import { counted } from '../../../../support/text.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { rows } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:usage',
  description:
    'Lists what uses a segment: filters of other segments and triggers that name it, and a ' +
    'planned conversion. As long as a filter or trigger names it, it can be neither deleted nor ' +
    'unpublished: these prevent it.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:usage customers --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, { segment: reference }) => {
    const uses = await store.read(async (tx) => usesOf(tx, await getSegment(tx, reference)));
    return rows({
      rows: uses,
      columns: [
        { key: 'kind', fit: 'whole', of: ({ kind }) => kind },
        { key: 'name', fit: 'key', of: ({ name }) => name },
        { key: 'prevents_deleting', kind: 'boolean', of: ({ holds }) => holds },
      ],
      id: ({ name }) => name,
      empty: `nothing uses segment ${reference}`,
      footer: (count) => counted(count, 'use'),
    });
  },
});
