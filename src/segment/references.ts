import { decodeAst, type NamedSegment, namedSegments, referredSegments } from '../filter/index.ts';
import type { SegmentRow } from '../store/index.ts';
import { UserError } from '../support/errors.ts';

interface References {
  /** By id, ascending, each once. */
  readonly ids: readonly number[];
  readonly named: readonly NamedSegment[];
}

/** Keyed by row, because a store returns the same row objects while nothing changes. */
const known = new WeakMap<Pick<SegmentRow, 'filter'>, References>();

/**
 * The ids of the segments that this one's filter names; none when the filter can no longer be read.
 */
export function segmentsReferredToBy(segment: Pick<SegmentRow, 'filter'>): readonly number[] {
  return referencesOf(segment).ids;
}

/** Whether this one's filter asks for members of another (false), for others (true), or for both. */
export function negationsOf(segment: Pick<SegmentRow, 'filter'>, id: number): readonly boolean[] {
  const named = referencesOf(segment).named.filter((one) => one.segment === id);
  return [...new Set(named.map(({ negated }) => negated))];
}

function referencesOf(segment: Pick<SegmentRow, 'filter'>): References {
  const references = known.get(segment) ?? readReferences(segment.filter);
  known.set(segment, references);
  return references;
}

const NONE: References = { ids: [], named: [] };

/** As the stored kinds of predicates that name segments are written, unless with escapes. */
const MAY_NAME_SEGMENTS = /"(?:in|joined)Segment"|\\/;

function readReferences(filter: string | null): References {
  // most filters name none, and each has to be decoded to find that out
  if (filter === null || !MAY_NAME_SEGMENTS.test(filter)) return NONE;
  try {
    const ast = decodeAst(filter);
    return { ids: referredSegments(ast), named: namedSegments(ast) };
  } catch (error) {
    if (error instanceof UserError) return NONE;
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
