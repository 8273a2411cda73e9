import type { Store } from '../store/index.ts';
import { type FeedPage, readFeed, START } from './feed.ts';

/*
 * Commands that are told what changed. Each has a cursor of its own in the store, which moves on when
 * the command has taken what it was told, so that whatever it failed on comes again.
 */

/** What a command has not been told yet. */
export interface Untold {
  readonly pages: AsyncIterable<FeedPage>;
  /** The cursor behind all of it. */
  readonly end: string;
}

/**
 * What happened since the command was told last, or since a cursor; undefined where nothing did.
 * `UserError` as `readFeed`.
 */
export async function findUntold(
  store: Store,
  command: string,
  from: string | undefined,
): Promise<Untold | undefined> {
  const kept = await store.read(async (tx) => tx.moves.toldTo(command));
  const since = from ?? kept ?? START;
  const pages = readFeed(store, { segments: [], since });
  const first = await pages.next();
  if (first.done === true) return undefined;
  const { moves, end } = first.value;
  if (moves.length > 0) return { pages: withFirst(first.value, pages), end };
  if (end !== kept) await keepTold(store, command, end);
  return undefined;
}

/** The command has taken everything up to this cursor. */
export async function keepTold(store: Store, command: string, cursor: string): Promise<void> {
  await store.write(async (tx) => tx.moves.keepTold(command, cursor, tx.now));
}

async function* withFirst(first: FeedPage, rest: AsyncIterable<FeedPage>) {
  yield first;
  yield* rest;
}
