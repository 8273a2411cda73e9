import type { Page } from './query.ts';
import type { MemberRow, SegmentRow } from './rows.ts';

export interface MemberQuery extends Page {
  /** Members as of this instant (epoch ms), from open memberships and the history. */
  readonly asOf?: number | undefined;
  /** Only those whose membership began at or after this instant (epoch ms). */
  readonly joinedSince?: number | undefined;
}
export interface ContactSegmentRow {
  readonly segmentId: number;
  readonly alias: string;
  readonly name: string;
  readonly since: number | null;
  readonly via: string | null;
  readonly pin: 'in' | 'out' | null;
  /** When the pin ends (epoch ms); null when it does not. */
  readonly pinUntil: number | null;
}
export interface MembersReader {
  list(segmentId: number, query: MemberQuery): Promise<MemberRow[]>;
  count(segmentId: number, query?: MemberQuery): Promise<number>;
  has(segmentId: number, contactId: number): Promise<boolean>;
  /** Those of the contacts who are members, ascending. */
  among(segmentId: number, contactIds: readonly number[]): Promise<number[]>;
  /** The segments that a contact is in or pinned out of, by alias. */
  segmentsOf(contactId: number): Promise<ContactSegmentRow[]>;
}
export interface Cause {
  readonly via: string;
  /** Epoch ms. */
  readonly now: number;
  readonly runId: number | null;
  /**
   * Segments whose members no filter reads now. Who joins and leaves is not logged; a filter that
   * will read them is built in full.
   */
  readonly unread?: readonly number[] | undefined;
}
export interface MembersWriter extends MembersReader {
  /** Those who are not members yet become members; gives how many. */
  add(segmentId: number, contactIds: readonly number[], cause: Cause): Promise<number>;
  /**
   * Those of these contacts who are members leave, or all members. Each interval that ends goes into
   * the history. Gives how many left.
   */
  remove(segmentId: number, contactIds: readonly number[] | 'all', cause: Cause): Promise<number>;
  /**
   * Says of present members (all of them, or `contactIds`) that they are there through `via`; since
   * stays.
   */
  setVia(segmentId: number, contactIds: readonly number[] | 'all', via: string): Promise<void>;
  /** Sets the segment's counters to what its memberships say; gives what they are then. */
  recount(segmentId: number): Promise<Pick<SegmentRow, 'members' | 'anonymous'>>;
  /**
   * Deletes what belongs to contacts that somebody deleted with SQL; gives how many memberships those
   * were.
   */
  sweepDeleted(): Promise<number>;
}
