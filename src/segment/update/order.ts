import type { SegmentRow } from '../../store/index.ts';
import { componentsOf } from '../../support/components.ts';
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
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const leadsTo = (id: number): readonly number[] => {
    const segment = byId.get(id);
    return segment === undefined ? [] : referencesOf(segment);
  };
  const components = componentsOf([...byId.keys()], leadsTo);
  const onCycle = new Set(components.filter((some) => isCycle(some, leadsTo)).flat());
  const others = [...byId.keys()].filter((id) => !onCycle.has(id));
  return {
    ordered: componentsOf(others, leadsTo)
      .flat()
      .flatMap((id) => byId.get(id) ?? []),
    cyclic: segments.filter(({ id }) => onCycle.has(id)),
  };
}

function isCycle(
  component: readonly number[],
  leadsTo: (id: number) => readonly number[],
): boolean {
  return component.length > 1 || component.some((id) => leadsTo(id).includes(id));
}

/**
 * The segments and all that their filters name, directly or through others, in the order of `all`.
 */
export function withReferred(
  segments: readonly SegmentRow[],
  all: readonly SegmentRow[],
): SegmentRow[] {
  const references = new Map(all.map((segment) => [segment.id, segmentsReferredToBy(segment)]));
  const wanted = new Set<number>();
  const open = segments.map((segment) => segment.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (wanted.has(id)) continue;
    wanted.add(id);
    open.push(...(references.get(id) ?? []));
  }
  return all.filter((segment) => wanted.has(segment.id));
}
