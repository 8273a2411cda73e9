/**
 * Combines the items in pairs, as a tree of the least depth: SQLite refuses expressions deeper than
 * 1,000. There must be at least one item.
 */
export function balancedTree<T>(items: readonly T[], pair: (left: T, right: T) => T): T {
  const [first] = items;
  if (first === undefined) throw new Error('a tree has leaves');
  if (items.length === 1) return first;
  const middle = Math.ceil(items.length / 2);
  return pair(balancedTree(items.slice(0, middle), pair), balancedTree(items.slice(middle), pair));
}
