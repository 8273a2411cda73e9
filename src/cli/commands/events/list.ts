import { countEvents, listEvents } from '../../../contact/events.ts';
import { defineCommand } from '../../define-command.ts';
import { countResult } from '../../views/count.ts';
import { emptyList } from '../../views/empty-list.ts';
import { listFooter } from '../../views/list-footer.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { eventSelectionOptions } from '../../options/event-options.ts';
import { rows } from '../../output/result.ts';

export default defineCommand({
  name: 'events:list',
  description: 'Lists events in the order in which they were recorded.',
  arguments: {},
  options: {
    ...eventSelectionOptions,
    ...listOptions(),
  },
  examples: [
    'rollcall events:list --contact ann@example.org --type page.hit --db crm.db',
    'rollcall events:list --since 2026-03-01 --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, now, format }, _, { count, ...request }) => {
    requireListSense({ ...request, count }, format);
    if (count) return countResult('events', await countEvents(store, request, now));
    return rows({
      rows: await listEvents(store, request, now),
      columns: [
        { key: 'id', kind: 'number', of: (event) => event.id },
        { key: 'contact_id', kind: 'number', of: (event) => event.contactId },
        { key: 'type', fit: 'key', of: (event) => event.type },
        {
          key: 'occurred_at',
          kind: 'instant',
          importance: 'needed',
          of: (event) => event.occurredAt,
        },
        { key: 'subject', of: (event) => event.subject },
        { key: 'value', kind: 'number', of: (event) => event.value },
        { key: 'properties', kind: 'object', inTable: false, of: (event) => event.properties },
        { key: 'external_id', inTable: false, of: (event) => event.externalId },
      ],
      id: (event) => event.id,
      empty: emptyList('events', request),
      footer: listFooter(request, 'event'),
    });
  },
});
