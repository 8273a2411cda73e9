import type { WriteInstant } from '../../support/local-instant.ts';
import type { Styles } from './colour.ts';
import { NOTHING, toVisibleText } from './cells.ts';
import { onTwoLines } from './instants.ts';
import { GAP, layOut, lineWidth, type Wish } from './layout.ts';
import type { ColumnHead, Line, RecordResult, RowsResult } from './result.ts';
import { padEnd, padStart, prepareToMeasure, truncate, widthOf } from './width.ts';
import { wrapped } from './wrap.ts';

/**
 * Widths are settled over this many rows, so that a long list needs no memory; a wider key further
 * down sticks out.
 */
const MEASURED_ROWS = 1_000;
/**
 * Rows are not padded to a cell that is wider than this: it sticks out, or one long text would make
 * every row long.
 */
const WIDEST_PADDED = 200;
/** A cell is wrapped to no more lines than this. */
const MOST_LINES = 50;

export interface Look {
  readonly styles: Styles;
  /** The width of the terminal; undefined off one, where nothing is cut, wrapped or left out. */
  readonly width: number | undefined;
  /**
   * How people read instants, in the store's zone: the fullest first, shorter ones for where that
   * leaves no room.
   */
  readonly instants: readonly [WriteInstant, ...WriteInstant[]];
  /**
   * Where rows do not fit whole, each becomes a block of lines instead; else only where they lack
   * what is needed.
   */
  readonly isWhole: boolean;
}

export interface Written {
  readonly rows: number;
  /** The columns for which the terminal has no room, and in which there is something. */
  readonly leftOut: readonly ColumnHead[];
}

type Write = (text: string) => Promise<void>;

/** A column, and where its cell stands in a line. */
interface Slot {
  readonly head: ColumnHead;
  readonly index: number;
}

/** A column as it is written. */
interface Place extends Slot {
  readonly width: number;
}

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

type Texts = ReadonlyMap<number, string>;

function textsOf(
  { cells }: Line,
  places: readonly Slot[],
  instant: WriteInstant,
): Map<number, string> {
  return new Map(
    places.map(({ head, index }) => [index, toVisibleText(cells[index] ?? null, head, instant)]),
  );
}

/** Which columns are written, how wide, and how instants are written in them. */
interface Layout {
  readonly places: readonly Place[];
  readonly instant: WriteInstant;
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
    lacking(measured).length > 0 || (look.isWhole && !isWhole(measured))
      ? blocks(all, look, write)
      : await tableOf(all, measured, look, write);
  for (const line of lines) await begun.writeRow(line);
  return begun;
}

/**
 * Instants are written shorter before a column is left out, or cut if that saves it, and in two lines
 * before one is left out that is needed.
 */
async function measureBest(
  all: readonly Slot[],
  lines: readonly Line[],
  look: Look,
): Promise<Measured> {
  const attempts: Measured[] = [];
  for (const instant of look.instants) {
    const attempt = await measure(all, lines, { ...look, instant });
    if (isWhole(attempt)) return attempt;
    attempts.push(attempt);
  }
  const best = attempts.reduce((one, other) => (isBetter(other, one) ? other : one));
  if (lacking(best).length === 0) return best;
  return measure(all, lines, { ...look, instant: onTwoLines(shortestOf(look)) });
}

function shortestOf({ instants }: Look): WriteInstant {
  return instants.at(-1) ?? instants[0];
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

/** Rows one below the other, each as lines of name and value; what is empty is left out. */
function blocks(all: readonly Slot[], look: Look, write: Write): Begun {
  const instant = shortestOf(look);
  let isFirst = true;
  return {
    writeRow: async (line) => {
      if (!isFirst) await write('\n');
      isFirst = false;
      const filled = all.filter((slot) => hasText(line, slot, instant));
      const texts = textsOf(line, filled, instant);
      await prepareToMeasure(texts.values());
      const textOf = (slot: Slot, indent: number): string => blockText(texts, slot, indent, look);
      await writePairs(filled, textOf, look, write);
    },
    leftOut: () => [],
  };
}

/** What is wrapped or cut in a table goes on under itself in a block. */
function blockText(texts: Texts, slot: Slot, indent: number, { width }: Look): string {
  const text = pairText(texts, slot);
  const { fit } = slot.head;
  const isWhole = fit === 'key' || fit === 'whole' || width === undefined;
  if (isWhole || indent * 2 > width) return text;
  const lines = [...wrapped(text, { width: width - indent, breaksWords: true })];
  return lines.join(`\n${' '.repeat(indent)}`);
}

interface Measured extends Layout {
  /** The columns that are left out though there is something in them. */
  readonly missing: readonly Slot[];
  /** So many cells are cut. */
  readonly cuts: number;
  /** So much wider than the terminal is a row. */
  readonly excess: number;
}

/** The columns without which a table is not what people came for. */
function lacking({ missing }: Measured): readonly Slot[] {
  return missing.filter(({ head }) => head.importance === 'needed');
}

/** What is wrong with it, the worst first. */
function faultsOf(measured: Measured): readonly number[] {
  const { missing, cuts, excess } = measured;
  return [lacking(measured).length, missing.length, cuts, excess];
}

function isWhole(measured: Measured): boolean {
  return faultsOf(measured).every((fault) => fault === 0);
}

function isBetter(one: Measured, other: Measured): boolean {
  const than = faultsOf(other);
  const [first = 0] = faultsOf(one)
    .map((fault, at) => fault - (than[at] ?? 0))
    .filter(Boolean);
  return first < 0;
}

async function measure(
  all: readonly Slot[],
  lines: readonly Line[],
  {
    width: available = Number.POSITIVE_INFINITY,
    instant,
  }: Look & { readonly instant: WriteInstant },
): Promise<Measured> {
  const table = lines.map((line) => textsOf(line, all, instant));
  for (const texts of table) await prepareToMeasure(texts.values());
  const wishes = all.map((slot) => wishOf(slot, table));
  const widths = layOut(wishes, available);
  const places = wishes.flatMap((wish, position) => {
    const width = widths[position] ?? null;
    return width === null ? [] : [{ ...wish, width }];
  });
  const missing = wishes.filter(
    ({ isEmpty }, position) => !isEmpty && (widths[position] ?? null) === null,
  );
  const cuts = Number.isFinite(available)
    ? places.reduce((sum, place) => sum + cutIn(place), 0)
    : 0;
  const excess = lineWidth(places.map(({ width }) => width)) - available;
  return { places, instant, missing, cuts, excess: Math.max(0, excess) };
}

/** A column with how wide its heading and each of its cells are. */
interface MeasuredSlot extends Slot, Wish {
  readonly widths: readonly number[];
}

function wishOf(slot: Slot, table: readonly Texts[]): MeasuredSlot {
  const texts = table.map((each) => each.get(slot.index) ?? '');
  const widths = [slot.head.header, ...texts].map(widest);
  return {
    ...slot,
    widths,
    width: Math.min(WIDEST_PADDED, Math.max(...widths)),
    isEmpty: texts.every((text) => text === NOTHING),
  };
}

/** How many cells a column cuts on a terminal. */
function cutIn({ head, width, widths }: MeasuredSlot): number {
  return head.fit === 'cut' ? widths.filter((each) => each > width).length : 0;
}

/** The width of the widest line; some number above what rows are padded to where it is wider. */
function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => widthOf(line, WIDEST_PADDED)));
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
  return head.fit === 'wrap' ? firstLines(text, width) : [truncate(text, width)];
}

function firstLines(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const line of wrapped(text, { width, breaksWords: true })) {
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
