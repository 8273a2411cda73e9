import { listContacts } from '../../contact/contact-list.ts';
import { chooseFields, exportContacts } from '../../csv/export.ts';
import type { RecordRow } from '../../store/index.ts';
import { recordColumns } from '../views/record-columns.ts';
import type { Exporter } from './export.ts';

/** What `contacts:export` and `segments:export` write. */
export const contactExporter: Exporter<RecordRow> = {
  things: 'contacts',
  columns: async (tx, fields) =>
    chooseFields(await tx.fields.list(), 'contact', fields).map(({ alias }) => alias),
  text: exportContacts,
  list: async ({ store, now }, { segmentId, texts }, columns) => {
    const { rows, fields } = await listContacts(store, { ...texts, segmentId, columns }, now);
    return { rows, fields, columns: recordColumns(fields) };
  },
  id: ({ id }) => id,
  empty: 'no contacts',
};
