import type { ColumnHead, Importance } from './result.ts';

export const GAP = '  ';

/**
 * No column is made narrower than this; where not even that is room, lines get longer than the
 * terminal.
 */
const LEAST = { cut: 8, wrap: 12 } as const;
/** A heading is not cut, unless it is wider than this. */
const WIDEST_HEADING = 20;

/** A column with the width that it would like to have. */
export interface Wish {
  readonly head: ColumnHead;
  readonly width: number;
  /** How wide the widest of its words is, where none is to be broken. */
  readonly word: number;
  /** No row has anything in it. */
  readonly isEmpty: boolean;
}

/**
 * What each column of a table gets on a terminal of so many columns; null for one that is left out.
 * Where there is no room for all, the empty ones that nobody chose go first, from the right. Then those that can be cut
 * or wrapped give way, the widest first. Where that is not enough some are left out, from the right,
 * those first that say least, those last that are needed or chosen. Keys in which there is something stay,
 * and what is wrapped, even where lines get too long.
 */
export function layOut(wishes: readonly Wish[], available: number): readonly (number | null)[] {
  const filled = without(
    wishes,
    wishes.filter(({ isEmpty, head }) => isEmpty && head.importance !== 'chosen').reverse(),
    (shown) => lineWidth(shown.map(({ width }) => width)) <= available,
  );
  const shown = without(
    filled,
    inGoingOrder(filled),
    (left) => lineWidth(left.map(leastOf)) <= available,
  );
  const widths = narrowed(shown, available);
  return wishes.map((wish) => widths.get(wish) ?? null);
}

/** Leaves these out one by one until the others fit, but for the last that is there. */
function without(
  wishes: readonly Wish[],
  going: readonly Wish[],
  fits: (shown: readonly Wish[]) => boolean,
): readonly Wish[] {
  let shown = wishes;
  for (const wish of going) {
    if (shown.length === 1 || fits(shown)) break;
    shown = shown.filter((each) => each !== wish);
  }
  return shown;
}

const WORTH: Readonly<Record<Importance, number>> = { spare: 0, usual: 1, needed: 2, chosen: 3 };

function inGoingOrder(wishes: readonly Wish[]): Wish[] {
  const going = wishes.filter(({ head }) => head.fit === 'cut' || head.fit === 'whole').reverse();
  return going.sort((one, other) => WORTH[one.head.importance] - WORTH[other.head.importance]);
}

function leastOf({ head, width, word }: Wish): number {
  if (head.fit === 'words') return Math.min(width, Math.max(word, head.header.length));
  if (head.fit !== 'cut' && head.fit !== 'wrap') return width;
  return Math.min(width, Math.max(LEAST[head.fit], Math.min(head.header.length, WIDEST_HEADING)));
}

/** How long a line with columns of these widths is. */
export function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** Takes from the widest column that can give, again and again, until the line fits. */
function narrowed(wishes: readonly Wish[], available: number): ReadonlyMap<Wish, number> {
  const widths = new Map(wishes.map((wish) => [wish, wish.width]));
  for (let excess = lineWidth([...widths.values()]) - available; excess > 0; excess--) {
    const giving = [...widths].filter(([wish, width]) => width > leastOf(wish));
    const [first] = giving;
    if (first === undefined) break;
    const [widest, width] = giving.reduce((one, other) => (other[1] > one[1] ? other : one), first);
    widths.set(widest, width - 1);
  }
  return widths;
}
