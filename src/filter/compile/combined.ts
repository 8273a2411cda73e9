import { sql, type SQL } from 'drizzle-orm';
import type { Combined } from '../ast.ts';
import { balanced, type CompileContext } from '../operators/compile-context.ts';
import { visit } from '../walk.ts';

interface Kinded {
  readonly kind: string;
}

/** How the leaves of a filter are compiled. */
export interface LeafCompiler<Leaf> {
  readonly compile: (leaf: Leaf, context: CompileContext) => SQL;
  /** The cost of a leaf for one row: 0 reads only the row itself, more reads elsewhere. */
  readonly cost: (leaf: Leaf, context: CompileContext) => number;
}

/**
 * Compiles `and`, `or` and `not`, for contacts and for events alike. The cheap parts of a chain
 * come first: inside an `or` the database evaluates them in order and stops when the answer is
 * known. After a cheap part of an `and`, the others are asked for few rows only (`narrowed`).
 */
export function compileCombined<Leaf extends Kinded>(
  root: Combined<Leaf>,
  context: CompileContext,
  leaves: LeafCompiler<Leaf>,
): SQL {
  const costs = new Map<Combined<Leaf>, number>();
  rank(root, (leaf) => leaves.cost(leaf, context), costs);
  const costOf = (node: Combined<Leaf>): number => costs.get(node) ?? 0;
  const compile = (node: Combined<Leaf>, narrowed: boolean): SQL =>
    visit<Leaf, SQL>(node, {
      joint: ({ kind, filters }) => {
        const ordered = filters.toSorted((a, b) => costOf(a) - costOf(b));
        const few =
          narrowed || (kind === 'and' && ordered.slice(0, 1).every((first) => costOf(first) === 0));
        return balanced(
          kind,
          ordered.map((filter) => compile(filter, few)),
        );
      },
      not: (inner) => sql`not ${compile(inner, narrowed)}`,
      constant: (value) => context.dialect.constant(value),
      leaf: (leaf) => leaves.compile(leaf, { ...context, narrowed }),
    });
  return compile(root, context.narrowed);
}

/** Sets the cost of every node; a chain costs as much as its most expensive part. */
function rank<Leaf extends Kinded>(
  node: Combined<Leaf>,
  costOfLeaf: (leaf: Leaf) => number,
  costs: Map<Combined<Leaf>, number>,
): number {
  const cost = visit<Leaf, number>(node, {
    joint: ({ filters }) =>
      filters.reduce((most, filter) => Math.max(most, rank(filter, costOfLeaf, costs)), 0),
    not: (inner) => rank(inner, costOfLeaf, costs),
    constant: () => 0,
    leaf: costOfLeaf,
  });
  costs.set(node, cost);
  return cost;
}
