import type { ComparedValue, Comparison } from '../../segment/compare.ts';
import { counted, grouped } from '../../support/text.ts';
import type { Format } from '../output/formats.ts';
import { type Column, type RowsResult, rows } from '../output/result.ts';
import { shareColumn } from './share.ts';

/** At most `limit` values of each field. */
export function comparisonResult(
  { first, second, values }: Comparison,
  { format, limit }: { readonly format: Format; readonly limit: number },
): RowsResult {
  const shown = firstOfEach(values, limit);
  const [one, two] = [first.segment.alias, second.segment.alias];
  return rows<ComparedValue>({
    rows: shown,
    columns: [
      { key: 'field', fit: 'key', of: ({ field }) => field },
      { key: 'value', fit: 'wrap', of: ({ value }) => value },
      { key: 'segment', inTable: false, of: () => one },
      {
        key: 'members',
        kind: 'count',
        header: one,
        importance: 'needed',
        of: ({ inFirst }) => inFirst,
      },
      { ...shareColumn('share', format, ({ shareOfFirst }) => shareOfFirst), ...SHARE },
      { key: 'other', inTable: false, of: () => two },
      {
        key: 'members_of_other',
        kind: 'count',
        header: two,
        importance: 'needed',
        of: ({ inSecond }) => inSecond,
      },
      { ...shareColumn('share_of_other', format, ({ shareOfSecond }) => shareOfSecond), ...SHARE },
      liftColumn(format),
      { key: 'small', kind: 'boolean', inTable: false, of: ({ isSmall }) => isSmall },
    ],
    id: ({ field, value }) => `${field}=${String(value ?? '')}`,
    empty: 'neither of them has a member',
    footer: () =>
      `${counted(first.members, 'member')} of ${one}, ${grouped(second.members)} of ${two}` +
      leftOut(values.length - shown.length),
  });
}

/** It stands behind the column of its segment. */
const SHARE = { header: 'share', importance: 'needed' } as const;

function leftOut(count: number): string {
  return count === 0 ? '' : `; ${counted(count, 'value')} more, see --limit`;
}

function firstOfEach(values: readonly ComparedValue[], limit: number): ComparedValue[] {
  const counts = new Map<string, number>();
  return values.filter(({ field }) => {
    const count = (counts.get(field) ?? 0) + 1;
    counts.set(field, count);
    return count <= limit;
  });
}

function liftColumn(format: Format): Column<ComparedValue> {
  if (format !== 'table') return { key: 'lift', kind: 'number', of: ({ lift }) => lift };
  return {
    ...{ key: 'lift', fit: 'whole', importance: 'needed' },
    of: ({ lift, isSmall }) =>
      isSmall ? 'too few' : lift === null ? 'only here' : `${lift.toFixed(2)} x`,
  };
}
