import { toQuery } from '../../../contact/events.ts';
import { keyField } from '../../../csv/key.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { eventSelectionOptions } from '../../options/event-options.ts';
import { exportOptions } from '../../options/export-options.ts';
import { value } from '../../options/options.ts';
import { text } from '../../options/values.ts';
import { runExport } from '../../routines/export.ts';
import { eventExporter } from '../../routines/exported-events.ts';

export default defineCommand({
  name: 'events:export',
  description:
    'Writes events as CSV, in the order in which they were recorded: all, or those of a type, ' +
    'of one contact or of many, since an instant. What it writes, events:import reads.',
  arguments: {},
  options: {
    ...eventSelectionOptions,
    key: value(
      '--key <field>',
      'the unique field that names contacts; id is for this store alone; default email',
      text,
    ),
    ...exportOptions,
  },
  examples: [
    'rollcall events:export --type purchase --since 2026-01-01 -o orders.csv --db crm.db',
    'rollcall events:export --segment hot --fields email,occurred_at,property.sku --db crm.db',
    'rollcall events:export --format ndjson --db crm.db | gzip > events.ndjson.gz',
  ],
  exitCodes: [EXIT.noInput, EXIT.locked],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { contact, type, since, key = 'email', ...options }) => {
    const { store, now } = context;
    const named = await store.read(async (tx) => ({
      query: await toQuery(tx, { contact, type, since }, now),
      key: keyField(await tx.fields.list(), 'contact', key),
    }));
    const isChosen = options.fields !== undefined;
    return runExport(context, options, eventExporter({ ...named, isChosen }));
  },
});
