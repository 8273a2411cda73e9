import type { FieldRow, Order, RecordKind } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { getField } from './fields.ts';

/** How a list is to be sorted, as people say it: `points`, or `points desc`. */
export interface Sorting {
  readonly sort?: string | undefined;
  /** The other way round. */
  readonly desc?: boolean | undefined;
}

/** What is sorted by and which way; undefined for the usual order. `UserError` (2): both ways. */
export function readSorting({ sort, desc = false }: Sorting): Order | undefined {
  if (sort === undefined) return undefined;
  const [, by = sort, direction = ''] = /^\s*(\S+)(?:\s+(asc|desc))?\s*$/i.exec(sort) ?? [];
  const way = direction.toLowerCase();
  if (desc && way === 'asc')
    throw new UserError('USAGE', EXIT.usage, `\`--sort ${sort}\` does not go with \`--desc\``, {
      hint: 'say one way',
    });
  return { by, descends: desc || way === 'desc' };
}

/** The order by a field of contacts or companies. `UserError` (2) for an unknown one. */
export function orderOfRecords(
  known: readonly FieldRow[],
  object: RecordKind,
  sorting: Sorting,
): Order | undefined {
  const order = readSorting(sorting);
  return order && { ...order, by: getField(known, object, order.by).alias };
}

/** The columns of a list, and the one that it is sorted by behind what names a record. */
export function withSorted(
  columns: readonly string[],
  order: Order | undefined,
): readonly string[] {
  return order === undefined || columns.includes(order.by)
    ? columns
    : columns.toSpliced(2, 0, order.by);
}

/** The order by one of these keys. `UserError` (2), naming them, for any other. */
export function orderBy(keys: readonly string[], sorting: Sorting): Order | undefined {
  const order = readSorting(sorting);
  if (order === undefined) return undefined;
  const wanted = order.by.toLowerCase();
  const key =
    keys.find((each) => each === wanted) ??
    keys.find((each) => each.replace(/_(?:at|id)$/, '') === wanted);
  if (key !== undefined) return { ...order, by: key };
  const [near] = nearest(wanted, keys);
  const all = `a list like this is sorted by ${keys.join(', ')}`;
  throw new UserError('UNKNOWN_COLUMN', EXIT.usage, `unknown column \`${order.by}\``, {
    hint: near === undefined ? all : `did you mean \`${near}\`? ${all}`,
  });
}
