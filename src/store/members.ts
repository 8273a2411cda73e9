import type { CandidateQuery, Reads, Slice } from './changes.ts';
import type { Condition } from '../sql/condition.ts';
import type { Page } from './query.ts';
import type { Difference, MemberRow, SegmentRow } from './rows.ts';
import type { Scan } from './scans.ts';

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
  /**
   * Finds the contacts that something may have changed for; gives how many, at most `limit` + 1.
   */
  findCandidates(query: CandidateQuery, limit: number): Promise<number>;
  /**
   * How many of those found by `findCandidates` last may have changed for a filter that reads this.
   */
  countCandidates(reads: Reads): Promise<number>;
  /** Finds who is in these slices and is not counted there; gives how many, at most `limit` + 1. */
  findFurther(slices: readonly Slice[], reads: Reads, limit: number): Promise<number>;
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
/** A segment whose candidates are to be decided: those for whom something changed that it reads. */
export interface CandidateBuild {
  readonly segmentId: number;
  readonly reads: Reads;
  readonly match: Condition;
}
/**
 * How many contacts have to join or leave, and how many members have to change their `via`, to be
 * what they should.
 */
export interface LaidOut {
  readonly joining: number;
  readonly leaving: number;
  readonly renaming: number;
}
export interface MembersWriter extends MembersReader {
  /** Those who are not members yet become members; gives how many. */
  add(segmentId: number, contactIds: readonly number[], cause: Cause): Promise<number>;
  /**
   * Those of these contacts who are members, or all members, leave, each interval into the history;
   * gives how many.
   */
  remove(segmentId: number, contactIds: readonly number[] | 'all', cause: Cause): Promise<number>;
  /** Nothing is laid out any more. */
  clearLaidOut(): Promise<void>;
  /**
   * Lays out what would make the members exactly (those whom `match` holds for, and those pinned
   * in) without those pinned out, each there through the channel of its pin, else `filter`. Writes
   * nothing; takes the place of all that was laid out. With `batch`, no statement evaluates `match`
   * for more contacts than that; what is laid out is the same.
   */
  layOut(
    segmentId: number,
    match: Condition,
    options?: { readonly batch?: number | undefined },
  ): Promise<LaidOut>;
  /**
   * The same of nobody but the candidates of the last `findCandidates`, or of the further ones of
   * the last `findFurther`, for all segments that these are the candidates of; beside what is laid
   * out already.
   */
  layOutCandidates(
    builds: readonly CandidateBuild[],
    options?: { readonly further?: boolean | undefined; readonly batch?: number | undefined },
  ): Promise<void>;
  /** How much is laid out, by segment, where something is. */
  countLaidOut(): Promise<ReadonlyMap<number, LaidOut>>;
  /**
   * As `layOut`, from what a scan found of this segment, given with the candidates of the last
   * `findCandidates` whoever may have changed since its snapshot: `probe` decides those anew.
   */
  layOutScan(scan: Scan, segmentId: number, probe: Condition): Promise<LaidOut>;
  /** Lays out that members leave whose contacts are no more, and nothing else. */
  layOutGone(segmentId: number): Promise<LaidOut>;
  /**
   * Who is laid out to join, to leave or to change `via`: a page of ids, of contacts that are no
   * more too.
   */
  laidOut(segmentId: number, part: keyof LaidOut, page: Page): Promise<number[]>;
  /** Leaves so many of those laid out to leave and to join a segment, the leaving first, by id. */
  cutLaidOut(segmentId: number, limit: number): Promise<void>;
  /** Takes back what is laid out for a segment. */
  dropLaidOut(segmentId: number): Promise<void>;
  /** Writes all that is laid out; gives what that did, by segment, where it did something. */
  applyLaidOut(cause: Cause): Promise<ReadonlyMap<number, Difference>>;
  /**
   * Says of present members (all of them, or `contactIds`) that they are there through `via`; since
   * stays.
   */
  setVia(segmentId: number, contactIds: readonly number[] | 'all', via: string): Promise<void>;
  /** Sets the segment's counters to what its memberships say; gives what they are then. */
  recount(segmentId: number): Promise<Pick<SegmentRow, 'members' | 'anonymous'>>;
  /**
   * Takes along what hangs on contacts that were deleted behind our back; gives how many
   * memberships that were.
   */
  sweepDeleted(): Promise<number>;
}
