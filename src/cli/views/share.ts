import type { Format } from '../output/formats.ts';
import type { Column } from '../output/result.ts';

/** A share of 0 to 1: `12.5 %` for people, the number for programs. */
export function shareColumn<Row>(
  key: string,
  format: Format,
  of: (row: Row) => number | null,
): Column<Row> {
  if (format !== 'table') return { key, kind: 'number', of };
  return {
    ...{ key, fit: 'whole' },
    of: (row) => {
      const share = of(row);
      return share === null ? null : `${(share * 100).toFixed(1).padStart(5)} %`;
    },
  };
}
