import { assertNever } from '../../support/errors.ts';
import { counted } from '../../support/text.ts';
import { formatInstant } from '../../support/instant.ts';
import { toJsonObject, toJsonText } from './cells.ts';
import type { Naming } from './command-lines.ts';
import { type Format, isJson } from './formats.ts';
import { jsonText } from './json-text.ts';
import type {
  ColumnHead,
  CommandResult,
  Line,
  MessageResult,
  Parts,
  RawResult,
  RecordResult,
  RowsResult,
} from './result.ts';
import type { Styles } from './colour.ts';
import type { Look } from './table-widths.ts';
import type { Target } from './target.ts';
import { answerLines } from './terminal.ts';
import { visible, visibleJson } from './visible.ts';

/** So many of the columns for which there was no room are named. */
const MOST_NAMED = 8;

export interface Rendering {
  readonly format: Format;
  /** `rollcall/segments.list/1` */
  readonly schema: string;
  readonly target: Target;
  readonly styles: Styles;
  /** The width of the terminal to which results go; undefined off one. */
  readonly width: number | undefined;
  /** How people read instants: see `Look`. */
  readonly instants: () => Promise<Look['instants']>;
  /** Nothing of a table is cut or left out: see `Look`. */
  readonly isWhole: boolean;
  /** Columns can be chosen by `--fields`, which takes their keys. */
  readonly hasFields: boolean;
  /** Leaves out what is said to people, though not what was asked for. */
  readonly quiet: boolean;
  /** A text to people with the store named in its command lines. */
  readonly naming: Naming;
  /** Says a line to people, beside the data. */
  readonly note: (text: string) => Promise<void>;
}

/**
 * Writes what a command found in the format that was asked for. The only place that writes results.
 */
export async function render(result: CommandResult, rendering: Rendering): Promise<void> {
  switch (result.kind) {
    case 'rows':
      return renderRows(result, rendering);
    case 'record':
      return renderRecord(result, rendering);
    case 'message':
      return renderMessage(result, rendering);
    case 'raw':
      return renderRaw(result, rendering);
    default:
      assertNever(result);
  }
}

async function renderRows(result: RowsResult, rendering: Rendering): Promise<void> {
  const { format, target, width } = rendering;
  const shown = width === undefined ? (text: string): string => text : visible;
  switch (format) {
    case 'table':
      return renderTable(result, rendering);
    case 'json':
      return renderDocument(result, rendering);
    case 'ndjson':
      await eachLine(result, target, (line) => `${jsonOf(result, line)}\n`);
      return;
    case 'csv':
    case 'tsv': {
      const { delimitedText } = await import('./delimited.ts');
      const { header, toText } = delimitedText(
        result.columns,
        format === 'csv' ? ',' : '\t',
        shown,
      );
      await target.write(header);
      return tellRows(await eachLine(result, target, toText), rendering);
    }
    case 'ids': {
      const toText = (line: Line): string => `${shown(String(line.id))}\n`;
      return tellRows(await eachLine(result, target, toText), rendering);
    }
    default:
      assertNever(format);
  }
}

/** Who has rows written to a file does not see how many there are. */
async function tellRows(rows: number, { target, quiet, note }: Rendering): Promise<void> {
  if (!quiet && target.stream === undefined) await note(`${counted(rows, 'row')} written`);
}

async function renderTable(result: RowsResult, rendering: Rendering): Promise<void> {
  const { target, quiet, note } = rendering;
  const { writeTable } = await import('./table.ts');
  const open = untilClosed(result.lines, target);
  const look = await lookOf(result, rendering);
  const { rows, leftOut } = await writeTable({ ...result, lines: open }, look, async (text) =>
    target.write(text),
  );
  if (quiet || target.closed) return;
  if (rows === 0) await note(result.empty);
  else if (result.footer !== undefined) await note(result.footer(rows));
  if (leftOut.length > 0) await note(tooNarrow(leftOut, rendering));
  for (const legend of rows === 0 ? [] : legendsOf(result, leftOut)) await note(legend);
}

function legendsOf({ columns }: RowsResult, leftOut: readonly ColumnHead[]): string[] {
  return columns
    .filter((head) => head.inTable && !leftOut.includes(head))
    .flatMap(({ legend }) => legend ?? []);
}

/** The store's zone, and with it calendars, are asked for where there are instants. */
async function lookOf(
  { columns }: Pick<RowsResult, 'columns'>,
  { styles, width, instants, isWhole }: Rendering,
): Promise<Look> {
  const hasInstants = columns.some(({ kind, inTable }) => kind === 'instant' && inTable);
  return { styles, width, instants: hasInstants ? await instants() : [formatInstant], isWhole };
}

