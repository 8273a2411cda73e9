import { listFields } from '../../../contact/fields.ts';
import { defineCommand } from '../../define-command.ts';
import { listOptions, requireListSense } from '../../options/list-options.ts';
import { value } from '../../options/options.ts';
import { rows } from '../../output/result.ts';
import { listFooter } from '../../views/list-footer.ts';
import { choice } from '../../options/values.ts';
import { countResult } from '../../views/count.ts';
import { fieldColumns } from '../../views/field-columns.ts';
import { sortedRows } from '../../views/sorted-rows.ts';

export default defineCommand({
  name: 'fields:list',
  description:
    'Lists the fields of contacts and companies: standard ones, those that the store keeps by ' +
    'itself, and your own.',
  arguments: {},
  options: {
    object: value(
      '--object <object>',
      'only those of contact or company',
      choice(['contact', 'company']),
    ),
    origin: value(
      '--origin <origin>',
      'only standard, kept or custom ones',
      choice(['standard', 'kept', 'custom']),
    ),
    ...listOptions(),
  },
  examples: [
    'rollcall fields:list --object company --db crm.db',
    'rollcall fields:list --origin custom --json --db crm.db',
  ],
  exitCodes: [],
  store: 'open',
  result: 'rows',
  run: async ({ store, format }, _, { count, sort, desc, limit, ...query }) => {
    requireListSense({ ...query, count, sort, desc, limit }, format);
    const found = await store.read(async (tx) => listFields(tx, query));
    if (count) return countResult('fields', found.length);
    return rows({
      rows: sortedRows(found, fieldColumns, { sort, desc, limit }),
      columns: fieldColumns,
      id: (field) => field.id,
      empty:
        'no such fields: make one with rollcall fields:create plan --type select --options ' +
        'free,pro,team',
      footer: listFooter({ limit }, 'field'),
    });
  },
});
