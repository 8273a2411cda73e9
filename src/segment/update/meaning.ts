import {
  type Catalogue,
  decodeAst,
  type Dependencies,
  dependencies,
  type FilterAst,
  getField,
  recheckAst,
} from '../../filter/index.ts';
import type { SegmentRow } from '../../store/index.ts';
import { UserError } from '../../support/errors.ts';
import { fingerprintOf } from './fingerprint.ts';

/** What a filter means apart from its dates. */
export interface Meaning {
  readonly ast: FilterAst;
  readonly dependencies: Dependencies;
  readonly fingerprint: string;
}

/** By the row of a segment, because a store returns the same objects while nothing changes. */
type Meanings = WeakMap<Pick<SegmentRow, 'filter'>, Meaning>;
const meanings = new WeakMap<Catalogue, Meanings>();

/**
 * The meaning of a segment's filter, which depends only on the segment and the catalogue, so that
 * it is worked out once. `FilterError` when the filter no longer checks.
 */
export function meaningOf(
  segment: Pick<SegmentRow, 'id' | 'filter' | 'fingerprint'>,
  catalogue: Catalogue,
): Meaning {
  const known = meanings.get(catalogue) ?? new WeakMap<Pick<SegmentRow, 'filter'>, Meaning>();
  meanings.set(catalogue, known);
  const meaning = known.get(segment) ?? readMeaning(segment, catalogue);
  known.set(segment, meaning);
  return meaning;
}

/**
 * To check a filter takes as long as all else that an update without changes does for it. One that
 * says what it said when it was last built was checked then, so it is checked again only if that
 * hangs on what the fingerprint leaves out.
 */
function readMeaning(
  { id, filter, fingerprint }: Pick<SegmentRow, 'id' | 'filter' | 'fingerprint'>,
  catalogue: Catalogue,
): Meaning {
  const ast = decodeAst(filter ?? '');
  if (fingerprint !== null) {
    const stated = statedBy(ast, catalogue);
    // rule: checked-before
    if (stated?.fingerprint === fingerprint && isSettled(stated, catalogue)) return stated;
  }
  return meaningOfAst(recheckAst(ast, catalogue, { self: id }).ast, catalogue);
}

/** What an AST says that may no longer check; undefined where it cannot be told. */
function statedBy(ast: FilterAst, catalogue: Catalogue): Meaning | undefined {
  try {
    return meaningOfAst(ast, catalogue);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function meaningOfAst(ast: FilterAst, catalogue: Catalogue): Meaning {
  const needs = dependencies(ast, catalogue);
  return { ast, dependencies: needs, fingerprint: fingerprintOf(ast, needs, catalogue) };
}

/**
 * Whether the fingerprint tells all that the check hangs on. It knows the types of fields, but not
 * their options, nor which segments are published or lead in a circle.
 */
function isSettled({ dependencies: { fields, segments } }: Meaning, catalogue: Catalogue): boolean {
  // rule: checked-segments
  return (
    segments.length === 0 && fields.every((id) => getField(catalogue, id).options.length === 0)
  );
}
