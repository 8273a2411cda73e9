import type { ByVia, PeriodHistory } from '../../segment/history.ts';
import type { PeriodUnit } from '../../segment/periods.ts';
import { counted, grouped } from '../../support/text.ts';
import type { Format } from '../output/formats.ts';
import { type Column, type RowsResult, rows } from '../output/result.ts';
import { sparkline } from './sparkline.ts';

interface Asked {
  readonly format: Format;
  /** It goes to a terminal. */
  readonly isSeen: boolean;
  readonly segment: string;
  readonly by: PeriodUnit;
}

/** With the sizes as a line on a terminal. */
export function historyResult(
  periods: readonly PeriodHistory[],
  { segment, by, format, isSeen }: Asked,
): RowsResult {
  const inWords = format === 'table';
  return rows<PeriodHistory>({
    rows: periods,
    columns: [
      { key: by, fit: 'key', of: ({ name }) => name },
      { key: 'from', kind: 'instant', inTable: false, of: ({ from }) => from },
      { key: 'until', kind: 'instant', inTable: false, of: ({ until }) => until },
      { key: 'size', kind: 'count', of: ({ size }) => size },
      { key: 'joined', kind: 'count', of: ({ joined }) => joined },
      { key: 'left', kind: 'count', of: ({ left }) => left },
      viaColumn('joined_by', 'joined by', ({ joinedBy }) => joinedBy, inWords),
      viaColumn('left_by', 'left by', ({ leftBy }) => leftBy, inWords),
    ],
    id: ({ name }) => name,
    empty: `no whole ${by} of the history of ${segment} is kept`,
    footer: (count) => {
      const sizes = periods.map(({ size }) => size);
      const span = `${grouped(Math.min(...sizes))} to ${counted(Math.max(...sizes), 'member')}`;
      return `${counted(count, by)}, ${span}${isSeen ? `  ${sparkline(sizes)}` : ''}`;
    },
  });
}

/** Numbers by channel: for people as a list, for programs as an object. */
function viaColumn(
  key: string,
  header: string,
  of: (period: PeriodHistory) => ByVia,
  inWords: boolean,
): Column<PeriodHistory> {
  if (!inWords) return { key, kind: 'object', of };
  return {
    ...{ key, header, kind: 'text', fit: 'wrap' },
    of: (period) => {
      const parts = Object.entries(of(period)).map(([via, count]) => `${via} ${grouped(count)}`);
      return parts.length === 0 ? null : parts.join(', ');
    },
  };
}
