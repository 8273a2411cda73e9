/** Walks over combined conditions, for contacts and events alike. */
import type { Combined, Constant, Joint, Negation } from './ast.ts';

interface Kinded {
  readonly kind: string;
}

/** What to do with each kind of node. */
export interface Visitor<Leaf, Result> {
  readonly joint: (joint: Joint<Leaf>) => Result;
  readonly not: (inner: Combined<Leaf>) => Result;
  readonly constant: (value: boolean) => Result;
  readonly leaf: (leaf: Leaf) => Result;
}

export function visit<Leaf extends Kinded, Result>(
  node: Combined<Leaf>,
  visitor: Visitor<Leaf, Result>,
): Result {
  if (isJoint(node)) return visitor.joint(node);
  if (isNegation(node)) return visitor.not(node.filter);
  if (isConstant(node)) return visitor.constant(node.value);
  return visitor.leaf(node);
}

/** Every leaf, left to right. */
export function leavesOf<Leaf extends Kinded>(node: Combined<Leaf>): Leaf[] {
  return visit<Leaf, Leaf[]>(node, {
    joint: ({ filters }) => filters.flatMap((filter) => leavesOf<Leaf>(filter)),
    not: (inner) => leavesOf<Leaf>(inner),
    constant: () => [],
    leaf: (leaf) => [leaf],
  });
}

export function isJoint<Leaf extends Kinded>(node: Combined<Leaf>): node is Joint<Leaf> {
  return node.kind === 'and' || node.kind === 'or';
}

export function isNegation<Leaf extends Kinded>(node: Combined<Leaf>): node is Negation<Leaf> {
  return node.kind === 'not';
}

function isConstant(node: Kinded): node is Constant {
  return node.kind === 'constant';
}
