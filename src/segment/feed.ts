import { FIRST_PLACE, type Move, type MovePlace, type ReadTx, type Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { pickSegment } from './lookup.ts';

/*
 * The feed: who joined and left segments, in the order in which that was committed. A cursor is a
 * place in it, with the life of the store that the place belongs to.
 */

/** The cursor that stands before everything. */
export const START = 'start';

const PAGE = 10_000;
const RADIX = 36;
const CURSOR = /^([0-9a-f]{32})\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9])$/;

export interface FeedRequest {
  /** Aliases or ids; none means all segments, deleted ones included. */
  readonly segments: readonly string[];
  /** A cursor, or `start`. */
  readonly since: string;
}

/** A page of the feed. */
export interface FeedPage {
  readonly moves: readonly (Move & { readonly cursor: string })[];
  /** Behind these moves; of the last page, behind all that there were when the reading began. */
  readonly cursor: string;
}

/**
 * The moves behind a cursor, as far as they are committed when the reading begins. The same cursor
 * gives the same moves again; the addresses and aliases in them are those of today. `UserError`:
 * unknown segment (2); a cursor that is none, is of another store or life, lies ahead, or behind
 * which moves are kept no longer (65).
 */
export async function* readFeed(store: Store, request: FeedRequest): AsyncGenerator<FeedPage> {
  const { segmentIds, timeline, end, from } = await store.read(async (tx) => begin(tx, request));
  let after = from;
  for (;;) {
    const found = await store.read(async (tx) => tx.moves.list({ after, segmentIds, limit: PAGE }));
    const moves = found
      .filter(({ place }) => place.causeId <= end.causeId)
      .map((move) => ({ ...move, cursor: formatCursor(timeline, move.place) }));
    const last = moves.at(-1);
    const isLast = moves.length < PAGE || last === undefined;
    after = isLast ? later(end, after) : last.place;
    yield { moves, cursor: formatCursor(timeline, after) };
    if (isLast) return;
  }
}

/** The cursor behind everything that is committed. */
export async function presentCursor(tx: ReadTx): Promise<string> {
  return formatCursor(await tx.moves.timeline(), await tx.moves.end());
}

async function begin(tx: ReadTx, { segments, since }: FeedRequest) {
  const timeline = await tx.moves.timeline();
  const end = await tx.moves.end();
  const from = since === START ? FIRST_PLACE : placeOf(since, timeline);
  if (from.causeId > end.causeId) throw badCursor('lies ahead of all that this store knows');
  if (since !== START && from.causeId < (await tx.moves.keptFrom()))
    throw badCursor('lies before what is kept of joins and leaves');
  const segmentIds = segments.length === 0 ? undefined : await idsOf(tx, segments);
  return { timeline, end, from, segmentIds };
}

async function idsOf(tx: ReadTx, references: readonly string[]): Promise<number[]> {
  const known = await tx.segments.list();
  return references.map((reference) => pickSegment(known, reference).id);
}

function later(one: MovePlace, other: MovePlace): MovePlace {
  return other.causeId > one.causeId ? other : one;
}

function formatCursor(timeline: string, { causeId, contactId, step }: MovePlace): string {
  return [timeline, causeId.toString(RADIX), contactId.toString(RADIX), step].join('.');
}

function placeOf(cursor: string, timeline: string): MovePlace {
  const [, life, cause = '', contact = '', step = ''] = CURSOR.exec(cursor) ?? [];
  if (life === undefined)
    throw new UserError('BAD_CURSOR', EXIT.badInput, `"${cursor}" is no cursor`, {
      hint: 'give the cursor of a line of segments:changes, or start',
    });
  if (life !== timeline) throw badCursor('is of another store, or of before this one was restored');
  return {
    causeId: Number.parseInt(cause, RADIX),
    contactId: Number.parseInt(contact, RADIX),
    step: Number(step),
  };
}

function badCursor(what: string): UserError {
  return new UserError('BAD_CURSOR', EXIT.badInput, `the cursor ${what}`, {
    hint: 'export the segments anew, and begin with the cursor that belongs to it: --since start',
  });
}
