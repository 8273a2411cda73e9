import type { ColumnHead } from './result.ts';

export const GAP = '  ';

/**
 * No column is made narrower than this; where not even that is room, lines get longer than the
 * terminal.
 */
const LEAST = { cut: 8, wrap: 12 } as const;

/** A column with the width that it would like to have. */
export interface Wish {
  readonly head: ColumnHead;
  readonly width: number;
  /** No row has anything in it. */
  readonly isEmpty: boolean;
}

/**
 * What each column of a table gets on a terminal of so many columns; null for one that is left out.
 * First those that can be cut or wrapped give way, the widest first. Where that is not enough some
 * are left out, from the right, first those that are empty, then those that say least. Keys stay,
 * and what is wrapped unless nothing is in it, even where lines get too long.
 */
export function layOut(wishes: readonly Wish[], available: number): readonly (number | null)[] {
  let shown: readonly Wish[] = wishes;
  for (const wish of inGoingOrder(wishes)) {
    if (shown.length === 1 || total(shown.map(leastOf)) <= available) break;
    shown = shown.filter((each) => each !== wish);
  }
  const widths = narrowed(shown, available);
  return wishes.map((wish) => widths.get(wish) ?? null);
}

function inGoingOrder(wishes: readonly Wish[]): Wish[] {
  const stays = ({ head, isEmpty }: Wish): boolean =>
    head.fit === 'key' || (head.fit === 'wrap' && !isEmpty);
  const going = wishes.filter((wish) => !stays(wish)).reverse();
  const rankOf = ({ head, isEmpty }: Wish): number => (isEmpty ? 0 : head.isSpare ? 1 : 2);
  return going.sort((one, other) => rankOf(one) - rankOf(other));
}

function leastOf({ head, width }: Wish): number {
  return head.fit === 'cut' || head.fit === 'wrap' ? Math.min(width, LEAST[head.fit]) : width;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** Takes from the widest column that can give, again and again, until the line fits. */
function narrowed(wishes: readonly Wish[], available: number): ReadonlyMap<Wish, number> {
  const widths = new Map(wishes.map((wish) => [wish, wish.width]));
  for (let excess = total([...widths.values()]) - available; excess > 0; excess--) {
    const giving = [...widths].filter(([wish, width]) => width > leastOf(wish));
    const [first] = giving;
    if (first === undefined) break;
    const [widest, width] = giving.reduce((one, other) => (other[1] > one[1] ? other : one), first);
    widths.set(widest, width - 1);
  }
  return widths;
}