/** Columns are named as one would read them, or type them to see them. */
function tooNarrow(leftOut: readonly ColumnHead[], { hasFields }: Rendering): string {
  const names = leftOut.map(({ key, header }) => (hasFields ? key : header));
  return `too narrow for ${inShort(names)}: ${hasFields ? '--fields chooses, ' : ''}-v shows all`;
}

function inShort(names: readonly string[]): string {
  const rest = names.length - MOST_NAMED;
  return rest > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${rest} more` : names.join(', ');
}

/** One document, yet a row a line, so that it can be read and searched as text. */
async function renderDocument(result: RowsResult, { schema, target }: Rendering): Promise<void> {
  let before = '\n';
  await target.write(`{"schema":${JSON.stringify(schema)},"data":[`);
  await eachLine(result, target, (line) => {
    const text = `${before}${jsonOf(result, line)}`;
    before = ',\n';
    return text;
  });
  const closing = JSON.stringify(result.closing?.() ?? {}).slice(1, -1);
  const end = closing === '' ? ']}\n' : `],${closing}}\n`;
  await target.write(before === '\n' ? end : `\n${end}`);
}

async function renderRecord(result: RecordResult, rendering: Rendering): Promise<void> {
  const { columns, line, parts = [] } = result;
  if (rendering.format === 'table') {
    const { writeRecord } = await import('./table.ts');
    await writeRecord(result, await lookOf(result, rendering), async (text) =>
      rendering.target.write(text),
    );
    return renderParts(parts, rendering);
  }
  if (rendering.format === 'json') {
    const document = { ...toJsonObject(columns, line) };
    for (const { key, list } of parts) document[key] = await jsonObjects(list);
    return writeDocument(document, rendering);
  }
  const [first] = parts;
  if (first !== undefined) return renderRows(first.list, rendering);
  return renderRows(
    { kind: 'rows', columns, lines: [line], footer: undefined, empty: '' },
    rendering,
  );
}

async function renderParts(parts: readonly Parts[], rendering: Rendering): Promise<void> {
  for (const { list } of parts) {
    await rendering.target.write('\n');
    await renderTable(list, rendering);
  }
}

async function jsonObjects({ columns, lines }: RowsResult): Promise<Record<string, unknown>[]> {
  const objects: Record<string, unknown>[] = [];
  for await (const line of lines) objects.push(toJsonObject(columns, line));
  return objects;
}

async function renderMessage(result: MessageResult, rendering: Rendering): Promise<void> {
  if (rendering.format === 'json') return writeDocument(result.data, rendering);
  if (rendering.format === 'ndjson') return writeJson(result.data, rendering);
  if (rendering.quiet && result.isAnswer !== true && rendering.target.stream !== undefined) return;
  for (const text of [result.text].flat()) {
    const lines = await linesOf(result, text, rendering);
    await rendering.target.write(`${lines.join('\n')}\n`);
  }
  await renderDetails(result.details ?? [], rendering);
}

async function linesOf(
  { isVerbatim = false }: MessageResult,
  text: string,
  { width, naming }: Rendering,
): Promise<string[]> {
  return answerLines(visible(naming(text)), isVerbatim ? undefined : width);
}

async function renderDetails(
  details: RowsResult | readonly RowsResult[],
  rendering: Rendering,
): Promise<void> {
  if (!isSeveral(details)) return renderTable(details, rendering);
  for (const table of details) {
    await rendering.target.write('\n');
    await renderTable(table, rendering);
  }
}

function isSeveral(details: RowsResult | readonly RowsResult[]): details is readonly RowsResult[] {
  return Array.isArray(details);
}

async function renderRaw(result: RawResult, rendering: Rendering): Promise<void> {
  const { target, format } = rendering;
  for await (const chunk of result.chunks) {
    await target.write(chunk);
    if (result.isLive === true) await target.flush();
    if (target.closed) return;
  }
  if (result.rows !== undefined && !isJson(format)) await tellRows(result.rows(), rendering);
}

async function writeDocument(data: unknown, { schema, target }: Rendering): Promise<void> {
  await writeJson({ schema, data }, { target });
}

async function writeJson(value: unknown, { target }: Pick<Rendering, 'target'>): Promise<void> {
  for (const piece of jsonText(value)) {
    if (target.closed) return;
    await target.write(piece);
  }
  await target.write('\n');
}

async function eachLine(
  result: RowsResult,
  target: Target,
  toText: (line: Line) => string,
): Promise<number> {
  let rows = 0;
  for await (const line of untilClosed(result.lines, target)) {
    await target.write(toText(line));
    rows += 1;
  }
  return rows;
}

/** Stops asking for rows once nobody reads them. */
async function* untilClosed(lines: RowsResult['lines'], target: Target): AsyncIterable<Line> {
  for await (const line of lines) {
    if (target.closed) return;
    yield line;
  }
}

function jsonOf({ columns, instant }: RowsResult, line: Line): string {
  return visibleJson(toJsonText(columns, line, instant));
}
