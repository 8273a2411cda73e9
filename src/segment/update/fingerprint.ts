import { hash } from 'node:crypto';
import { type Catalogue, type Dependencies, type FilterAst, getField } from '../../filter/index.ts';

/**
 * Raise this when the meaning of any filter changes, or when a check refuses what it let pass:
 * every segment is then built in full once.
 */
const LANGUAGE_VERSION = 1;

/**
 * A hash of what a filter means apart from its dates: the AST, and what the ids in it stand for.
 * Filters with the same meaning have the same hash.
 */
export function fingerprintOf(
  ast: FilterAst,
  { fields, segments }: Dependencies,
  catalogue: Catalogue,
): string {
  // rule: fingerprint-types
  const used = fields
    .map((id) => getField(catalogue, id))
    .map(({ id, object, column, type }) => [id, object, column, type]);
  const meant = JSON.stringify([LANGUAGE_VERSION, ast, used, segments]);
  return hash('sha256', meant, 'hex').slice(0, 32);
}
