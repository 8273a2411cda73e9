import { decodeAst, type FilterAst, type Predicate, usedFields } from '../filter/index.ts';
import type { FieldRow, ReadTx } from '../store/index.ts';
import { UserError } from '../support/errors.ts';
import { fold } from '../support/fold.ts';

/**
 * The aliases, sorted, of the segments whose filters name this field, including static segments.
 */
export async function segmentsTesting(tx: ReadTx, field: FieldRow): Promise<string[]> {
  return segmentsWhere(tx, (ast) => usedFields(ast).includes(field.id));
}

/**
 * The aliases, sorted, of the segments whose filters name this option of a select or multiselect
 * field.
 */
export async function segmentsTestingOption(
  tx: ReadTx,
  field: FieldRow,
  option: string,
): Promise<string[]> {
  const wanted = fold(option);
  const names = (predicate: Predicate): boolean =>
    textsComparedWith(predicate, field.id).some((text) => fold(text) === wanted);
  return segmentsWhere(tx, (ast) => predicatesOf(ast).some(names));
}

async function segmentsWhere(tx: ReadTx, holds: (ast: FilterAst) => boolean): Promise<string[]> {
  const segments = await tx.segments.list();
  return segments
    .filter(({ filter }) => filter !== null && readable(filter, holds))
    .map((segment) => segment.alias)
    .sort();
}

/** A filter that can no longer be read uses nothing. */
function readable(filter: string, holds: (ast: FilterAst) => boolean): boolean {
  try {
    return holds(decodeAst(filter));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function predicatesOf(ast: FilterAst): Predicate[] {
  switch (ast.kind) {
    case 'and':
    case 'or':
      return ast.filters.flatMap(predicatesOf);
    case 'not':
      return predicatesOf(ast.filter);
    case 'constant':
      return [];
    default:
      return [ast];
  }
}

/** The whole texts that a predicate compares this field with. */
function textsComparedWith(predicate: Predicate, field: number): readonly string[] {
  if (
    predicate.kind !== 'test' ||
    predicate.operand.kind !== 'field' ||
    predicate.operand.field !== field
  )
    return [];
  switch (predicate.test.kind) {
    case 'textEquals':
      return [predicate.test.text];
    case 'textIn':
    case 'hasAny':
    case 'hasAll':
      return predicate.test.texts;
    default:
      return [];
  }
}
