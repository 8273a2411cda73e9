import { type RowsResult, rows } from '../output/result.ts';

/** How many there are, under the name of what they are: `members`. */
export function countResult(
  things: string,
  count: number,
  warnings: readonly string[] = [],
): RowsResult {
  return rows({
    rows: [count],
    columns: [{ key: things, kind: 'count', of: (many) => many }],
    id: (many) => many,
    empty: '',
    warnings,
  });
}
