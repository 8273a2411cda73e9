import type { SegmentRow } from '../../store/index.ts';
import { segmentsReferredToBy } from '../references.ts';

/**
 * Sorts the segments so that each comes after those that its filter names, and otherwise keeps
 * their order. Segments that name themselves through others are returned as `cyclic`; the check of
 * definitions refuses them, but another tool may have written one. Reaching a segment on two ways
 * is no cycle.
 */
export function orderByReference(
  segments: readonly SegmentRow[],
  referencesOf: (segment: SegmentRow) => readonly number[] = segmentsReferredToBy,
): { readonly ordered: SegmentRow[]; readonly cyclic: SegmentRow[] } {
  const references = new Map(segments.map((segment) => [segment.id, referencesOf(segment)]));
  const onCycle = (segment: SegmentRow): boolean =>
    reachable(references.get(segment.id) ?? [], references).has(segment.id);
  const cyclic = segments.filter(onCycle);
  const ordered: SegmentRow[] = [];
  const placed = new Set(cyclic.map((segment) => segment.id));
  const place = (segment: SegmentRow): void => {
    if (placed.has(segment.id)) return;
    placed.add(segment.id);
    for (const id of references.get(segment.id) ?? []) {
      const referred = segments.find((other) => other.id === id);
      if (referred !== undefined) place(referred);
    }
    ordered.push(segment);
  };
  for (const segment of segments) place(segment);
  return { ordered, cyclic };
}

/**
 * The segments and all that their filters name, directly or through others, in the order of `all`.
 */
export function withReferred(
  segments: readonly SegmentRow[],
  all: readonly SegmentRow[],
): SegmentRow[] {
  const references = new Map(all.map((segment) => [segment.id, segmentsReferredToBy(segment)]));
  const wanted = reachable(
    segments.map((segment) => segment.id),
    references,
  );
  return all.filter((segment) => wanted.has(segment.id));
}

/** `start` and every id that can be reached from it. */
function reachable(
  start: readonly number[],
  references: ReadonlyMap<number, readonly number[]>,
): Set<number> {
  const found = new Set<number>();
  const open = [...start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(references.get(id) ?? []));
  }
  return found;
}
