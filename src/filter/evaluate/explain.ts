/** Explains a filter's answer for one contact, condition by condition. */
import type { Combined, FilterAst, Negation, Predicate } from '../ast.ts';
import type { ContactRow } from '../contact-row.ts';
import { evaluateFilter, type EvaluateContext } from './evaluate.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { printFilter } from '../print.ts';
import { isNegation, leavesOf, visit } from '../walk.ts';

/** A node of the filter with its answer. */
export type Verdict =
  | { readonly kind: 'and' | 'or'; readonly holds: boolean; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'not'; readonly holds: boolean; readonly verdict: Verdict }
  | { readonly kind: 'constant'; readonly holds: boolean }
  | ConditionVerdict;

/** The answer of one condition, including a `not` before it: `country != "FR"` is one condition. */
export interface ConditionVerdict {
  readonly kind: 'condition';
  readonly condition: string;
  readonly holds: boolean;
  /**
   * Whether the opposite answer of this condition, in every place where it stands, would reverse
   * the answer of the whole filter.
   */
  readonly decides: boolean;
  readonly evidence: Evidence;
}

/**
 * The tree of verdicts; the root's `holds` equals `evaluateFilter`. `FilterError` when a field or
 * segment of the AST no longer exists.
 */
export function explainFilter(ast: FilterAst, row: ContactRow, context: EvaluateContext): Verdict {
  const answers = new Map<Predicate, boolean>();
  for (const leaf of leavesOf<Predicate>(ast))
    answers.set(leaf, evaluateFilter(leaf, row, context));
  const deciding = decidingLeaves(ast, answers);
  const verdictOf = (node: FilterAst): Verdict =>
    visit<Predicate, Verdict>(node, {
      joint: ({ kind, filters }) => jointVerdict(kind, filters.map(verdictOf)),
      not: (inner) => {
        const leaf = leafOf(inner);
        if (leaf !== undefined) return conditionOf({ kind: 'not', filter: leaf }, leaf);
        const verdict = verdictOf(inner);
        return { kind: 'not', holds: !verdict.holds, verdict };
      },
      constant: (holds) => ({ kind: 'constant', holds }),
      leaf: (leaf) => conditionOf(leaf, leaf),
    });
  const conditionOf = (
    written: Predicate | Negation<Predicate>,
    leaf: Predicate,
  ): ConditionVerdict => ({
    kind: 'condition',
    condition: printFilter(written, context.catalogue),
    holds: (answers.get(leaf) ?? false) !== isNegation<Predicate>(written),
    decides: deciding.has(leaf),
    evidence: evidenceOf(leaf, row, context),
  });
  return verdictOf(ast);
}

function jointVerdict(kind: 'and' | 'or', verdicts: readonly Verdict[]): Verdict {
  const all = verdicts.every(({ holds }) => holds);
  return { kind, holds: kind === 'and' ? all : verdicts.some(({ holds }) => holds), verdicts };
}

/** The conditions of a tree, left to right. */
export function conditionsOf(verdict: Verdict): ConditionVerdict[] {
  switch (verdict.kind) {
    case 'and':
    case 'or':
      return verdict.verdicts.flatMap(conditionsOf);
    case 'not':
      return conditionsOf(verdict.verdict);
    case 'constant':
      return [];
    case 'condition':
      return [verdict];
  }
}

function leafOf(node: FilterAst): Predicate | undefined {
  return visit<Predicate, Predicate | undefined>(node, {
    joint: () => undefined,
    not: () => undefined,
    constant: () => undefined,
    leaf: (leaf) => leaf,
  });
}

/**
 * The leaves whose opposite answer would reverse the whole answer. A condition that stands once is
 * found on the way down, where its neighbours leave the answer open. For one that stands more than
 * once, its answer is reversed in all places and the filter is evaluated again.
 */
function decidingLeaves(ast: FilterAst, answers: ReadonlyMap<Predicate, boolean>): Set<Predicate> {
  const places = new Map<string, Predicate[]>();
  for (const leaf of leavesOf<Predicate>(ast)) {
    const text = JSON.stringify(leaf);
    places.set(text, [...(places.get(text) ?? []), leaf]);
  }
  const found = pivots(ast, answers);
  const root = answerOf(ast, (leaf) => answers.get(leaf) ?? false);
  for (const same of places.values()) {
    if (same.length === 1) continue;
    const turned = new Set(same);
    const decides =
      answerOf(ast, (leaf) => (answers.get(leaf) ?? false) !== turned.has(leaf)) !== root;
    for (const leaf of same)
      if (decides) found.add(leaf);
      else found.delete(leaf);
  }
  return found;
}

/** The leaves that decide by themselves when everything else stays the same. */
function pivots(ast: FilterAst, answers: ReadonlyMap<Predicate, boolean>): Set<Predicate> {
  const values = new Map<FilterAst, boolean>();
  answerOf(ast, (leaf) => answers.get(leaf) ?? false, values);
  const descend = (node: FilterAst): Predicate[] =>
    visit<Predicate, Predicate[]>(node, {
      joint: ({ kind, filters }) => {
        const settles = kind === 'or'; // one neighbour with this answer settles the chain
        const settling = filters.filter((filter) => values.get(filter) === settles).length;
        return filters
          .filter((filter) => settling === (values.get(filter) === settles ? 1 : 0))
          .flatMap(descend);
      },
      not: descend,
      constant: () => [],
      leaf: (leaf) => [leaf],
    });
  return new Set(descend(ast));
}

/**
 * The filter's answer for these answers of its leaves; the answer of every node goes into `values`.
 */
function answerOf(
  ast: FilterAst,
  ask: (leaf: Predicate) => boolean,
  values = new Map<Combined<Predicate>, boolean>(),
): boolean {
  const answer = (node: FilterAst): boolean => {
    const value = visit<Predicate, boolean>(node, {
      joint: ({ kind, filters }) => {
        const inner = filters.map(answer);
        return kind === 'and' ? inner.every(Boolean) : inner.some(Boolean);
      },
      not: (inner) => !answer(inner),
      constant: (constant) => constant,
      leaf: ask,
    });
    values.set(node, value);
    return value;
  };
  return answer(ast);
}
