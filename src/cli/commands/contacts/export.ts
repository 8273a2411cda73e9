import { listContacts } from '../../../contact/contact-list.ts';
import { readConditions } from '../../../contact/where.ts';
import { chooseFields, exportContacts } from '../../../csv/export.ts';
import { getSegment } from '../../../segment/lookup.ts';
import { EXIT } from '../../../support/errors.ts';
import { defineCommand } from '../../define-command.ts';
import { exportOptions, textOptions } from '../../export-command.ts';
import { filterText } from '../../input.ts';
import { value } from '../../options.ts';
import { rows } from '../../output/result.ts';
import { recordColumns } from '../../record-columns.ts';
import { text } from '../../values.ts';

export default defineCommand({
  name: 'contacts:export',
  description: 'Writes contacts as CSV, by id: all, those whom a filter matches, or the members of a segment. What it writes, contacts:import reads.',
  arguments: {},
  options: {
    where: value('--where <filter>', 'only those whom the filter matches; - reads it from stdin, @FILE from a file', text),
    segment: value('--segment <segment>', 'only the members of this segment, by alias or id', text),
    ...exportOptions,
  },
  examples: ["rollcall contacts:export --where 'country = \"FR\"' --fields email,first_name,plan -o french.csv --db crm.db", 'rollcall contacts:export --segment hot --db crm.db'],
  exitCodes: [EXIT.noInput],
  store: 'open',
  result: 'rows',
  defaultFormat: 'csv',
  run: async (context, _, { where: given, segment, fields: asked, ...options }) => {
    const { store, now, format } = context;
    const where = given === undefined ? undefined : await filterText(context, given);
    const asText = textOptions(format, options);
    const { condition, segmentId, columns } = await store.read(async (tx) => ({
      condition: await readConditions(tx, { where }, now),
      segmentId: segment === undefined ? undefined : (await getSegment(tx, segment)).id,
      columns: chooseFields(await tx.fields.list(), 'contact', asked).map(({ alias }) => alias),
    }));
    const warnings = condition?.warnings ?? [];
    if (asText !== undefined) return { kind: 'raw', chunks: exportContacts(store, { fields: columns, where: condition?.where, segmentId, ...asText }), warnings };
    const list = await listContacts(store, { columns, where, segmentId }, now);
    return rows({ rows: list.rows, columns: recordColumns(list.fields), id: ({ id }) => id, empty: 'no contacts', warnings });
  },
});
