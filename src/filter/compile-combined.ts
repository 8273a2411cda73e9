import { sql, type SQL } from 'drizzle-orm';
import type { Combined } from './ast.ts';
import { balanced, type CompileContext } from './compile-context.ts';
import { leavesOf, visit } from './walk.ts';

/** How the leaves of a filter compile. */
export interface LeafCompiler<Leaf> {
  readonly compile: (leaf: Leaf, context: CompileContext) => SQL;
  /** What a leaf costs for a row: 0 is a look at the row itself, more is a look elsewhere. */
  readonly cost: (leaf: Leaf, context: CompileContext) => number;
}

/**
 * `and`, `or` and `not` of conditions, for contacts and for events alike. Cheap links of a chain stand first: inside an `or` the
 * database evaluates them in order and stops where the answer is known. Beside a cheap link of an `and`, the others are
 * asked for few rows only (`narrowed`).
 */
export function compileCombined<Leaf extends { readonly kind: string }>(node: Combined<Leaf>, context: CompileContext, leaves: LeafCompiler<Leaf>): SQL {
  return visit<Leaf, SQL>(node, {
    joint: ({ kind, filters }) => {
      const costs = new Map(filters.map((filter) => [filter, Math.max(0, ...leavesOf<Leaf>(filter).map((leaf) => leaves.cost(leaf, context)))]));
      const ordered = filters.toSorted((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0));
      const narrowed = context.narrowed || (kind === 'and' && costs.get(ordered[0] ?? node) === 0);
      return balanced(kind, ordered.map((filter) => compileCombined(filter, { ...context, narrowed }, leaves)));
    },
    not: (inner) => sql`not ${compileCombined(inner, context, leaves)}`,
    constant: (value) => context.dialect.constant(value),
    leaf: (leaf) => leaves.compile(leaf, context),
  });
}
