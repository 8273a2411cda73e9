import { listContacts } from '../../contact/contact-list.ts';
import { readConditions } from '../../contact/where.ts';
import { chooseFields, exportContacts } from '../../csv/export.ts';
import type { FilterText } from '../../filter/index.ts';
import { getSegment } from '../../segment/lookup.ts';
import type { StoreContext } from '../context.ts';
import { emptyList } from '../views/empty-list.ts';
import { type GivenExport, textOptions } from '../options/export-options.ts';
import { type RawResult, type RowsResult, rows } from '../output/result.ts';
import { recordColumns } from '../views/record-columns.ts';

export interface ContactExport extends GivenExport {
  readonly where?: FilterText | undefined;
  /** Only its members. */
  readonly segment?: string | undefined;
}

/**
 * What `contacts:export` and `segments:export` write: CSV text as it will be, or rows for the other
 * formats.
 */
export async function exportedContacts(
  context: StoreContext,
  { where, segment, fields: asked, ...options }: ContactExport,
): Promise<RawResult | RowsResult> {
  const { store, now } = context;
  const asText = textOptions(context, options);
  const { condition, segmentId, columns } = await store.read(async (tx) => ({
    condition: await readConditions(tx, { where }, now),
    segmentId: segment === undefined ? undefined : (await getSegment(tx, segment)).id,
    columns: chooseFields(await tx.fields.list(), 'contact', asked).map(({ alias }) => alias),
  }));
  const warnings = condition?.warnings ?? [];
  if (asText !== undefined)
    return {
      kind: 'raw',
      chunks: exportContacts(store, {
        fields: columns,
        where: condition?.where,
        segmentId,
        ...asText,
      }),
      warnings,
    };
  const list = await listContacts(store, { columns, where, segmentId }, now);
  const empty = emptyList('contacts', { where, segment });
  return rows({
    rows: list.rows,
    columns: recordColumns(list.fields),
    id: ({ id }) => id,
    empty,
    warnings,
  });
}
