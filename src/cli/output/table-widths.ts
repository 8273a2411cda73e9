import type { WriteInstant } from '../../support/local-instant.ts';
import { NOTHING, toVisibleText } from './cells.ts';
import type { Styles } from './colour.ts';
import { onTwoLines } from './instants.ts';
import { layOut, lineWidth, type Wish } from './layout.ts';
import type { ColumnHead, Line } from './result.ts';
import { prepareToMeasure, widthOf } from './width.ts';

/**
 * Rows are not padded to a cell that is wider than this: it sticks out, or one long text would make
 * every row long.
 */
const WIDEST_PADDED = 200;

/** What tables are written with. */
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

/** A column, and where its cell stands in a line. */
export interface Slot {
  readonly head: ColumnHead;
  readonly index: number;
}

/** A column as it is written. */
export interface Place extends Slot {
  readonly width: number;
}

/** Which columns are written, how wide, and how instants are written in them. */
interface Layout {
  readonly places: readonly Place[];
  readonly instant: WriteInstant;
}

/** The cells of a line as people read them, by the index of their column. */
export type Texts = ReadonlyMap<number, string>;

export function textsOf(
  { cells }: Line,
  places: readonly Slot[],
  instant: WriteInstant,
): Map<number, string> {
  return new Map(
    places.map(({ head, index }) => [index, toVisibleText(cells[index] ?? null, head, instant)]),
  );
}

/**
 * Instants are written shorter before a column is left out, or cut if that saves it, and in two lines
 * before one is left out that is needed, or lines get too long.
 */
export async function measureBest(
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
  if (lacking(best).length === 0 && best.excess === 0) return best;
  const narrow = await measure(all, lines, { ...look, instant: onTwoLines(shortestOf(look)) });
  return isBetter(narrow, best) ? narrow : best;
}

export function shortestOf({ instants }: Look): WriteInstant {
  return instants.at(-1) ?? instants[0];
}

export interface Measured extends Layout {
  /** The columns that are left out though there is something in them. */
  readonly missing: readonly Slot[];
  /** So many cells are cut. */
  readonly cuts: number;
  /** So much wider than the terminal is a row. */
  readonly excess: number;
  /** So much wider than the terminal it would be as a block of lines. */
  readonly blockExcess: number;
}

/** The columns without which a table is not what people came for. */
export function lacking({ missing }: Measured): readonly Slot[] {
  return missing.filter(
    ({ head: { importance } }) => importance === 'needed' || importance === 'chosen',
  );
}

/** Rows are better written as blocks: they lack what is needed, or stick out further than those. */
export function isTooNarrow(measured: Measured): boolean {
  return lacking(measured).length > 0 || measured.excess > measured.blockExcess;
}

/** What is wrong with it, the worst first. */
function faultsOf(measured: Measured): readonly number[] {
  const { missing, cuts, excess } = measured;
  return [lacking(measured).length, missing.length, cuts, excess];
}

export function isWhole(measured: Measured): boolean {
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
    ({ isEmpty, head }, position) =>
      (!isEmpty || head.importance === 'chosen') && (widths[position] ?? null) === null,
  );
  const cuts = Number.isFinite(available)
    ? places.reduce((sum, place) => sum + cutIn(place), 0)
    : 0;
  const excess = Math.max(0, lineWidth(places.map(({ width }) => width)) - available);
  const blockExcess = Math.max(0, blockWidth(wishes) - available);
  return { places, instant, missing, cuts, excess, blockExcess };
}

/** How wide the lines of blocks are at least: names, and values that are not broken. */
function blockWidth(wishes: readonly MeasuredSlot[]): number {
  const filled = wishes.filter(({ isEmpty }) => !isEmpty);
  const least = filled.map(({ head: { fit }, width, word }) =>
    fit === 'key' || fit === 'whole' ? width : word,
  );
  const names = filled.map(({ head }) => head.header.length);
  return lineWidth([Math.max(0, ...names), Math.max(0, ...least)]);
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
    word: slot.head.fit === 'words' ? Math.max(...texts.map(widestWord)) : 0,
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

function widestWord(text: string): number {
  return Math.max(...text.split(/\s/).map((word) => widthOf(word, WIDEST_PADDED)));
}
