/**
 * Longer names are not compared: comparing takes time proportional to the product of the lengths,
 * and nobody mistypes such a name.
 */
const LONGEST = 200;

/**
 * The known names nearest to a mistyped one, best first: those within a third of its length in
 * edits (at least one; a transposition counts as one), without regard to case. Empty for a name of
 * more than 200 characters.
 */
export function nearest(name: string, known: Iterable<string>, most = 1): string[] {
  if (name.length > LONGEST) return [];
  const wanted = name.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const ranked: { readonly name: string; readonly distance: number }[] = [];
  for (const candidate of known) {
    if (candidate.length > name.length + limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance <= limit) ranked.push({ name: candidate, distance });
  }
  ranked.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked.slice(0, most).map((entry) => entry.name);
}

/**
 * Optimal string alignment distance: the number of insertions, deletions, substitutions and
 * transpositions of neighbours.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (areSwapped(a, i, b, j)) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Whether the two characters before `i` and the two before `j` are the same in reverse order. */
function areSwapped(a: string, i: number, b: string, j: number): boolean {
  return i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}
