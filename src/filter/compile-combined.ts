import { sql, type SQL } from 'drizzle-orm';
import type { Combined } from './ast.ts';
import { balanced, type CompileContext } from './compile-context.ts';
import { visit } from './walk.ts';

/** `and`, `or` and `not` of conditions, for contacts and for events alike. */
export function compileCombined<Leaf extends { readonly kind: string }>(node: Combined<Leaf>, context: CompileContext, compileLeaf: (leaf: Leaf) => SQL): SQL {
  return visit<Leaf, SQL>(node, {
    joint: ({ kind, filters }) => balanced(kind, filters.map((filter) => compileCombined(filter, context, compileLeaf))),
    not: (inner) => sql`not ${compileCombined(inner, context, compileLeaf)}`,
    constant: (value) => context.dialect.constant(value),
    leaf: compileLeaf,
  });
}
