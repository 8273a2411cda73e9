import { counted } from '../support/text.ts';
import type { RowProblem } from './reject-lines.ts';

/** Why rows were rejected: the same thing in the same column, with the first such row. */
export interface TalliedReason {
  /** As the file calls it; empty if no single column is the cause. */
  readonly column: string;
  /** In the words of the first row. */
  readonly reason: string;
  readonly rows: number;
  readonly line: number;
  /** Where the first row stands in the file: `line 5`, `object 5`. */
  readonly place: string;
}

/** What the rows of a file were rejected for. A row with several problems counts for each. */
export class ReasonTally {
  readonly #found = new Map<string, TalliedReason>();

  add(
    { line, place }: Pick<TalliedReason, 'line' | 'place'>,
    problems: readonly RowProblem[],
  ): void {
    const seen = new Set<string>();
    for (const { column, words, kind = words } of problems) {
      const key = `${kind}:${column}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const first = this.#found.get(key) ?? { column, reason: words, rows: 0, line, place };
      this.#found.set(key, { ...first, rows: first.rows + 1 });
    }
  }

  /** The most frequent first; of those with the same number of rows, the one found first. */
  get list(): readonly TalliedReason[] {
    return [...this.#found.values()].sort((a, b) => b.rows - a.rows);
  }
}

const MOST_TOLD = 3;

/**
 * The most frequent reasons in words, each with its first row: ``line 3, `Score`: `many` is not a
 * number (and 6 more rows)``; then how many others there are, and `elsewhere`, where to find them.
 */
export function reasonsInWords(reasons: readonly TalliedReason[], elsewhere = ''): string[] {
  const told = reasons.slice(0, MOST_TOLD).map(({ column, reason, rows, place }) => {
    const where = column === '' ? place : `${place}, \`${column}\``;
    return `${where}: ${reason}${rows > 1 ? ` (and ${counted(rows - 1, 'more row')})` : ''}`;
  });
  const others = reasons.length - told.length;
  return others > 0 ? [...told, `and ${counted(others, 'other reason')}${elsewhere}`] : told;
}
