import type { Page } from './query.ts';
import type { ContactSet } from './selections.ts';
import type { Beginning, MemberRow, PinBeside, SegmentRow } from './rows.ts';

export interface MemberQuery extends Page {
  /**
   * Members as of this instant (epoch ms), from open memberships and the history: those who are
   * contacts no more among them.
   */
  readonly asOf?: number | undefined;
  /** Only those whose membership began at or after this instant (epoch ms). */
  readonly joinedSince?: number | undefined;
  /**
   * Instead of members, those who left at or after this instant (epoch ms) and are not back, by
   * their last membership. Not with `asOf`.
   */
  readonly leftSince?: number | undefined;
  /** Only those who can be reached in this channel: see `Reach`. */
  readonly reachable?: string | undefined;
  /** Only these contacts. */
  readonly ids?: readonly number[] | undefined;
}

/** What members are sorted by: when they joined or left, or a column of contacts. */
export interface MemberOrder {
  readonly by: 'since' | 'left_at' | { readonly column: string };
  readonly descends: boolean;
}

/** In which channel nobody is reached who has no address; it is called as the field of that is. */
export const BY_ADDRESS = 'email';

/**
 * How many members of a segment can be reached in a channel. Suppressed are those who must not be
 * reached in it; others without an e-mail address cannot be by e-mail. Other channels take no
 * address to be told.
 */
export interface Reach {
  readonly suppressed: number;
  readonly withoutAddress: number;
  readonly reachable: number;
}
/** A segment that a contact is in, or pinned out of. */
export interface ContactSegmentRow extends Beginning, PinBeside {
  readonly segmentId: number;
  readonly alias: string;
  readonly name: string;
  readonly isMember: boolean;
}
/** A contact who is in one of several segments. */
export interface InOne {
  readonly contactId: number;
  readonly email: string | null;
  readonly segmentId: number;
}
export interface MembersReader {
  list(segmentId: number, query: MemberQuery): Promise<MemberRow[]>;
  count(segmentId: number, query?: MemberQuery): Promise<number>;
  /** The contacts of `list` in another order, those without a value last; a page's `after` is not for it. */
  order(segmentId: number, query: MemberQuery, order: MemberOrder): Promise<number[]>;
  reach(segmentId: number, channel: string): Promise<Reach>;
  /** The ids of members as they stand, ascending: a tenth of what a list of them costs. */
  ids(segmentId: number, page: Page): Promise<readonly number[]>;
  /** Those who are in exactly one of these segments, by id, and in which. */
  inOneOf(segmentIds: readonly number[], page: Page): Promise<readonly InOne[]>;
  has(segmentId: number, contactId: number): Promise<boolean>;
  /** Those of the contacts who are members, ascending. */
  among(segmentId: number, contactIds: readonly number[]): Promise<number[]>;
  /** The segments that a contact is in or pinned out of, by alias. */
  segmentsOf(contactId: number): Promise<ContactSegmentRow[]>;
}
/**
 * What makes members join or leave. A membership keeps the cause by which it began for as long as it
 * stands, and its end has one of its own.
 */
export interface Cause {
  readonly via: string;
  /** Epoch ms. */
  readonly now: number;
  readonly runId: number | null;
  /** What it is called, such as the file of an import. */
  readonly name?: string | null | undefined;
  readonly by?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly importId?: number | null | undefined;
  /**
   * Segments whose members no filter reads now. Who joins and leaves is not logged; a filter that
   * will read them is built in full.
   */
  readonly unread?: readonly number[] | undefined;
}
/** When contacts are deleted, by whom, in which run if any, and through what if not as such. */
export type Deleting = Pick<Cause, 'now' | 'by'> & {
  readonly runId?: number | null | undefined;
  readonly via?: 'deleted' | 'merged' | 'erased' | undefined;
};
export interface MembersWriter extends MembersReader {
  /** Those who are not members yet become members; gives how many. */
  add(segmentId: number, contacts: ContactSet, cause: Cause): Promise<number>;
  /**
   * Those of these contacts who are members leave, or all members. Each interval that ends goes into
   * the history. Gives how many left.
   */
  remove(segmentId: number, contacts: ContactSet | 'all', cause: Cause): Promise<number>;
  /** Sets the segment's counters to what its memberships say; gives what they are then. */
  recount(segmentId: number): Promise<Pick<SegmentRow, 'members' | 'anonymous'>>;
  /**
   * Sets the counters of the causes of these segments to what points to them; gives how many were
   * wrong, by segment.
   */
  recountCauses(segmentIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Deletes the causes that nothing points to any more and whose run is forgotten. */
  pruneCauses(): Promise<void>;
  /**
   * Deletes what belongs to contacts and segments that somebody deleted with SQL; gives how many
   * memberships of such contacts those were.
   */
  sweepDeleted(deleting: Deleting): Promise<number>;
}
