import { viewFilter } from '../../../../segment/filters.ts';
import { getSegment } from '../../../../segment/lookup.ts';
import { defineCommand } from '../../../define-command.ts';
import { argument } from '../../../options/options.ts';
import { rows } from '../../../output/result.ts';
import { text } from '../../../options/values.ts';

export default defineCommand({
  name: 'segments:filters',
  description:
    'Shows the filter of a segment as the rows that segments:filters:add and ' +
    'segments:filters:remove work on, and as text.',
  arguments: { segment: argument('segment', 'an alias or id', text) },
  options: {},
  examples: ['rollcall segments:filters hot --db crm.db'],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store }, { segment: reference }) => {
    const { segment, view } = await store.read(async (tx) => {
      const found = await getSegment(tx, reference);
      return { segment: found, view: await viewFilter(tx, found) };
    });
    return rows({
      rows: view.rows,
      columns: [
        { key: 'row', kind: 'number', of: ({ row }) => row },
        { key: 'glue', fit: 'whole', of: ({ glue }) => glue },
        { key: 'condition', fit: 'wrap', of: ({ condition }) => condition },
      ],
      id: ({ row }) => row,
      empty:
        `segment ${segment.alias} has no filter: give it one with rollcall segments:filters:set ` +
        `${segment.alias} 'country = "FR"'`,
      footer: () =>
        `${segment.kind === 'static' ? 'sleeping filter' : 'filter'}: ${view.text ?? ''}`,
    });
  },
});
