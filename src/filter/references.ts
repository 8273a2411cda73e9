/** The fields and segments that a filter names, by id. */
import type { FilterAst, Operand, Predicate } from './ast.ts';
import {
  findFieldById,
  findSegmentById,
  type Catalogue,
  type CatalogueField,
  type CatalogueSegment,
} from './catalogue.ts';
import { FilterError } from './problem/filter-error.ts';
import { leavesOf, visit } from './walk.ts';

const NO_TEXT = { text: '', source: undefined };

/** The field of that id; `FilterError` when it no longer exists. */
export function getField(catalogue: Catalogue, id: number): CatalogueField {
  const field = findFieldById(catalogue, id);
  if (field === undefined) throw new FilterError({ kind: 'lostField', id }, NO_TEXT);
  return field;
}

/** The segment of that id; `FilterError` when it no longer exists. */
export function getSegment(catalogue: Catalogue, id: number): CatalogueSegment {
  const segment = findSegmentById(catalogue, id);
  if (segment === undefined) throw new FilterError({ kind: 'lostSegment', id }, NO_TEXT);
  return segment;
}

/** A segment that a filter names: its contacts are in it, or, where `negated`, not in it. */
export interface NamedSegment {
  readonly segment: number;
  readonly negated: boolean;
}

/** Every place where the filter names a segment, left to right. */
export function namedSegments(ast: FilterAst): NamedSegment[] {
  return visit<Predicate, NamedSegment[]>(ast, {
    joint: ({ filters }) => filters.flatMap(namedSegments),
    // rule: circle-negated
    not: (inner) => namedSegments(inner).map((one) => ({ ...one, negated: !one.negated })),
    constant: () => [],
    leaf: (leaf) =>
      leaf.kind === 'inSegment' || leaf.kind === 'joinedSegment'
        ? [{ segment: leaf.segment, negated: false }]
        : [],
  });
}

/**
 * A run asks this about every filter for every other, so the answers are kept as long as the
 * filters.
 */
const referred = new WeakMap<FilterAst, readonly number[]>();

/** Ids of the segments that the filter names, ascending, each once. */
export function referredSegments(ast: FilterAst): readonly number[] {
  const known = referred.get(ast);
  if (known !== undefined) return known;
  const ids = new Set(namedSegments(ast).map(({ segment }) => segment));
  const found = [...ids].sort((a, b) => a - b);
  referred.set(ast, found);
  return found;
}

/** Ids of the catalogue's fields that the filter names, ascending, each once. */
export function usedFields(ast: FilterAst): number[] {
  return [...new Set(testsOf(ast).flatMap(({ operand }) => fieldsOf(operand)))].sort(
    (a, b) => a - b,
  );
}

/** The types of the events that the filter names, as written, each once. */
export function namedEventTypes(ast: FilterAst): string[] {
  const types = testsOf(ast).flatMap(({ operand }) =>
    operand.kind === 'aggregate' ? [operand.events.type] : [],
  );
  return [...new Set(types)];
}

/** The tags that the filter names, as written, each once. */
export function namedTags(ast: FilterAst): string[] {
  const sets = testsOf(ast).filter(({ operand }) => operand.kind === 'tags');
  return [
    ...new Set(
      sets.flatMap(({ test }) =>
        test.kind === 'hasAny' || test.kind === 'hasAll' ? test.texts : [],
      ),
    ),
  ];
}

/** The channels and reasons that `suppressed(…)` names in the filter, as written, each once. */
export function namedConsent(ast: FilterAst): {
  readonly channels: string[];
  readonly reasons: string[];
} {
  const leaves = leavesOf<Predicate>(ast).filter((leaf) => leaf.kind === 'suppressed');
  const once = (words: readonly (string | null)[]): string[] =>
    [...new Set(words)].filter((word) => word !== null);
  return {
    channels: once(leaves.map(({ channel }) => channel)),
    reasons: once(leaves.map(({ reason }) => reason)),
  };
}

function testsOf(ast: FilterAst): Extract<Predicate, { readonly kind: 'test' }>[] {
  return leavesOf<Predicate>(ast).filter((leaf) => leaf.kind === 'test');
}

function fieldsOf(operand: Operand): number[] {
  return operand.kind === 'field' || operand.kind === 'anniversary' ? [operand.field] : [];
}
