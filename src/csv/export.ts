import {
  CONSENT_FIELDS,
  findConsentField,
  suppressionPages,
  wishColumn,
} from '../contact/consent.ts';
import { getField } from '../contact/fields.ts';
import { type SelectedContacts, selectedIds } from '../contact/selected-ids.ts';
import type { FieldRow, FieldType, ReadTx, RecordKind, Store, Value } from '../store/index.ts';
import { type FeedPage, readFeedIn } from '../segment/feed.ts';
import { pagesByKey } from '../support/by-key.ts';
import { formatInstant } from '../support/instant.ts';
import type { WriteInstant } from '../support/local-instant.ts';
import type { TextSink } from '../support/output-file.ts';
import { parseDelimiter } from './dialect.ts';
import { linesWriter } from './line.ts';
import { pumped } from './pump.ts';
import { type CellStyle, fieldColumn, valueColumn } from './value-columns.ts';
import { type ValueColumn, valueLines } from './value-lines.ts';

/** More at once take longer: they outlive the garbage collector's first round. */
const PAGE_ROWS = 500;

/** Fields that repeat other fields or that another store would compute itself. */
const NOT_BY_DEFAULT = new Set(['email_domain']);

/** How the text of an export is written. Defaults are in brackets. */
export interface TextOptions {
  /** One character, or `tab` [`,`]. */
  readonly delimiter?: string | undefined;
  /** Begin with a byte order mark, which shows Excel that the file is UTF-8. */
  readonly bom?: boolean | undefined;
  /** End lines with CRLF instead of LF. */
  readonly crlf?: boolean | undefined;
  /** Write cells that a spreadsheet would run without a `'` before them. */
  readonly raw?: boolean | undefined;
  /**
   * Replaces characters in a cell's text that would control a terminal [leaves the text as it is].
   */
  readonly shown?: ((text: string) => string) | undefined;
  /** Writes instants [in UTC]. */
  readonly instant?: WriteInstant | undefined;
  /** Is given the transaction of which all rows are read, before the first of them. */
  readonly onSnapshot?: ((tx: ReadTx) => Promise<void>) | undefined;
  /** Is told of each page how many rows it has. */
  readonly onRows?: ((count: number) => void) | undefined;
}

/** What to export and how to write it; of companies, those of the selected contacts. */
export interface ExportOptions extends TextOptions, SelectedContacts {
  /** Aliases, in the order of the columns [all fields]. */
  readonly fields?: readonly string[] | undefined;
}

/**
 * The contacts as CSV text, in order of id, from one snapshot. The export ends when the caller
 * stops iterating. `UserError` (2): an unknown field, a wrong delimiter.
 */
export function exportContacts(store: Store, options: ExportOptions): AsyncGenerator<string> {
  return exported(store, options, async (tx, style) => {
    const fields = chooseFields(await tx.fields.list(), 'contact', options.fields);
    const { where, segmentId } = options;
    const aliases = fields.map(({ alias }) => alias);
    const pages = pagesByKey({
      read: async (after, limit) => tx.contacts.tuples({ where, segmentId, after, limit }, aliases),
      keyOf: ([id]) => id,
      size: PAGE_ROWS,
    });
    return { columns: columnsOf(fields, style), pages };
  });
}

/** The companies as CSV text; see `exportContacts`. */
export function exportCompanies(store: Store, options: ExportOptions): AsyncGenerator<string> {
  return exported(store, options, async (tx, style) => {
    const fields = chooseFields(await tx.fields.list(), 'company', options.fields);
    const ids = await selectedIds(tx, options, 'companies');
    const aliases = fields.map(({ alias }) => alias);
    const pages = pagesByKey({
      read: async (after, limit) => tx.companies.tuples({ after, limit }, aliases),
      keyOf: ([id]) => id,
      size: PAGE_ROWS,
    });
    return { columns: columnsOf(fields, style), pages: amongIds(pages, ids) };
  });
}

/** The columns of a file of suppressions of this unique field, and the types of their values. */
export function suppressionFileColumns({
  alias,
  type,
}: Pick<FieldRow, 'alias' | 'type'>): readonly (readonly [string, FieldType])[] {
  return [
    [wishColumn(alias), alias === 'email' ? 'text' : type],
    ['channel', 'text'],
    ['reason', 'text'],
    ['created_at', 'datetime'],
  ];
}

/**
 * The suppressions of values of a unique field as CSV text, in order of value, channel and reason;
 * where contacts are selected, those of their values.
 */
export function exportSuppressions(
  store: Store,
  { field, ...options }: TextOptions & SelectedContacts & { readonly field: FieldRow },
): AsyncGenerator<string> {
  return exported(store, options, async (tx, style) => ({
    columns: suppressionFileColumns(field).map(([header, type], position) =>
      valueColumn({ header, position, type }, style),
    ),
    pages: suppressionRows(tx, field.alias, await selectedIds(tx, options, 'contacts')),
  }));
}

