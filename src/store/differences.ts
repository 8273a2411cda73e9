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

/** Contacts that were found and are to be decided. */
export interface Nominated {
  /** How many were found, at most one more than the limit that they were looked for with. */
  readonly found: number;
}

/** The contacts that something may have changed for. A later `find` overtakes them. */
export interface Candidates extends Nominated {
  /** For how many of them something changed that is among `reads`. */
  count(reads: Reads): Promise<number>;
  /**
   * Finds, for each of at most `MOST_PARTS` parts, the contacts in its slices that `count` does not
   * count for what it reads. A later `inSlices` overtakes what this one gives.
   */
  inSlices(parts: readonly SlicedPart[], limit: number): Promise<InSlices>;
}

/** Segments whose dates are looked for in the same slices, and what they read. */
export interface SlicedPart {
  readonly slices: readonly Slice[];
  readonly reads: Reads;
}

/** For how many parts contacts may be looked for at once: a store may keep parts as bits. */
export const MOST_PARTS = 60;

/** The contacts in the slices of some parts; a contact counts for each part that it is found for. */
export interface InSlices extends Nominated {
  /** How many were found for each part, in their order; empty where there were too many. */
  readonly ofParts: readonly number[];
}

/**
 * A segment whose candidates are to be decided: those for whom something changed that it reads; or,
 * of contacts in slices, those that were found for the part of this number.
 */
export interface CandidateBuild {
  readonly segmentId: number;
  readonly reads: Reads;
  readonly match: Condition;
  readonly part?: number | undefined;
}

/** How to find out who, of all contacts, should be a member. */
export type Everybody =
  /** With `batch`, no statement evaluates `match` for more contacts than that. */
  | { readonly kind: 'match'; readonly match: Condition; readonly batch?: number | undefined }
  /**
   * From what a scan found for the segment. `changed` are the contacts for whom something may have
   * changed since the snapshot of the scan; `probe` is evaluated for these.
   */
  | {
      readonly kind: 'scan';
      readonly scan: Scan;
      readonly changed: Candidates;
      readonly probe: Condition;
    };

/** How many contacts have to join or leave for the members to be who they should be. */
export interface Proposed {
  readonly joining: number;
  readonly leaving: number;
}

export interface DifferencesReader {
  /** Finds the contacts that something may have changed for, at most `limit` + 1. */
  find(query: CandidateQuery, limit: number): Promise<Candidates>;
}

export interface DifferencesWriter extends DifferencesReader {
  /**
   * Proposes what makes the members among these contacts right, beside what is proposed already.
   * Right are those whom `match` holds for and those pinned in, without those pinned out.
   */
  decide(
    candidates: Nominated,
    builds: readonly CandidateBuild[],
    options?: { readonly batch?: number | undefined },
  ): Promise<void>;
  /** Does the same for all contacts, in place of all that was proposed before. */
  all(segmentId: number, everybody: Everybody): Promise<void>;
  /**
   * Proposes only that the members leave whose contacts do not exist any more, in place of all that
   * was proposed before.
   */
  gone(segmentId: number): Promise<void>;
  /** How much is proposed for a segment. */
  of(segmentId: number): Promise<Proposed>;
  /**
   * A page of the ids of those who are proposed to join or to leave. Contacts that do not exist any
   * more are among those who leave.
   */
  ids(segmentId: number, part: keyof Proposed, page: Page): Promise<number[]>;
  /** Cuts those who are to leave, then those who are to join, to `most` altogether, by id. */
  limit(segmentId: number, most: number): Promise<void>;
  /** Takes back what is proposed for a segment. */
  drop(segmentId: number): Promise<void>;
  /**
   * Writes all that is proposed, after which nothing is proposed any more: who is pinned in joins by
   * a cause that says of channel, author and reason what the pin says. Gives what that did, for each
   * segment in which it did something.
   */
  apply(cause: Cause): Promise<ReadonlyMap<number, Difference>>;
}
