import { readFeed, START } from '../../../src/segment/feed.ts';
import type { Store } from '../../../src/store/index.ts';
import type { Facts } from './facts.ts';
import type { Watch } from './ledger.ts';
import type { Scene } from './story.ts';

/* The rules of docs/triggers.md: what a trigger is to fire for, by what the ledger knows of it. */

/** A line of the feed. */
export interface Move {
  readonly causeId: number;
  readonly segmentId: number;
  readonly contactId: number;
  readonly change: 'joined' | 'left';
  readonly via: string;
  readonly name: string | null;
}

/** All that the feed tells, from its beginning. */
export async function movesIn(store: Store): Promise<Move[]> {
  const moves: Move[] = [];
  for await (const page of readFeed(store, { segments: [], since: START }))
    for (const { segmentId, contactId, change, cause } of page.moves)
      moves.push({
        ...{ causeId: cause.id, segmentId, contactId, change },
        ...{ via: cause.via, name: cause.name },
      });
  return moves;
}

/** The last cause of these; nobody moves by it any more once it was read. */
export const lastCause = (moves: readonly Move[]): number =>
  Math.max(0, ...moves.map(({ causeId }) => causeId));

export function withPoints({ contacts }: Facts, { points }: Watch): number[] {
  return [...contacts.values()]
    .filter((one) => one.points !== null && one.points >= points)
    .map(({ id }) => id);
}

/** The watch as it begins: with `existing`, what is stored counts as new. */
export async function beginWatch(
  { store, facts }: Scene,
  watch: Watch,
  existing: boolean,
): Promise<Watch> {
  if (existing) return watch;
  return {
    ...watch,
    events: new Set(facts.events.map(({ id }) => id)),
    above: new Set(withPoints(facts, watch)),
    moves: lastCause(await movesIn(store)),
  };
}

/** Asks it: whom it is to fire for, of those who are there. What it was asked about is noted. */
export function ask(watch: Watch, facts: Facts, moves: readonly Move[]): Set<number> {
  const found = concerned(watch, facts, moves);
  return new Set(found.filter((id) => facts.contacts.has(id)));
}

function concerned(watch: Watch, facts: Facts, moves: readonly Move[]): number[] {
  if (watch.kind === 'event') {
    const arrived = facts.events.filter(
      ({ id, type }) => type === watch.type && !watch.events.has(id),
    );
    for (const { id } of arrived) watch.events.add(id);
    return arrived.map(({ contact }) => contact);
  }
  if (watch.kind === 'points') {
    const above = withPoints(facts, watch);
    const reached = above.filter((id) => !watch.above.has(id));
    watch.above = new Set(above);
    return reached;
  }
  const change = watch.kind === 'joins' ? 'joined' : 'left';
  const since = moves.filter(({ causeId }) => causeId > watch.moves);
  watch.moves = Math.max(watch.moves, lastCause(moves));
  return since
    .filter((one) => one.segmentId === watch.segmentId && one.change === change)
    .map(({ contactId }) => contactId);
}
