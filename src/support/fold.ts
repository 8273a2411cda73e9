import { FOLD_RUNS } from './fold-table.ts';

const NON_ASCII = /[^\u{0}-\u{7f}]/gu;

let folded: Map<string, string> | undefined;
let variants: Map<string, string[]> | undefined;

/**
 * Folds a text: two texts are equal without regard to case when their folded forms are equal. ASCII
 * letters fold only among themselves (the Kelvin sign is no `k`), other letters by Unicode's simple
 * case folding (`ß` is `ẞ` but not `ss`, `İ` is only itself). The number of code points stays the
 * same.
 */
export function fold(text: string): string {
  const lower = asciiLower(text);
  NON_ASCII.lastIndex = 0;
  return NON_ASCII.test(lower) ? lower.replace(NON_ASCII, foldLetter) : lower;
}

export function isAscii(text: string): boolean {
  return !/[^\u{0}-\u{7f}]/u.test(text);
}

/** All letters that fold to the same one, including itself: `É` → `É é`, `k` → `K k`, `東` → `東`. */
export function caseVariants(letter: string): readonly string[] {
  const small = fold(letter);
  if (/^[a-z]$/.test(small)) return [small.toUpperCase(), small];
  variants ??= groupByFolded();
  return variants.get(small) ?? [letter];
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

function foldLetter(letter: string): string {
  folded ??= new Map(foldings());
  return folded.get(letter) ?? letter;
}

function groupByFolded(): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [letter, small] of foldings()) {
    const group = groups.get(small);
    if (group === undefined) groups.set(small, [letter, small]);
    else group.splice(-1, 0, letter);
  }
  return groups;
}

function* foldings(): Generator<[string, string]> {
  for (const [first, last, step, delta] of FOLD_RUNS) {
    for (let code = first; code <= last; code += step)
      yield [String.fromCodePoint(code), String.fromCodePoint(code + delta)];
  }
}
