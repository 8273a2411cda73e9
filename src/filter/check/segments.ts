import { nearest } from '../../support/nearest.ts';
import {
  findSegment,
  findSegmentById,
  type Catalogue,
  type CatalogueSegment,
} from '../catalogue.ts';
import { fail, type CheckContext } from './context.ts';
import type { Name } from '../parsed.ts';

/**
 * The id of the segment of that name. It must be published and must not refer back to the segment
 * being defined.
 */
export function requireSegment({ text, span }: Name, context: CheckContext): number {
  const { catalogue, options } = context;
  const segment = findSegment(catalogue, text);
  if (segment === undefined) {
    const aliases = catalogue.segments.map(({ alias }) => alias);
    const [near] = nearest(text, aliases);
    const known = aliases.length;
    return fail({ kind: 'unknownSegment', alias: text, nearest: near, known, span }, context);
  }
  const path =
    options.self === undefined ? undefined : findPath(segment, options.self, catalogue, new Set());
  if (path !== undefined) {
    const aliases = path.map(({ alias }) => alias);
    return fail({ kind: 'cycle', path: [aliases.at(-1) ?? '', ...aliases], span }, context);
  }
  if (!segment.published && options.unpublished !== 'allow')
    return fail({ kind: 'unpublishedSegment', alias: segment.alias, span }, context);
  return segment.id;
}

/** The chain of references from this segment to the target; undefined when there is none. */
function findPath(
  segment: CatalogueSegment,
  target: number,
  catalogue: Catalogue,
  seen: Set<number>,
): CatalogueSegment[] | undefined {
  if (segment.id === target) return [segment];
  if (seen.has(segment.id)) return undefined;
  seen.add(segment.id);
  for (const id of segment.refersTo) {
    const next = findSegmentById(catalogue, id);
    const path = next === undefined ? undefined : findPath(next, target, catalogue, seen);
    if (path !== undefined) return [segment, ...path];
  }
  return undefined;
}
