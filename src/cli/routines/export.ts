import type { SelectedContacts } from '../../contact/selected-ids.ts';
import { readConditions } from '../../contact/where.ts';
import type { ExportOptions, TextOptions } from '../../csv/export.ts';
import type { FilterText } from '../../filter/index.ts';
import { getSegment } from '../../segment/lookup.ts';
import { defineSelection } from '../../segment/selection-definition.ts';
import type { FieldRow, ReadTx, Store } from '../../store/index.ts';
import { formatInstant } from '../../support/instant.ts';
import type { StoreContext } from '../context.ts';
import { type GivenExport, textOptions } from '../options/export-options.ts';
import { usage } from '../options/options.ts';
import { isJson } from '../output/formats.ts';
import { type Column, type RawResult, type RowsResult, rows } from '../output/result.ts';
import { importableColumns } from '../views/importable-columns.ts';
import { filterText } from './input.ts';
import {
  type About,
  counting,
  countRows,
  manifestFor,
  requireRoomForManifest,
  type RowCounter,
} from './manifest.ts';

/** Which contacts the export is about: as texts, and as the store finds them. */
export interface Selected extends SelectedContacts {
  readonly where: ExportOptions['where'];
  readonly texts: {
    readonly where: FilterText | undefined;
    readonly search: string | undefined;
  };
}

interface ExportedList<Row> {
  readonly rows: AsyncIterable<Row>;
  readonly columns: readonly Column<Row>[];
  /** Those that the columns are named after. */
  readonly fields?: readonly FieldRow[];
}

/** Says something that shows only as rows are written. */
export type Warn = (warning: string) => void;

/** What one command exports. */
export interface Exporter<Row> {
  /** What it calls its rows: `contacts`. */
  readonly things: string;
  /** The names of its columns. `UserError` (2): the user names one that is unknown. */
  readonly columns: (
    tx: ReadTx,
    fields: readonly string[] | undefined,
    selected: SelectedContacts,
  ) => Promise<readonly string[]>;
  /** Whether its rows are fewer for other reasons than those of their contacts. */
  readonly isNarrowed?: boolean;
  /** What else says which rows they are, for the manifest. */
  readonly definition?: Readonly<Record<string, string | number>>;
  /** As the text of a CSV file. */
  readonly text: (store: Store, options: ExportOptions, warn: Warn) => AsyncGenerator<string>;
  /** For the other formats. */
  readonly list: (
    context: StoreContext,
    selected: Selected,
    columns: readonly string[],
    warn: Warn,
  ) => Promise<ExportedList<Row>>;
  readonly id: (row: Row) => string | number;
  /** What people read where there is nothing. */
  readonly empty: string;
}

/**
 * What an export writes: CSV text as it will be, or rows for the other formats, and the manifest if
 * there is to be one.
 */
export async function runExport<Row>(
  context: StoreContext,
  given: GivenExport,
  exporter: Exporter<Row>,
): Promise<RawResult | RowsResult> {
  const dialect = textOptions(context, given);
  if (given.localTime && context.format === 'ids')
    throw usage('`--local-time` does not go with --format ids', 'ids have no instants');
  if (given.manifest !== undefined) await requireRoomForManifest(context, given.manifest, given);
  const { warnings, about, ...asked } = await prepare(context, given, exporter);
  const instant = given.localTime ? await context.instants() : formatInstant;
  const counter = { rows: 0 };
  const warn = (warning: string): void => {
    warnings.push(warning);
  };
  const found =
    dialect === undefined
      ? { ...(await rowsOf(context, exporter, { ...asked, warn }, counter)), instant }
      : {
          ...textOf(
            context,
            exporter,
            { ...asked, warn },
            { ...dialect, instant, ...counting(counter) },
          ),
          rows: () => counter.rows,
        };
  return { ...found, warnings, beside: manifestFor(given.manifest, about, counter) };
}

function textOf<Row>(
  { store }: StoreContext,
  exporter: Exporter<Row>,
  { columns, selected: { where, segmentId }, warn }: Asked & { readonly warn: Warn },
  options: TextOptions,
): RawResult {
  const chunks = exporter.text(store, { where, segmentId, fields: columns, ...options }, warn);
  return { kind: 'raw', chunks };
}

async function rowsOf<Row>(
  context: StoreContext,
  exporter: Exporter<Row>,
  { columns, selected, isNarrowed, warn }: Asked & { readonly warn: Warn },
  counter: RowCounter,
): Promise<RowsResult> {
  const list = await exporter.list(context, selected, columns, warn);
  return rows({
    rows: countRows(list.rows, counter),
    columns: isJson(context.format) ? importableColumns(list.columns, list.fields) : list.columns,
    id: exporter.id,
    empty: isNarrowed ? `no ${exporter.things} match` : exporter.empty,
  });
}

/** What is to be exported. */
interface Asked {
  readonly columns: readonly string[];
  readonly selected: Selected;
  readonly isNarrowed: boolean;
}

interface Prepared extends Asked {
  readonly warnings: string[];
  readonly about: About | undefined;
}

/** What the store has to say ahead of the rows. */
async function prepare<Row>(
  context: StoreContext,
  given: GivenExport,
  { things, columns: columnsOf, definition = {}, isNarrowed = false }: Exporter<Row>,
): Promise<Prepared> {
  const { search, segment, manifest } = given;
  const where = given.where === undefined ? undefined : await filterText(context, given.where);
  const { store, now, format } = context;
  return store.read(async (tx) => {
    const condition = await readConditions(tx, { where, search }, now);
    const segmentId = segment === undefined ? undefined : (await getSegment(tx, segment)).id;
    const columns = await columnsOf(tx, given.fields, { where: condition?.where, segmentId });
    const about = async (): Promise<About> => ({
      format,
      clock: formatInstant(now),
      definition: {
        export: things,
        columns,
        ...definition,
        ...(await defineSelection(tx, { where, search, segment })),
      },
    });
    return {
      columns,
      selected: { where: condition?.where, segmentId, texts: { where, search } },
      isNarrowed: isNarrowed || condition !== undefined || segmentId !== undefined,
      warnings: [...(condition?.warnings ?? [])],
      about: manifest === undefined ? undefined : await about(),
    };
  });
}
