import type { WriteInstant } from '../../support/local-instant.ts';
import { NOTHING, toVisibleText } from './cells.ts';
import { GAP } from './layout.ts';
import type { ColumnHead, Line, RecordResult, RowsResult } from './result.ts';
import {
  isTooNarrow,
  isWhole,
  type Look,
  measureBest,
  type Measured,
  type Place,
  shortestOf,
  type Slot,
  type Texts,
  textsOf,
} from './table-widths.ts';
import { padEnd, padStart, prepareToMeasure, truncate } from './width.ts';
import { wrapped, type Wrapping } from './wrap.ts';

/**
 * Widths are settled over this many rows, so that a long list needs no memory; a wider key further
 * down sticks out.
 */
const MEASURED_ROWS = 1_000;
/** A cell is wrapped to no more lines than this. */
const MOST_LINES = 50;

export interface Written {
  readonly rows: number;
  /** The columns for which the terminal has no room, and in which there is something. */
  readonly leftOut: readonly ColumnHead[];
}

type Write = (text: string) => Promise<void>;

/** A table of which the first rows are written. */
interface Begun {
  readonly writeRow: (line: Line) => Promise<void>;
  readonly leftOut: () => readonly ColumnHead[];
}

/** Writes a list as a table. */
export async function writeTable(result: RowsResult, look: Look, write: Write): Promise<Written> {
  const all = slotsOf(result.columns);
  const first: Line[] = [];
  let begun: Begun | undefined;
  let rows = 0;
  for await (const line of result.lines) {
    rows++;
    if (begun !== undefined) await begun.writeRow(line);
    else if (first.push(line) === MEASURED_ROWS) begun = await begin(all, first, look, write);
  }
  if (begun === undefined && rows > 0) begun = await begin(all, first, look, write);
  return { rows, leftOut: begun?.leftOut() ?? [] };
}

/** One thing as lines of name and value, nothing cut. */
export async function writeRecord(result: RecordResult, look: Look, write: Write): Promise<void> {
  const slots = slotsOf(result.columns);
  const texts = textsOf(result.line, slots, look.instants[0]);
  await writePairs(slots, (slot) => pairText(texts, slot), look, write);
}

function slotsOf(columns: readonly ColumnHead[]): Slot[] {
  return columns.flatMap((head, index) => (head.inTable ? [{ head, index }] : []));
}

async function writePairs(
  slots: readonly Slot[],
  textOf: (slot: Slot, indent: number) => string,
  { styles }: Look,
  write: Write,
): Promise<void> {
  const width = Math.max(0, ...slots.map(({ head }) => head.header.length));
  for (const slot of slots) {
    const name = styles.faint(padEnd(slot.head.header, width));
    await write(`${name}${GAP}${textOf(slot, width + GAP.length)}\n`);
  }
}

/** A value on one line. */
function pairText(texts: Texts, { index }: Slot): string {
  return (texts.get(index) ?? '').replaceAll('\n', ', ');
}

async function begin(
  all: readonly Slot[],
  lines: readonly Line[],
  look: Look,
  write: Write,
): Promise<Begun> {
  await prepareToMeasure(['…', ...all.map(({ head }) => head.header)]);
  const measured = await measureBest(all, lines, look);
  const begun =
    isTooNarrow(measured) || (look.isWhole && !isWhole(measured))
      ? blocks(all, look, write)
      : await tableOf(all, measured, look, write);
  for (const line of lines) await begun.writeRow(line);
  return begun;
}

async function tableOf(
  all: readonly Slot[],
  { places, instant, missing }: Measured,
  look: Look,
  write: Write,
): Promise<Begun> {
  const headings = new Map(places.map(({ head, index }) => [index, head.header]));
  await write(`${look.styles.faint(rowOf(headings, places, look).trimEnd())}\n`);
  const kept = new Set(places.map(({ index }) => index));
  const absent = all.filter(({ index }) => !kept.has(index));
  const lost = new Set(missing);
  return {
    writeRow: async (line) => {
      for (const slot of absent)
        if (!lost.has(slot) && hasText(line, slot, instant)) lost.add(slot);
      const texts = textsOf(line, places, instant);
      await prepareToMeasure(texts.values());
      await write(rowOf(texts, places, look));
    },
    leftOut: () => absent.filter((slot) => lost.has(slot)).map(({ head }) => head),
  };
}

function hasText({ cells }: Line, { head, index }: Slot, instant: WriteInstant): boolean {
  return toVisibleText(cells[index] ?? null, head, instant) !== NOTHING;
}

/**
 * Rows one below the other, each as lines of name and value; what is empty is left out where nobody
 * chose it.
 */
function blocks(all: readonly Slot[], look: Look, write: Write): Begun {
  const instant = shortestOf(look);
  let isFirst = true;
  return {
    writeRow: async (line) => {
      if (!isFirst) await write('\n');
      isFirst = false;
      const shown = all.filter(
        (slot) => slot.head.importance === 'chosen' || hasText(line, slot, instant),
      );
      const texts = textsOf(line, shown, instant);
      await prepareToMeasure(texts.values());
      const textOf = (slot: Slot, indent: number): string => blockText(texts, slot, indent, look);
      await writePairs(shown, textOf, look, write);
    },
    leftOut: () => [],
  };
}

/** What is wrapped or cut in a table goes on under itself in a block. */
function blockText(texts: Texts, slot: Slot, indent: number, { width }: Look): string {
  const { fit } = slot.head;
  const isWhole = fit === 'key' || fit === 'whole' || width === undefined;
  if (isWhole || indent * 2 > width) return pairText(texts, slot);
  const wrapping = { width: width - indent, breaksWords: fit !== 'words' };
  const parts = (texts.get(slot.index) ?? '').split('\n');
  return parts.flatMap((part) => [...wrapped(part, wrapping)]).join(`\n${' '.repeat(indent)}`);
}

/** A row: one line, or more where a cell is wrapped. */
function rowOf(texts: Texts, places: readonly Place[], look: Look): string {
  const cells = places.map((place) => linesOf(texts.get(place.index) ?? '', place, look));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  const lineAt = (line: number): string =>
    cells
      .map((parts, column) => padded(parts[line] ?? '', places[column]))
      .join(GAP)
      .trimEnd();
  return `${Array.from({ length: height }, (_, line) => lineAt(line)).join('\n')}\n`;
}

/** Of a list whose parts stand one below the other, each is fitted by itself. */
function linesOf(text: string, place: Place, look: Look): readonly string[] {
  return text.split('\n').flatMap((part) => fitted(part, place, look));
}

function fitted(text: string, { head, width }: Place, look: Look): readonly string[] {
  if (look.width === undefined || head.fit === 'key' || head.fit === 'whole') return [text];
  if (head.fit === 'cut') return [truncate(text, width)];
  return firstLines(text, { width, breaksWords: head.fit === 'wrap' });
}

function firstLines(text: string, wrapping: Wrapping): string[] {
  const lines: string[] = [];
  for (const line of wrapped(text, wrapping)) {
    if (lines.length === MOST_LINES) return [...lines.slice(0, -1), '…'];
    lines.push(line);
  }
  return lines;
}

function padded(text: string, place: Place | undefined): string {
  const width = place?.width ?? 0;
  return place?.head.kind === 'number' || place?.head.kind === 'count'
    ? padStart(text, width)
    : padEnd(text, width);
}
