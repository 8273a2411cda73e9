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
      let joined: BitSet | undefined;
      for (const filter of filters) {
        const rows = combineRows(filter, size, rowsOf);
        // rule: column-and
        if (joined === undefined) joined = rows;
        else if (kind === 'and') joined.keepAll(rows);
        else joined.addAll(rows);
      }
      if (joined === undefined) throw new Error('a chain has parts');
      return joined;
    },
    // rule: column-not
    not: (inner) => combineRows(inner, size, rowsOf).complement(),
    constant: (value) => (value ? new BitSet(size).complement() : new BitSet(size)),
    leaf: (leaf) => rowsOf(leaf).copy(),
  });
}
