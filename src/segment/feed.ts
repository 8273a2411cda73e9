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
  /** The cursor of the last page. */
  readonly end: string;
}

/** Does `work` in a transaction: in one of its own, or in one that goes on. */
type Reading = <T>(work: (tx: ReadTx) => Promise<T>) => Promise<T>;

/**
 * The moves behind a cursor, as far as they are committed when the reading begins. The same cursor
 * gives the same moves again; the addresses and aliases in them are those of today. `UserError`:
 * unknown segment (2); a cursor that is none, is of another store or life, lies ahead, or behind
 * which moves are kept no longer (65).
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
  const { segmentIds, timeline, end } = beginning;
  let after = beginning.from;
  for (;;) {
    const found = await reading(async (tx) => {
      await requireStillKept(tx, beginning, after);
      return tx.moves.list({ after, segmentIds, limit: PAGE });
    });
    const moves = found
      .filter(({ place }) => place.causeId <= end.causeId)
      .map((move) => ({ ...move, cursor: formatCursor(timeline, move.place) }));
    const last = moves.at(-1);
    const isLast = moves.length < PAGE || last === undefined;
    after = isLast ? end : last.place;
    yield { moves, cursor: formatCursor(timeline, after), end: formatCursor(timeline, end) };
    if (isLast) return;
  }
}

/** The cursor behind everything that is committed. */
export async function presentCursor(tx: ReadTx): Promise<string> {
  return formatCursor(await tx.moves.timeline(), await tx.moves.end());
}

interface Beginning {
  readonly timeline: string;
  readonly from: MovePlace;
  readonly end: MovePlace;
  /** Up to this cause some moves were kept no longer when the reading began. */
  readonly keptFrom: number;
  readonly segmentIds: readonly number[] | undefined;
}

async function begin(tx: ReadTx, { segments, since }: FeedRequest): Promise<Beginning> {
  const timeline = await tx.moves.timeline();
  const [end, keptFrom] = [await tx.moves.end(), await tx.moves.keptFrom()];
  const from = since === START ? FIRST_PLACE : placeOf(since, timeline);
  // rule: cursor-ahead
  if (from.causeId > end.causeId) throw badCursor('lies ahead of all that this store knows');
  // rule: cursor-pruned
  if (since !== START && isBefore(from, { ...end, causeId: keptFrom })) throw notKept();
  const segmentIds = segments.length === 0 ? undefined : await idsOf(tx, segments);
  return { timeline, end, from, keptFrom, segmentIds };
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

async function idsOf(tx: ReadTx, references: readonly string[]): Promise<number[]> {
  const known = await tx.segments.list();
  return references.map((reference) => pickSegment(known, reference).id);
}

function formatCursor(timeline: string, { causeId, contactId, step }: MovePlace): string {
  return [timeline, causeId.toString(RADIX), contactId.toString(RADIX), step].join('.');
}

function placeOf(cursor: string, timeline: string): MovePlace {
  const [, life, cause = '', contact = '', step = ''] = CURSOR.exec(cursor) ?? [];
  const [causeId, contactId] = [Number.parseInt(cause, RADIX), Number.parseInt(contact, RADIX)];
  if (life === undefined || !Number.isSafeInteger(causeId) || !Number.isSafeInteger(contactId))
    throw new UserError('BAD_CURSOR', EXIT.badInput, `${shown(cursor)} is no cursor`, {
      hint: 'give the cursor of a line of segments:changes, or start',
    });
  // rule: cursor-life
  if (life !== timeline) throw badCursor('is of another store, or of before this one was restored');
  return { causeId, contactId, step: Number(step) };
}

const MOST_SHOWN = 80;

function shown(text: string): string {
  return text.length > MOST_SHOWN ? `"${text.slice(0, MOST_SHOWN)}…"` : `"${text}"`;
}

function notKept(): UserError {
  return badCursor('lies before what is kept of joins and leaves');
}

function badCursor(what: string): UserError {
  return new UserError('BAD_CURSOR', EXIT.badInput, `the cursor ${what}`, {
    hint:
      '`rollcall segments:export SEGMENT` writes the members anew, with the cursor to go on from; ' +
      '--since start tells everything that is kept',
  });
}
