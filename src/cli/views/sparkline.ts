const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** What fits a terminal of 80 columns beside a few words. */
const WIDEST = 40;

/**
 * Numbers as a line of blocks, from the lowest at the bottom to the highest at the top; the last of
 * several where there are more than have room. All the same is a line in the middle.
 */
export function sparkline(numbers: readonly number[], widest = WIDEST): string {
  const shown = thinned(numbers, widest);
  const lowest = Math.min(...shown);
  const range = Math.max(...shown) - lowest;
  return shown
    .map((number) => BLOCKS[range === 0 ? 3 : Math.round(((number - lowest) / range) * 7)])
    .join('');
}

function thinned(numbers: readonly number[], widest: number): readonly number[] {
  if (numbers.length <= widest) return numbers;
  return Array.from(
    { length: widest },
    (_, place) => numbers[Math.ceil(((place + 1) * numbers.length) / widest) - 1] ?? 0,
  );
}

/** Parts side by side, each as wide as its number is of `whole`; no part that is not 0 is lost. */
export function barOf(
  parts: readonly (readonly [mark: string, number: number])[],
  whole: number,
  width: number,
): string {
  if (whole === 0) return '';
  let total = 0;
  let drawn = 0;
  return parts
    .map(([mark, number]) => {
      total += number;
      const end = Math.round((total / whole) * width);
      const length = number === 0 ? 0 : Math.max(1, end - drawn);
      drawn += length;
      return mark.repeat(length);
    })
    .join('');
}
