import type { ReadTx } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import type { Cursor } from './cursor.ts';
import { findSegment, unknownSegment } from './lookup.ts';

/** A segment whose changes are read, the deleted one of this alias included. */
export interface Followed {
  readonly id: number;
  readonly alias: string;
  readonly isDeleted: boolean;
  /** Of a deleted one: the segment that has its alias by now. */
  readonly successor: number | undefined;
}

/**
 * The segments that are named; undefined where none is, which means all. Who followed a segment goes on
 * to follow it, whoever has its alias by now: names are looked up first among the segments that the
 * cursor is of. `UserError` (2): an unknown segment.
 */
export async function followedSegments(
  tx: ReadTx,
  references: readonly string[],
  followedBefore: readonly number[] = [],
): Promise<readonly Followed[] | undefined> {
  if (references.length === 0) return undefined;
  const living = (await tx.segments.list()).map(({ id, alias, name }) => ({ id, alias, name }));
  const deleted = (await tx.segments.deleted()).map(({ id, alias, name }) => ({ id, alias, name }));
  await requireNoneLost(
    tx,
    followedBefore.filter((id) => ![...living, ...deleted].some((known) => known.id === id)),
  );
  // rule: followed-still
  const before = [...living, ...deleted].filter(({ id }) => followedBefore.includes(id));
  return references.map((reference) => {
    const found = [before, living, deleted]
      .map((segments) => findSegment(segments, reference))
      .find((segment) => segment !== undefined);
    if (found === undefined) throw unknownSegment(living, reference);
    const isDeleted = living.every(({ id }) => id !== found.id);
    const successor = isDeleted ? findSegment(living, found.alias)?.id : undefined;
    return { ...found, isDeleted, successor };
  });
}

/**
 * Refuses (`UserError`, 1) to follow segments whose rows another program deleted: the next update
 * tells their end, and whoever begins anew before that misses it. Of those that were deleted long ago
 * nothing is known any more.
 */
async function requireNoneLost(tx: ReadTx, unknown: readonly number[]): Promise<void> {
  for (const id of unknown) {
    const [last] = (await tx.segments.versions(id)).slice(-1);
    if (last === undefined) continue;
    const message = `segment ${last.about?.alias ?? last.name} (id ${id}) was deleted by another program`;
    throw new UserError('SEGMENT_LOST', EXIT.refused, message, {
      hint: 'the next update tells its end: rollcall segments:update',
    });
  }
}

/**
 * Refuses a cursor of other segments: of those that it is not of it would pass over all that was
 * before. `UserError` BAD_CURSOR (65).
 */
export async function requireToldOf(
  tx: ReadTx,
  followed: readonly Followed[] | undefined,
  cursor: Cursor | undefined,
): Promise<void> {
  const told = cursor?.segmentIds;
  if (told === undefined) return;
  const others = followed?.filter(({ id }) => !told.includes(id)) ?? [];
  // rule: cursor-segments
  if (followed !== undefined && others.length === 0) return;
  const asked = followed === undefined ? 'all segments' : others.map(named).join(', ');
  const message = `the cursor is of ${await namesOf(tx, told)}, and not of ${asked}`;
  throw new UserError('BAD_CURSOR', EXIT.badInput, message, {
    hint:
      'behind it nothing is told of what others did before: name the segments that it is of, or ' +
      'begin anew with `start`',
  });
}

async function namesOf(tx: ReadTx, ids: readonly number[]): Promise<string> {
  const known = [...(await tx.segments.list()), ...(await tx.segments.deleted())];
  const aliases = new Map(known.map(({ id, alias }) => [id, alias]));
  return ids.map((id) => named({ id, alias: aliases.get(id) ?? 'segment' })).join(', ');
}

/** Two may have been called the same, one after the other. */
function named({ id, alias }: Pick<Followed, 'id' | 'alias'>): string {
  return `${alias} (${id})`;
}

/** What followers are told of segments that were deleted, since nothing more comes of them. */
export function warningsOf(followed: readonly Followed[] = []): readonly string[] {
  return followed
    .filter(({ isDeleted }) => isDeleted)
    .map(({ id, alias, successor }) => {
      const other =
        successor === undefined
          ? ''
          : `; segment ${successor}, another one, is called ${alias} now`;
      return `segment ${alias} (id ${id}) was deleted: nothing comes of it after that${other}`;
    });
}