async function* suppressionRows(
  tx: ReadTx,
  field: string,
  ids: ReadonlySet<number> | undefined,
): AsyncGenerator<Rows> {
  const pages = suppressionPages(async (page) => tx.suppressions.list({ ...page, field }));
  for await (const page of pages)
    yield page
      .filter(({ contactId }) => ids === undefined || (contactId !== null && ids.has(contactId)))
      .map(({ value, channel, reason, createdAt }) => [value, channel, reason, createdAt]);
}

export type Rows = readonly (readonly Value[])[];

/** What a file shows: its columns, and rows in which they find their values. */
interface ExportedTable {
  readonly columns: readonly ValueColumn[];
  readonly pages: AsyncIterable<Rows>;
}

/** What to export of the feed of a segment. */
export interface ChangesExport extends TextOptions {
  /** An alias or id. */
  readonly segment: string;
  /** A cursor, or `start`. */
  readonly since: string;
  /** Aliases of fields, behind the columns of `CHANGE_COLUMNS`. */
  readonly fields: readonly string[];
  /** Is given the last page, before its rows are written. */
  readonly onEnd: (page: Pick<FeedPage, 'end' | 'warnings'>) => void;
}

/** The columns that every row of changes begins with, and the types of their values. */
const CHANGE_COLUMNS = [
  ['_change', 'text'],
  ['_at', 'datetime'],
  ['_via', 'text'],
  ['_contact_id', 'number'],
] as const;

/**
 * Who joined and left a segment behind a cursor as CSV text, in the order of commits, with what is
 * known of them today: of contacts that are gone, their ids. `UserError` as `readFeed`.
 */
export function exportChanges(store: Store, options: ChangesExport): AsyncGenerator<string> {
  return exported(store, options, async (tx, style) => {
    const fields = chooseFields(await tx.fields.list(), 'contact', options.fields);
    const own = CHANGE_COLUMNS.map(([header, type], position) =>
      valueColumn({ header, position, type }, style),
    );
    const others = fields.map((field, index) => fieldColumn(field, own.length + index, style));
    return { columns: [...own, ...others], pages: changeRows(tx, options) };
  });
}

async function* changeRows(
  tx: ReadTx,
  { segment, since, fields, onEnd }: ChangesExport,
): AsyncGenerator<Rows> {
  for await (const page of readFeedIn(tx, { segments: [segment], since })) {
    const { moves } = page;
    onEnd(page);
    const ids = [...new Set(moves.map(({ contactId }) => contactId))];
    const known = new Map<Value | undefined, readonly Value[]>(
      (await tx.contacts.tuples({ ids }, fields)).map(([id, ...values]) => [id, values]),
    );
    const nothing = fields.map(() => null);
    yield moves.map(({ change, cause, contactId }) => [
      ...[change, cause.at, cause.via, contactId],
      ...(known.get(contactId) ?? nothing),
    ]);
  }
}

/** The file as text. `tableOf` is called inside the transaction of which all pages are read. */
export function exported(
  store: Store,
  options: TextOptions,
  tableOf: (tx: ReadTx, style: CellStyle) => Promise<ExportedTable>,
): AsyncGenerator<string> {
  const { raw = false, shown, instant = formatInstant } = options;
  return pumped(async (sink) =>
    store.read(async (tx) => {
      await options.onSnapshot?.(tx);
      await writeTable(await tableOf(tx, { isRaw: raw, shown, instant }), options, sink);
    }),
  );
}

async function writeTable(
  { columns, pages }: ExportedTable,
  { delimiter, bom = false, crlf = false, onRows }: TextOptions,
  sink: TextSink,
): Promise<void> {
  const format = {
    delimiter: delimiter === undefined ? ',' : parseDelimiter(delimiter),
    lineEnd: crlf ? '\r\n' : '\n',
  } as const;
  const header = linesWriter(format)([columns.map((column) => column.header)]);
  await sink.write((bom ? '\ufeff' : '') + header);
  const toLines = valueLines(columns, format);
  for await (const page of pages) {
    await sink.write(toLines(page));
    onRows?.(page.length);
  }
}

/** The fields' columns, where the value of the first stands behind the id. */
function columnsOf(fields: readonly FieldRow[], style: CellStyle): ValueColumn[] {
  return fields.map((field, index) => fieldColumn(field, index + 1, style));
}

/** Those rows whose first value is one of these ids; all where there are none to choose by. */
async function* amongIds(
  pages: AsyncIterable<Rows>,
  ids: ReadonlySet<number> | undefined,
): AsyncGenerator<Rows> {
  for await (const page of pages)
    yield ids === undefined ? page : page.filter(([id]) => typeof id === 'number' && ids.has(id));
}

/**
 * The fields of an export: those that the user names, else all, including consent for contacts.
 * `UserError` (2): an unknown field.
 */
export function chooseFields(
  all: readonly FieldRow[],
  object: RecordKind,
  aliases: readonly string[] | undefined,
): FieldRow[] {
  const consent = object === 'contact' ? CONSENT_FIELDS : [];
  if (aliases !== undefined)
    return aliases.map(
      (alias) =>
        (object === 'contact' ? findConsentField(alias) : undefined) ??
        getField(all, object, alias),
    );
  return [
    ...all.filter((field) => field.object === object && !NOT_BY_DEFAULT.has(field.alias)),
    ...consent,
  ];
}
