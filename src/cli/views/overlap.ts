import type { Overlap, Shared } from '../../segment/overlap.ts';
import { counted, grouped } from '../../support/text.ts';
import type { Format } from '../output/formats.ts';
import { type Column, type RowsResult, rows } from '../output/result.ts';
import { shareColumn } from './share.ts';
import { barOf } from './sparkline.ts';

/** What 80 columns have room for beside aliases of ten letters. */
const PICTURE = 8;

const LEGEND = '█ in the segment alone, ▒ shared, ░ in the other alone';

/** On a terminal with a picture of each row. */
export function overlapResult(
  { rows: shared, inAny, inOne, inAll }: Overlap,
  { format, isSeen }: { readonly format: Format; readonly isSeen: boolean },
): RowsResult {
  const hasPicture = isSeen && format === 'table' && inAny > 0;
  return rows<Shared>({
    rows: shared,
    columns: [
      { key: 'segment', fit: 'key', of: ({ segment }) => segment.alias },
      { key: 'other', fit: 'key', of: ({ other }) => other?.alias ?? null },
      { key: 'members', kind: 'count', importance: 'needed', of: ({ members }) => members },
      { ...shareColumn('share', format, ({ share }) => share), importance: 'needed' },
      shareColumn('share_of_other', format, ({ shareOfOther }) => shareOfOther),
      { key: 'in_no_other', kind: 'count', of: ({ inNoOther }) => inNoOther },
      ...(hasPicture ? [pictureColumn(shared)] : []),
    ],
    id: ({ segment, other }) => (other === null ? segment.id : `${segment.id}+${other.id}`),
    empty: '',
    footer: () =>
      `${counted(inAny, 'contact')} in any, ${grouped(inOne)} in exactly one, ` +
      `${grouped(inAll)} in all`,
  });
}

function pictureColumn(shared: readonly Shared[]): Column<Shared> {
  const sizes = new Map(
    shared.filter(({ other }) => other === null).map(({ segment, members }) => [segment, members]),
  );
  const largest = Math.max(...sizes.values());
  return {
    ...{ key: 'picture', fit: 'whole', importance: 'spare', legend: LEGEND },
    of: ({ segment, other, members, inNoOther }) => {
      const one = sizes.get(segment) ?? 0;
      if (other === null)
        return barOf(
          [
            ['█', inNoOther],
            ['▒', members - inNoOther],
          ],
          largest,
          PICTURE,
        );
      const two = sizes.get(other) ?? 0;
      const parts = [
        ['█', one - members],
        ['▒', members],
        ['░', two - members],
      ] as const;
      return barOf(parts, one + two - members, PICTURE);
    },
  };
}
