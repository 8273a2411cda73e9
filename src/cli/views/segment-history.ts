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
  /** How many members there are, where the history ends now. */
  readonly members: number | undefined;
  readonly by: PeriodUnit;
}

/** With the sizes as a line on a terminal, where they differ. */
export function historyResult(
  periods: readonly PeriodHistory[],
  { segment, members, by, format, isSeen }: Asked,
): RowsResult {
  const inWords = format === 'table';
  const sizes = periods.map(({ size }) => size);
  return rows<PeriodHistory>({
    rows: periods,
    columns: [
      { key: by, fit: 'key', of: ({ name }) => name },
      { key: 'from', kind: 'instant', inTable: false, of: ({ from }) => from },
      { key: 'until', kind: 'instant', inTable: false, of: ({ until }) => until },
      { key: 'members', kind: 'count', importance: 'needed', of: ({ size }) => size },
      { key: 'joined', kind: 'count', importance: 'needed', of: ({ joined }) => joined },
      { key: 'left', kind: 'count', importance: 'needed', of: ({ left }) => left },
      viaColumn('joined_by', ({ joinedBy }) => joinedBy, inWords),
      viaColumn('left_by', ({ leftBy }) => leftBy, inWords),
    ],
    id: ({ name }) => name,
    empty: `no whole ${by} of the history of ${segment} is kept`,
    footer: (count) => `${counted(count, by)}, ${spanOf(sizes)}`,
    notes: [
      ...(isSeen && inWords && new Set(sizes).size > 1
        ? [`from the first to the last: ${sparkline(sizes)}`]
        : []),
      ...aheadNote(segment, members, sizes.at(-1)),
    ],
  });
}

/** By a clock that was ahead somebody joined or left at an instant that is still to come. */
function aheadNote(segment: string, members?: number, told?: number): string[] {
  if (members === undefined || told === undefined || members === told) return [];
  return [
    `${segment} has ${counted(members, 'member')}: some joined or left at instants still to come`,
  ];
}

/** `120 to 147 members` */
function spanOf(sizes: readonly number[]): string {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return `${least === most ? '' : `${grouped(least)} to `}${counted(most, 'member')}`;
}

/** Numbers by channel: for people as a list, for programs as an object. */
function viaColumn(
  key: string,
  of: (period: PeriodHistory) => ByVia,
  inWords: boolean,
): Column<PeriodHistory> {
  if (!inWords) return { key, kind: 'object', of };
  return {
    ...{ key, kind: 'text', fit: 'wrap' },
    of: (period) => {
      const parts = Object.entries(of(period)).map(([via, count]) => `${via} ${grouped(count)}`);
      return parts.length === 0 ? null : parts.join(', ');
    },
  };
}
