import type { WriteInstant } from '../../support/local-instant.ts';
import type { Styles } from './colour.ts';
import { toVisibleText } from './cells.ts';
import { GAP, layOut } from './layout.ts';
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
}

export interface Written {
  readonly rows: number;
  /** The headings of the columns for which the terminal has no room. */
  readonly leftOut: readonly string[];
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

/** Writes a list as a table. */
export async function writeTable(result: RowsResult, look: Look, write: Write): Promise<Written> {
  const all = result.columns.flatMap((head, index) => (head.inTable ? [{ head, index }] : []));
  let measured: Line[] | undefined = [];
  let layout: Layout = { places: [], instant: look.instants[0] };
  let rows = 0;
  for await (const line of result.lines) {
    rows++;
    if (measured === undefined) {
      const texts = textsOf(line, layout.places, layout.instant);
      await prepareToMeasure(texts.values());
      await write(rowOf(texts, layout.places, look));
    } else if (measured.push(line) === MEASURED_ROWS) {
      layout = await writeMeasured(all, measured, look, write);
      measured = undefined;
    }
  }
  if (measured !== undefined && rows > 0) layout = await writeMeasured(all, measured, look, write);
  const kept = new Set(layout.places.map(({ index }) => index));
  return {
    rows,
    leftOut:
      rows === 0 ? [] : all.flatMap(({ head, index }) => (kept.has(index) ? [] : [head.header])),
  };
}

/** One thing as lines of name and value, nothing cut. */
export async function writeRecord(result: RecordResult, look: Look, write: Write): Promise<void> {
  const textOf = (head: ColumnHead, index: number): string =>
    toVisibleText(result.line.cells[index] ?? null, head, look.instants[0]);
  const shown = result.columns.flatMap((head, index) =>
    head.inTable ? [[head.header, textOf(head, index)] as const] : [],
  );
  const width = Math.max(...shown.map(([name]) => name.length));
  for (const [name, text] of shown)
    await write(`${look.styles.faint(padEnd(name, width))}${GAP}${text}\n`);
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

/** Instants are written shorter before a column is left out, or cut if that saves it. */
async function writeMeasured(
  all: readonly Slot[],
  lines: readonly Line[],
  look: Look,
  write: Write,
): Promise<Layout> {
  await prepareToMeasure(['…', ...all.map(({ head }) => head.header)]);
  const attempts: Measured[] = [];
  for (const instant of look.instants) {
    attempts.push(await measure(all, lines, { ...look, instant }));
    if (attempts.at(-1)?.places.length === all.length && attempts.at(-1)?.cuts === 0) break;
  }
  const { places, instant, table } = attempts.reduce((one, other) =>
    showsMore(other, one) ? other : one,
  );
  const headings = new Map(places.map(({ head, index }) => [index, head.header]));
  await write(`${look.styles.faint(rowOf(headings, places, look).trimEnd())}\n`);
  for (const texts of table) await write(rowOf(texts, places, look));
  return { places, instant };
}

interface Measured extends Layout {
  readonly table: readonly Texts[];
  /** So many cells are cut; not counted where instants cannot be written shorter. */
  readonly cuts: number;
}

function showsMore(one: Measured, other: Measured): boolean {
  const more = one.places.length - other.places.length;
  return more > 0 || (more === 0 && one.cuts < other.cuts);
}

async function measure(
  all: readonly Slot[],
  lines: readonly Line[],
  look: Look & { readonly instant: WriteInstant },
): Promise<Measured> {
  const { instant } = look;
  const table = lines.map((line) => textsOf(line, all, instant));
  for (const texts of table) await prepareToMeasure(texts.values());
  const textsIn = (index: number): string[] => table.map((texts) => texts.get(index) ?? '');
  const wishes = all.map(({ head, index }) => {
    const texts = textsIn(index);
    return {
      head,
      width: widest([head.header, ...texts]),
      isEmpty: texts.every((text) => text === '-'),
    };
  });
  const widths =
    look.width === undefined ? wishes.map(({ width }) => width) : layOut(wishes, look.width);
  const places = all.flatMap((place, position) => {
    const width = widths[position] ?? null;
    return width === null ? [] : [{ ...place, width }];
  });
  const mayBeShorter = look.instants.length > 1 ? places : [];
  const cuts = mayBeShorter.reduce(
    (sum, place) => sum + cutIn([place.head.header, ...textsIn(place.index)], place),
    0,
  );
  return { places, instant, table, cuts };
}

/** How many of the texts a column cuts. */
function cutIn(texts: readonly string[], { head, width }: Place): number {
  return head.fit === 'cut' ? texts.filter((text) => widthOf(text, width + 1) > width).length : 0;
}

/** The width of the widest; what is wider than rows are padded is not measured further. */
function widest(texts: readonly string[]): number {
  return texts.reduce(
    (width, text) => Math.max(width, Math.min(WIDEST_PADDED, widthOf(text, WIDEST_PADDED))),
    0,
  );
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

function linesOf(text: string, { head, width }: Place, look: Look): readonly string[] {
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
