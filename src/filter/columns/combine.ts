import { BitSet } from '../../support/bit-set.ts';
import type { Combined } from '../ast.ts';
import { visit } from '../walk.ts';

/**
 * The rows of a filter from those of its leaves, 32 at a time. The set is the caller's to change;
 * those of the leaves are left as they are.
 */
export function combineRows<Leaf extends { readonly kind: string }>(
  node: Combined<Leaf>,
  size: number,
  rowsOf: (leaf: Leaf) => BitSet,
): BitSet {
  return visit<Leaf, BitSet>(node, {
    joint: ({ kind, filters }) => {
      const [first, ...others] = filters.map((filter) => combineRows(filter, size, rowsOf));
      if (first === undefined) throw new Error('a chain has parts');
      for (const other of others) {
        if (kind === 'and') first.keepAll(other);
        else first.addAll(other);
      }
      return first;
    },
    not: (inner) => combineRows(inner, size, rowsOf).complement(),
    constant: (value) => (value ? new BitSet(size).complement() : new BitSet(size)),
    leaf: (leaf) => rowsOf(leaf).copy(),
  });
}
