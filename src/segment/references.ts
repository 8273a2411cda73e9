import { decodeAst, referredSegments } from '../filter/index.ts';
import type { SegmentRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';

/** Keyed by row, because a store returns the same row objects while nothing changes. */
const known = new WeakMap<Pick<SegmentRow, 'filter'>, readonly number[]>();

/**
 * The ids of the segments that this one's filter names; none when the filter can no longer be read.
 */
export function segmentsReferredToBy(segment: Pick<SegmentRow, 'filter'>): readonly number[] {
  const referred = known.get(segment) ?? readReferences(segment.filter);
  known.set(segment, referred);
  return referred;
}

/** As the stored kinds of predicates that name segments are written, unless with escapes. */
const MAY_NAME_SEGMENTS = /"(?:in|joined)Segment"|\\/;

function readReferences(filter: string | null): readonly number[] {
  // most filters name none, and each has to be decoded to find that out
  if (filter === null || !MAY_NAME_SEGMENTS.test(filter)) return [];
  try {
    return referredSegments(decodeAst(filter));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** The segments whose filter names this one, by alias. */
export function usersOf(segments: readonly SegmentRow[], id: number): readonly SegmentRow[] {
  const made = users.get(segments) ?? turnRound(segments);
  users.set(segments, made);
  return made.get(id) ?? [];
}

/** By the id of a segment, those that name it; made once for each list that a store returned. */
type Users = ReadonlyMap<number, readonly SegmentRow[]>;
const users = new WeakMap<readonly SegmentRow[], Users>();

function turnRound(segments: readonly SegmentRow[]): Users {
  const made = new Map<number, SegmentRow[]>();
  const byAlias = [...segments].sort((a, b) => (a.alias < b.alias ? -1 : 1));
  for (const segment of byAlias)
    for (const id of segmentsReferredToBy(segment)) if (id !== segment.id) add(made, id, segment);
  return made;
}

function add<T>(lists: Map<number, T[]>, id: number, item: T): void {
  const list = lists.get(id);
  if (list === undefined) lists.set(id, [item]);
  else list.push(item);
}
