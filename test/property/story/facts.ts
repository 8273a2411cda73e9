import Sqlite from 'better-sqlite3';

/*
 * What stands in the tables of a store, read with plain SQL, from which the laws work out by
 * themselves what must hold.
 */

export interface Contact {
  readonly id: number;
  readonly email: string | null;
  readonly points: number | null;
  readonly city: string | null;
  readonly first_name: string | null;
  readonly crm_id: string | null;
}

export interface Event {
  readonly id: number;
  readonly contact: number;
  readonly type: string;
  readonly at: number;
}

export interface Segment {
  readonly id: number;
  readonly alias: string;
  readonly kind: 'static' | 'dynamic';
  readonly filter: string | null;
  readonly published: number;
  readonly preference_center: number;
  readonly members: number;
}

export interface Pin {
  readonly kind: 'in' | 'out';
  readonly via: string;
  readonly until: number | null;
}

/** Members of a segment, with when each became one. */
export type Members = ReadonlyMap<number, number>;

export interface Facts {
  readonly contacts: ReadonlyMap<number, Contact>;
  readonly tags: ReadonlyMap<number, ReadonlySet<string>>;
  readonly events: readonly Event[];
  readonly segments: ReadonlyMap<number, Segment>;
  /** Of each segment. */
  readonly members: ReadonlyMap<number, Members>;
  /** By `placeOf`. */
  readonly pins: ReadonlyMap<string, Pin>;
  /** `email manual`, by contact. */
  readonly said: ReadonlyMap<number, ReadonlySet<string>>;
  /** The like, by address. */
  readonly wishes: ReadonlyMap<string, ReadonlySet<string>>;
}

export const placeOf = (segmentId: number, contactId: number): string =>
  `${segmentId} ${contactId}`;

export function inTables<T>(path: string, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(path, { readonly: true });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

export function readFacts(path: string): Facts {
  return inTables(path, (db) => {
    const all = <Row>(query: string): Row[] => db.prepare<[], Row>(query).all();
    return {
      contacts: byId(
        all<Contact>(
          'select id, email, points, city, first_name, crm_id from contacts order by id',
        ),
      ),
      tags: sets(
        all(`select contact_id as k, name as v from contact_tags
          join tags on tags.id = tag_id`),
      ),
      events: all<Event>(
        'select id, contact_id as contact, type, occurred_at as at from events order by id',
      ),
      segments: byId(
        all<Segment>(`select id, alias, kind, filter, published, preference_center, members
          from segments order by id`),
      ),
      members: membersIn(all('select segment_id as s, contact_id as c, since from memberships')),
      pins: new Map(
        all<Pin & { s: number; c: number }>(
          'select segment_id as s, contact_id as c, kind, via, until from pins order by 1, 2',
        ).map(({ s, c, ...pin }) => [placeOf(s, c), pin]),
      ),
      said: sets(all(`select contact_id as k, channel || ' ' || reason as v from suppressions`)),
      wishes: sets(
        all(`select lower(address) as k, channel || ' ' || reason as v
          from address_suppressions`),
      ),
    };
  });
}

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function sets<Key>(rows: readonly { readonly k: Key; readonly v: string }[]) {
  const found = new Map<Key, Set<string>>();
  for (const { k, v } of rows) found.set(k, (found.get(k) ?? new Set()).add(v));
  return found;
}

interface Membership {
  readonly s: number;
  readonly c: number;
  readonly since: number;
}

function membersIn(rows: readonly Membership[]): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  for (const { s, c, since } of rows)
    found.set(s, (found.get(s) ?? new Map<number, number>()).set(c, since));
  return found;
}

/** Who is a member of it by now; nobody where it has none. */
export function membersOf({ members }: Facts, segmentId: number): Members {
  return members.get(segmentId) ?? new Map();
}

/** By its alias; undefined while there is none. */
export function segmentCalled({ segments }: Facts, alias: string): Segment | undefined {
  return [...segments.values()].find((segment) => segment.alias === alias);
}
