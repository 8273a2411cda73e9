import { orderBy, type Sorting } from '../../contact/sorting.ts';
import { toExactText } from '../output/cells.ts';
import type { Cell, Column } from '../output/result.ts';

/**
 * Rows that are all at hand, sorted by one of their columns, at most `limit` of them; those without a
 * value come last. `UserError` (2) as `orderBy`.
 */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { limit, ...sorting }: Sorting & { readonly limit?: number | undefined },
): readonly Row[] {
  const keys = columns.filter(({ kind }) => kind !== 'object').map(({ key }) => key);
  const order = orderBy(keys, sorting);
  const column = columns.find(({ key }) => key === order?.by);
  if (order === undefined || column === undefined) return rows.slice(0, limit);
  const ranked = rows.map((row) => ({ row, rank: rankOf(column.of(row)) }));
  const way = order.descends ? -1 : 1;
  const sorted = ranked.toSorted((one, other) => compared(one.rank, other.rank, way));
  return sorted.slice(0, limit).map(({ row }) => row);
}

type Rank = string | number | null;

function rankOf(cell: Cell): Rank {
  if (cell === null || typeof cell === 'number') return cell;
  return typeof cell === 'boolean' ? Number(cell) : toExactText(cell, { kind: 'text' });
}

function compared(one: Rank, other: Rank, way: number): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  return one < other ? -way : way;
}
