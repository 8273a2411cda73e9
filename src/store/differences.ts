import type { CandidateQuery, Reads, Slice } from './changes.ts';
import type { Cause } from './members.ts';
import type { Condition } from '../sql/condition.ts';
import type { Page } from './query.ts';
import type { Difference } from './rows.ts';
import type { Scan } from './scans.ts';

/*
 * The workbench of an update. What would make the members of segments what they should be is
 * proposed first, for one segment or for many; it can be looked at, limited and taken back, and is
 * written when it is applied. What a method needs is passed to it: a value that something later has
 * overtaken is refused, with an error that no user can cause.
 */

/** Contacts that are to be decided, for as long as nobody looks for others. */
export interface Nominated {
  /** How many were found, at most one more than the limit that they were looked for with. */
  readonly found: number;
}

/** The contacts that something may have changed for. A later `find` overtakes them. */
export interface Candidates extends Nominated {
  /** How many of them something may have changed for that is read. */
  count(reads: Reads): Promise<number>;
  /**
   * Who is in these slices and is not counted by `count(reads)`. A later `inSlices` overtakes what
   * this one gives.
   */
  inSlices(slices: readonly Slice[], reads: Reads, limit: number): Promise<Nominated>;
}

/** A segment whose candidates are to be decided: those for whom something changed that it reads. */
export interface CandidateBuild {
  readonly segmentId: number;
  readonly reads: Reads;
  readonly match: Condition;
}

/** How everybody who should be a member is told. */
export type Everybody =
  /** With `batch`, no statement evaluates `match` for more contacts than that. */
  | { readonly kind: 'match'; readonly match: Condition; readonly batch?: number | undefined }
  /**
   * By what a scan found of the segment. `changed` are all who may have changed since the snapshot
   * of the scan; `probe` decides those anew.
   */
  | {
      readonly kind: 'scan';
      readonly scan: Scan;
      readonly changed: Candidates;
      readonly probe: Condition;
    };

/**
 * How many contacts have to join or leave, and how many members have to change their `via`, to be
 * what they should.
 */
export interface Proposed {
  readonly joining: number;
  readonly leaving: number;
  readonly renaming: number;
}

export interface DifferencesReader {
  /** Finds the contacts that something may have changed for, at most `limit` + 1. */
  find(query: CandidateQuery, limit: number): Promise<Candidates>;
}

export interface DifferencesWriter extends DifferencesReader {
  /**
   * Proposes, beside what is proposed already, what makes the members among these contacts exactly
   * (those whom `match` holds for, and those pinned in) without those pinned out, each there through
   * the channel of its pin, else `filter`.
   */
  decide(
    candidates: Nominated,
    builds: readonly CandidateBuild[],
    options?: { readonly batch?: number | undefined },
  ): Promise<void>;
  /** The same of all contacts, in place of all that is proposed. */
  all(segmentId: number, everybody: Everybody): Promise<void>;
  /**
   * Proposes that members leave whose contacts are no more, and nothing else, in place of all that
   * is proposed.
   */
  gone(segmentId: number): Promise<void>;
  /** How much is proposed for a segment. */
  of(segmentId: number): Promise<Proposed>;
  /**
   * Who is proposed to join, to leave or to change `via`: a page of ids, of contacts that are no
   * more too.
   */
  ids(segmentId: number, part: keyof Proposed, page: Page): Promise<number[]>;
  /** Leaves so many of those who are to leave and to join a segment, the leaving first, by id. */
  limit(segmentId: number, most: number): Promise<void>;
  /** Takes back what is proposed for a segment. */
  drop(segmentId: number): Promise<void>;
  /**
   * Writes all that is proposed; gives what that did, by segment, where it did something. Nothing is
   * proposed then.
   */
  apply(cause: Cause): Promise<ReadonlyMap<number, Difference>>;
}
