import { FIRST_PLACE, type Move, type MovePlace, type ReadTx, type Store } from '../store/index.ts';
import { EXIT, UserError } from '../support/errors.ts';
import { type Cursor, END, formatCursor, readCursor, START } from './cursor.ts';
import { type Followed, followedSegments, requireToldOf, warningsOf } from './followed-segments.ts';

/*
 * The feed: who joined and left segments, in the order in which that was committed. A cursor is a
 * place in it, with the life of the store that the place belongs to and the segments that it is of.
 */

export { START };

const PAGE = 10_000;

export interface FeedRequest {
  /** Aliases or ids, of deleted segments too; none means all segments, deleted ones included. */
  readonly segments: readonly string[];
  /** A cursor, `start`, or `end`. */
  readonly since: string;
}

/** A page of the feed. */
export interface FeedPage {
  readonly moves: readonly (Move & { readonly cursor: string })[];
  /** Behind these moves; of the last page, behind all that there were when the reading began. */
  readonly cursor: string;
  /** The cursor of the last page. */
  readonly end: string;
  /** What is to be known of the segments: the same on each page. */
  readonly warnings: readonly string[];
}

/** Does `work` in a transaction: in one of its own, or in one that goes on. */
type Reading = <T>(work: (tx: ReadTx) => Promise<T>) => Promise<T>;

/**
 * The moves behind a cursor, as far as they are committed when the reading begins. The same cursor
 * gives the same moves again; the addresses and aliases in them are those of today. `UserError`:
 * unknown segment (2); a cursor that is none, is of another store or life or of other segments, lies
 * ahead, or behind which moves are kept no longer (65).
 */
export function readFeed(store: Store, request: FeedRequest): AsyncGenerator<FeedPage> {
  return readPages(async (work) => store.read(work), request);
}

/** The same within one transaction. */
export function readFeedIn(tx: ReadTx, request: FeedRequest): AsyncGenerator<FeedPage> {
  return readPages(async (work) => work(tx), request);
}

async function* readPages(reading: Reading, request: FeedRequest): AsyncGenerator<FeedPage> {
  const beginning = await reading(async (tx) => begin(tx, request));
  const { segmentIds, timeline, end, warnings } = beginning;
  const cursorAt = (place: MovePlace): string => formatCursor({ timeline, place, segmentIds });
  let after = beginning.from;
  for (;;) {
    const found = await reading(async (tx) => {
      await requireStillKept(tx, beginning, after);
      return tx.moves.list({ after, segmentIds, limit: PAGE });
    });
    const moves = found
      .filter(({ place }) => place.causeId <= end.causeId)
      .map((move) => ({ ...move, cursor: cursorAt(move.place) }));
    const last = moves.at(-1);
    const isLast = moves.length < PAGE || last === undefined;
    after = isLast ? end : last.place;
    yield { moves, cursor: cursorAt(after), end: cursorAt(end), warnings };
    if (isLast) return;
  }
}

/** The cursor behind everything that is committed, of these segments or of all. */
export async function presentCursor(tx: ReadTx, segmentIds?: readonly number[]): Promise<string> {
  const [timeline, place] = [await tx.moves.timeline(), await tx.moves.end()];
  return formatCursor({ timeline, place, segmentIds });
}

interface Beginning {
  readonly timeline: string;
  readonly from: MovePlace;
  readonly end: MovePlace;
  /** Up to this cause some moves were kept no longer when the reading began. */
  readonly keptFrom: number;
  readonly segmentIds: readonly number[] | undefined;
  readonly warnings: readonly string[];
}

async function begin(tx: ReadTx, { segments, since }: FeedRequest): Promise<Beginning> {
  const timeline = await tx.moves.timeline();
  const [end, keptFrom] = [await tx.moves.end(), await tx.moves.keptFrom()];
  const cursor = cursorOf(since, timeline);
  const from = since === END ? end : (cursor?.place ?? FIRST_PLACE);
  // rule: cursor-ahead
  if (from.causeId > end.causeId) throw badCursor('lies ahead of all that this store knows');
  // rule: cursor-pruned
  if (since !== START && isBefore(from, { ...end, causeId: keptFrom })) throw notKept();
  const followed = await followedSegments(tx, segments, cursor?.segmentIds);
  await requireToldOf(tx, followed, cursor);
  const segmentIds = idsOf(followed);
  return { timeline, end, from, keptFrom, segmentIds, warnings: warningsOf(followed) };
}

/** Ascending, each once; undefined for all segments. */
function idsOf(followed: readonly Followed[] | undefined): readonly number[] | undefined {
  if (followed === undefined) return undefined;
  return [...new Set(followed.map(({ id }) => id))].sort((one, other) => one - other);
}

/** What another process forgets while pages are read is not passed over in silence. */
async function requireStillKept(
  tx: ReadTx,
  { keptFrom }: Beginning,
  after: MovePlace,
): Promise<void> {
  const now = await tx.moves.keptFrom();
  // rule: pruned-meanwhile
  if (now > keptFrom && after.causeId <= now) throw notKept();
}

function isBefore(one: MovePlace, other: MovePlace): boolean {
  return (
    one.causeId < other.causeId ||
    (one.causeId === other.causeId && one.contactId < other.contactId)
  );
}

function cursorOf(text: string, timeline: string): Cursor | undefined {
  const cursor = readCursor(text);
  // rule: cursor-life
  if (cursor !== undefined && cursor.timeline !== timeline)
    throw badCursor('is of another store, or of before this one was restored');
  return cursor;
}

function notKept(): UserError {
  return badCursor('lies before what is kept of joins and leaves');
}

function badCursor(what: string): UserError {
  return new UserError('BAD_CURSOR', EXIT.badInput, `the cursor ${what}`, {
    hint:
      '`rollcall segments:export SEGMENT` writes the members anew, with the cursor to go on from; ' +
      '`start` tells everything that is kept',
  });
}
