import Sqlite from 'better-sqlite3';
import { expect } from 'vitest';
import { presentCursor, readFeed, START } from '../../src/segment/feed.ts';
import type { CauseRow, Store } from '../../src/store/index.ts';

/* Those who follow the feed of a store, and what must hold for them after each step. */

/** What a line says, but for what is looked up as it is read: the address and the alias. */
interface Line {
  readonly cursor: string;
  readonly segmentId: number;
  readonly contactId: number;
  readonly change: 'joined' | 'left';
  readonly cause: CauseRow;
}

interface Told {
  readonly lines: readonly Line[];
  readonly cursor: string;
}

async function tell(store: Store, since: string, segments: readonly string[] = []): Promise<Told> {
  const lines: Line[] = [];
  let cursor = since;
  for await (const page of readFeed(store, { segments, since })) {
    for (const { cursor: behind, segmentId, contactId: contact, change, cause } of page.moves)
      lines.push({ cursor: behind, segmentId, contactId: contact, change, cause });
    cursor = page.cursor;
  }
  return { lines, cursor };
}

type Members = ReadonlySet<string>;

function follow(members: Members, lines: readonly Line[]): Members {
  const after = new Set(members);
  for (const { segmentId, contactId: contact, change } of lines)
    if (change === 'joined') after.add(`${segmentId} ${contact}`);
    else after.delete(`${segmentId} ${contact}`);
  return after;
}

/** Members whose contacts somebody deleted with SQL leave with the next update. */
function membersOf(store: Store): Members {
  const db = new Sqlite(store.location, { readonly: true });
  try {
    const rows = db.prepare("select segment_id || ' ' || contact_id from joined").pluck().all();
    return new Set(rows as string[]);
  } finally {
    db.close();
  }
}

const sorted = (members: Members): string[] => [...members].sort();

/** Somebody who follows the feed, from an export or from its beginning. */
interface Follower {
  readonly cursor: string;
  readonly members: Members;
}

async function exported(store: Store): Promise<Follower> {
  const cursor = await store.read(async (tx) => presentCursor(tx));
  return { cursor, members: membersOf(store) };
}

const OLD = { code: 'BAD_CURSOR', exit: 65 };

/** Those who follow the feed of a store, and what it has told so far. */
export class Following {
  #known: readonly Line[] = [];
  #keptFrom = 0;
  #areWordsGone = false;
  #follower: Follower = { cursor: START, members: new Set() };
  #fromExport: Follower = this.#follower;

  async beginAt(store: Store): Promise<void> {
    this.#fromExport = await exported(store);
  }

  /** In another life of the store every cursor of before is refused, and one begins anew. */
  async beginAnew(store: Store, what: string): Promise<void> {
    const { cursor } = this.#follower;
    if (cursor !== START) await expect(tell(store, cursor), what).rejects.toMatchObject(OLD);
    this.#known = [];
    this.#follower = { cursor: START, members: new Set() };
    await this.beginAt(store);
  }

  async after(store: Store, again: number, what: string): Promise<void> {
    const { lines } = await tell(store, START);
    const kept = await store.read(async (tx) => tx.moves.keptFrom());
    // a purge takes the lines of its segment
    const known = kept > this.#keptFrom ? [] : this.#known;
    expect(this.#alike(lines.slice(0, known.length)), `${what}: what was told before`).toEqual(
      this.#alike(known),
    );
    this.#areWordsGone = false;
    [this.#known, this.#keptFrom] = [lines, kept];
    await this.#compare(store, what);
    const readable = lines.findIndex(({ cause }) => cause.id > kept);
    if (readable !== -1)
      await readAgain(store, lines, readable + (again % (lines.length - readable)), what);
    if (readable > 0)
      await expect(tell(store, lines[readable - 1]!.cursor), what).rejects.toMatchObject(OLD);
  }

  #alike(lines: readonly Line[]): readonly Line[] {
    if (!this.#areWordsGone) return lines;
    return lines.map(({ cause, ...line }) => ({
      ...line,
      cause: { ...cause, name: null, by: null, reason: null },
    }));
  }

  /** Reads on from where each follower is. */
  async catchUp(store: Store, what: string): Promise<void> {
    this.#follower = await caughtUp(store, this.#follower);
    this.#fromExport = await caughtUp(store, this.#fromExport);
    const members = sorted(membersOf(store));
    expect(sorted(this.#follower.members), `${what}: step by step`).toEqual(members);
    expect(sorted(this.#fromExport.members), `${what}: from an export`).toEqual(members);
  }

  /** Somebody was erased: of the lines about them the words are gone. */
  forgetWords(): void {
    this.#areWordsGone = true;
  }

  async #compare(store: Store, what: string): Promise<void> {
    await this.catchUp(store, what);
    const members = sorted(membersOf(store));
    expect(sorted(follow(new Set(), this.#known)), `${what}: from the start`).toEqual(members);
  }
}

async function caughtUp(store: Store, { cursor, members }: Follower): Promise<Follower> {
  const told = await tell(store, cursor);
  return { cursor: told.cursor, members: follow(members, told.lines) };
}

/** From the cursor of any line come the lines behind it; of one segment its own, with its cursors. */
async function readAgain(
  store: Store,
  lines: readonly Line[],
  from: number,
  what: string,
): Promise<void> {
  const { cursor, segmentId } = lines[from]!;
  const behind = lines.slice(from + 1);
  expect((await tell(store, cursor)).lines, `${what}: again from line ${from}`).toEqual(behind);
  const segments = await store.read(async (tx) => tx.segments.list());
  if (!segments.some(({ id }) => id === segmentId)) return;
  const own = await tell(store, cursor, [String(segmentId)]);
  expect(own.lines, `${what}: of segment ${segmentId}`).toEqual(
    behind
      .filter((line) => line.segmentId === segmentId)
      .map((line) => ({ ...line, cursor: `${line.cursor}.${segmentId.toString(36)}` })),
  );
}
