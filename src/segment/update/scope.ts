import type { ReadTx, SegmentRow } from '../../store/index.ts';
import { EXIT, UserError } from '../../support/errors.ts';
import { pickSegment } from '../lookup.ts';
import { usersOf } from '../references.ts';
import { orderByReference, withReferred } from './order.ts';
import type { UpdateRequest } from './request.ts';

/** Which segments a run builds, in their order. */
export interface Scope {
  readonly ordered: readonly SegmentRow[];
  /** Segments that refer to themselves through others: they can only fail. */
  readonly cyclic: readonly SegmentRow[];
  /** Segments that the user excluded. */
  readonly excluded: readonly SegmentRow[];
  /** Notes about segments that were named and need no update. */
  readonly notices: readonly string[];
}

/**
 * The published dynamic segments, or the named ones and those that they refer to, without the
 * excluded ones. `UserError`: a named segment is unknown (2) or unpublished (1).
 */
export async function scopeOf(
  tx: ReadTx,
  { segments: references, exclude = [], isTimeUp }: UpdateRequest,
): Promise<Scope> {
  const all = await tx.segments.list();
  const excluded = exclude.map((reference) => pickSegment(all, reference));
  const named = references.map((reference) => pickSegment(all, reference));
  for (const segment of named) requirePublished(segment);
  const wanted = (references.length === 0 ? all : withReferred(named, all)).filter(
    (segment) => isUpdated(segment) && !excluded.includes(segment),
  );
  const notices = [...new Set(named)].flatMap((segment) => {
    if (segment.kind === 'static')
      return `segment ${segment.alias} is static: there is nothing to update`;
    return excluded.includes(segment)
      ? `segment ${segment.alias} is named and left out: it stays as it is`
      : [];
  });
  // rule: time-stalest
  return {
    ...orderByReference(isTimeUp === undefined ? wanted : stalestFirst(wanted)),
    excluded,
    notices,
  };
}

/**
 * The segments that read the members of these, directly or through others, and all that they need to
 * be true, but for the excluded ones.
 */
export async function readersOf(
  tx: ReadTx,
  changed: readonly number[],
  excluded: readonly SegmentRow[],
): Promise<Scope> {
  if (changed.length === 0) return { ordered: [], cyclic: [], excluded, notices: [] };
  const all = await tx.segments.list();
  const left = new Set(excluded.map(({ id }) => id));
  const isKept = (segment: SegmentRow): boolean => isUpdated(segment) && !left.has(segment.id);
  const readers = withUsers(changed, all).filter(isKept);
  const { ordered } = orderByReference(withReferred(readers, all).filter(isKept));
  return { ordered, cyclic: [], excluded, notices: [] };
}

/** The segments whose filters name these, directly or through others, in the order of `all`. */
function withUsers(ids: readonly number[], all: readonly SegmentRow[]): SegmentRow[] {
  const found = new Set<number>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop())
    for (const user of usersOf(all, id)) {
      if (found.has(user.id)) continue;
      found.add(user.id);
      open.push(user.id);
    }
  return all.filter(({ id }) => found.has(id));
}

/** Whether updates keep this segment true. */
export function isUpdated(segment: SegmentRow): boolean {
  return segment.kind === 'dynamic' && segment.published;
}

function requirePublished({ alias, published }: SegmentRow): void {
  if (published) return;
  throw new UserError(
    'UNPUBLISHED',
    EXIT.refused,
    `segment ${alias} is unpublished and is not updated`,
    { hint: `publish it first: rollcall segments:edit ${alias} --published` },
  );
}

function stalestFirst(segments: readonly SegmentRow[]): SegmentRow[] {
  return [...segments].sort(
    (a, b) =>
      (a.builtAt ?? Number.NEGATIVE_INFINITY) - (b.builtAt ?? Number.NEGATIVE_INFINITY) ||
      a.id - b.id,
  );
}
