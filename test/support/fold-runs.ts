/**
 * The simple case folding that this Node's regular expressions use (`/iu` is defined by it), as
 * runs for src/support/fold-table.ts: `[first, last, step, delta]`. ASCII letters are left out:
 * they fold among themselves.
 */
export function foldRuns(): number[][] {
  const runs: number[][] = [];
  for (const [from, to] of foldings()) {
    const [first = 0, last = 0, step = 0, delta] = runs.at(-1) ?? [];
    const gap = from - last;
    if (delta === to - from && (gap === step || (first === last && gap <= 2)))
      runs.splice(-1, 1, [first, from, gap, delta]);
    else runs.push([from, from, 1, to - from]);
  }
  return runs;
}

function foldings(): [number, number][] {
  const pairs = [...caseClasses()].flatMap((letters) =>
    letters
      .filter((letter) => letter !== smallLetter(letters))
      .map((letter): [number, number] => [letter, smallLetter(letters)]),
  );
  return pairs.sort(([a], [b]) => a - b);
}

function caseClasses(): Iterable<number[]> {
  const cased = Array.from({ length: 0x20000 - 0x80 }, (_, index) =>
    String.fromCodePoint(index + 0x80),
  ).filter((letter) => /[\p{Cased}\p{CWCF}\p{CWCM}]/u.test(letter));
  const text = cased.join('');
  const classes = new Map<string, number[]>();
  for (const letter of cased) {
    const same = (text.match(new RegExp(letter, 'giu')) ?? [])
      .map((found) => found.codePointAt(0) ?? 0)
      .sort((a, b) => a - b);
    if (same.length > 1) classes.set(same.join(), same);
  }
  return classes.values();
}

/**
 * The letter that stands for all of its class: the small form of the capital, where both are single
 * letters.
 */
function smallLetter(letters: readonly number[]): number {
  const cased = letters.map((letter) => String.fromCodePoint(letter));
  const small = cased
    .map((letter) => letter.toUpperCase().toLowerCase())
    .find((letter) => cased.includes(letter));
  return (
    (small ?? cased.find((letter) => letter.toLowerCase() === letter) ?? '').codePointAt(0) ?? 0
  );
}
