import { CONSENT_FIELDS, findConsentField } from '../contact/consent.ts';
import { getField } from '../contact/fields.ts';
import { formatValue } from '../contact/values.ts';
import type { ContactCondition } from '../contact/where.ts';
import type { FieldRow, ReadTx, RecordKind, RecordRow, Store } from '../store/index.ts';
import { pagesByKey } from '../support/by-key.ts';
import type { TextSink } from '../support/output-file.ts';
import { consentCell } from './consent/cells.ts';
import { parseDelimiter } from './dialect.ts';
import { guard, guardPhone, guardTags } from './guard.ts';
import { linesWriter } from './line.ts';
import { pumped } from './pump.ts';

const PAGE_ROWS = 2000;

/** Fields that repeat other fields or that another store would compute itself. */
const NOT_BY_DEFAULT = new Set(['email_domain']);

/** What to export and how to write it. Defaults are in brackets. */
export interface ExportOptions {
  /** Aliases, in the order of the columns [all fields]. */
  readonly fields?: readonly string[] | undefined;
  /** Contacts only. */
  readonly where?: ContactCondition['where'] | undefined;
  /** Only the members of this segment. Contacts only. */
  readonly segmentId?: number | undefined;
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
}

/**
 * The contacts as CSV text, in order of id, from one snapshot. The export ends when the caller
 * stops iterating. `UserError` (2): an unknown field, a wrong delimiter.
 */
export function exportContacts(store: Store, options: ExportOptions): AsyncGenerator<string> {
  return pumped(async (sink) =>
    store.read(async (tx) => writeRecords(tx, 'contact', options, sink)),
  );
}

/** The companies as CSV text; see `exportContacts`. */
export function exportCompanies(
  store: Store,
  options: Omit<ExportOptions, 'where' | 'segmentId'>,
): AsyncGenerator<string> {
  return pumped(async (sink) =>
    store.read(async (tx) => writeRecords(tx, 'company', options, sink)),
  );
}

async function writeRecords(
  tx: ReadTx,
  object: RecordKind,
  options: ExportOptions,
  sink: TextSink,
): Promise<void> {
  const fields = chooseFields(await tx.fields.list(), object, options.fields);
  const toLines = linesWriter({
    delimiter: options.delimiter === undefined ? ',' : parseDelimiter(options.delimiter),
    lineEnd: options.crlf === true ? '\r\n' : '\n',
  });
  const { shown = (text: string): string => text } = options;
  const writers = fields.map((field) => cellWriter(field, options.raw === true, shown));
  await sink.write(
    (options.bom === true ? '\ufeff' : '') + toLines([fields.map((field) => shown(field.alias))]),
  );
  for await (const page of pagesOf(tx, object, options, fields)) {
    await sink.write(toLines(page.map((row) => writers.map((write) => write(row)))));
  }
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

/**
 * What writes the cells of one column. Texts are guarded unless `isRaw`; numbers and instants are
 * harmless.
 */
function cellWriter(
  field: FieldRow,
  isRaw: boolean,
  shown: (text: string) => string,
): (row: RecordRow) => string {
  const { alias, type } = field;
  const guarded = isRaw ? (text: string): string => text : guardOf(type);
  const worded = CONSENT_FIELDS.includes(field) ? consentCell : (text: string): string => text;
  return (row) => {
    const value = row[alias] ?? null;
    if (typeof value !== 'string') return shown(formatValue(type, value));
    return shown(guarded(formatValue(type, worded(value))));
  };
}

function guardOf(type: FieldRow['type']): (text: string) => string {
  if (type === 'phone') return guardPhone;
  return type === 'tags' ? guardTags : guard;
}

async function* pagesOf(
  tx: ReadTx,
  object: RecordKind,
  { where, segmentId }: ExportOptions,
  fields: readonly FieldRow[],
): AsyncGenerator<readonly RecordRow[]> {
  const columns = [...new Set(fields.map((field) => field.alias))];
  const records = object === 'contact' ? tx.contacts : tx.companies;
  const read = async (after: number | undefined, limit: number): Promise<RecordRow[]> =>
    records.list({ where, segmentId, after, limit }, columns);
  yield* pagesByKey({ read, keyOf: ({ id }) => id, size: PAGE_ROWS });
}
