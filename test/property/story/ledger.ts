import type { Facts } from './facts.ts';

/** What somebody decided by hand about a contact in a segment. */
export interface Decided {
  readonly kind: 'in' | 'out';
  readonly until: number | null;
}

/** Who was a member of each segment at the end of an instant. */
export interface Observed {
  readonly at: number;
  readonly members: ReadonlyMap<number, ReadonlySet<number>>;
}

/** A trigger as it was made, and what it has been asked about. */
export interface Watch {
  readonly name: string;
  readonly kind: 'event' | 'points' | 'joins' | 'leaves';
  /** A type of events. */
  readonly type: string;
  readonly points: number;
  readonly segmentId: number;
  readonly add: readonly number[];
  readonly remove: readonly number[];
  published: boolean;
  events: Set<number>;
  above: Set<number>;
  /** The last cause of the feed of which it has been asked. */
  moves: number;
}

/**
 * What a story knows by having seen it: what was decided, said, observed and erased. It is plain
 * data, so that it can be kept beside a backup.
 */
export interface Ledger {
  /** By `placeOf`; by hand or by the contacts themselves. */
  readonly decided: Map<string, Decided>;
  /** `email manual`, by contact and by address. */
  readonly said: Map<number, Set<string>>;
  readonly wishes: Map<string, Set<string>>;
  readonly emails: Map<number, string | null>;
  readonly createdAt: Map<number, number>;
  readonly watches: Map<number, Watch>;
  /** By when, oldest first. */
  observed: Observed[];
  /** The latest instant at which anything was done. */
  latest: number;
  /** What told who those were who were erased, unless somebody bears it since. */
  readonly erased: Set<string>;
  /** The addresses that were erased, and not let in again. */
  readonly shunned: Set<string>;
}

export function emptyLedger(): Ledger {
  return {
    decided: new Map(),
    said: new Map(),
    wishes: new Map(),
    emails: new Map(),
    createdAt: new Map(),
    watches: new Map(),
    observed: [],
    latest: 0,
    erased: new Set(),
    shunned: new Set(),
  };
}

export const isStanding = ({ until }: Pick<Decided, 'until'>, now: number): boolean =>
  until === null || until > now;

/** Forgets what is known of contacts that are gone, for whatever reason. */
export function forgetGone({ decided, said, emails, createdAt }: Ledger, facts: Facts): void {
  for (const place of decided.keys())
    if (!facts.contacts.has(Number(place.split(' ')[1]))) decided.delete(place);
  for (const known of [said, emails, createdAt])
    for (const id of known.keys()) if (!facts.contacts.has(id)) known.delete(id);
}
