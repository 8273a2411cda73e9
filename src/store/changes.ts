/**
 * The change log as updates see it. A watermark says up to where a build has seen it: a text that
 * means nothing outside the store that gave it. Two that are the same have seen the same.
 */
export type Watermark = string;

/**
 * What the answers of a filter depend on. A change of anything else nominates no candidates for it;
 * contacts that come or go are always candidates.
 */
export interface Reads {
  /** Ids of the contact's own fields that are read. */
  readonly profile: readonly number[];
  /** A field of its company is read. */
  readonly company: boolean;
  readonly tags: boolean;
  /** Suppressions are read. */
  readonly consent: boolean;
  /** Types of the events that are read, folded. */
  readonly eventTypes: readonly string[];
}

/**
 * Dates between two bounds, both included: rows whose date lies there may have changed their
 * answer.
 */
export type Slice =
  | {
      readonly kind: 'days';
      readonly place: FieldPlace;
      readonly low: string;
      readonly high: string;
    }
  /** Months and days, `02-28`. */
  | {
      readonly kind: 'monthDays';
      readonly place: FieldPlace;
      readonly low: string;
      readonly high: string;
    }
  | {
      readonly kind: 'instants';
      readonly place:
        | FieldPlace
        | { readonly kind: 'events'; readonly eventType: string }
        | { readonly kind: 'memberships'; readonly segment: number };
      readonly low: number;
      readonly high: number;
    };

export interface FieldPlace {
  readonly kind: 'field' | 'anniversary';
  readonly object: 'contact' | 'company';
  readonly column: string;
}

/**
 * Which contacts to find: those for whom something may have changed for at least one of several
 * segments. New and deleted contacts always count, and so do the pins of `segmentId`.
 */
export interface CandidateQuery {
  readonly segmentId: number;
  readonly since: Watermark;
  /** What the filters of the segments read; filters that read the same have one entry. */
  readonly reads: readonly Reads[];
  /** Segments whose members the filters read. */
  readonly segments: readonly number[];
  readonly slices: readonly Slice[];
}

/** Whether the log still has everything since then that is about what is read. */
export type LogReach = (since: Watermark, reads: Reads) => boolean;

export interface ChangesReader {
  /** The watermark that a build of this transaction may keep: nothing before it is missed. */
  watermark(): Promise<Watermark>;
  /** How many entries the log has since then, at most `limit` + 1. */
  countSince(since: Watermark, limit: number): Promise<number>;
  /**
   * For each of `reads`, how many of these entries are about something that is read. A company or a
   * tag that changed is one entry, however many contacts have it.
   */
  countRead(since: Watermark, reads: readonly Reads[]): Promise<number[]>;
  /** The segments whose pins were made, changed or taken away since then. */
  pinnedSince(since: Watermark): Promise<number[]>;
  /** Those of these segments that so many joined or left since then that it was not logged who. */
  bulkSince(since: Watermark, segmentIds: readonly number[]): Promise<number[]>;
  /** How far the log reaches back in this transaction, as long as nothing is pruned. */
  reach(): Promise<LogReach>;
  /** How many changes of data and pins are recorded that some segment has not seen yet. */
  countPending(): Promise<number>;
}

export interface ChangesWriter extends ChangesReader {
  /**
   * Begins a run: what is logged from now on is behind every watermark until now. Gives true when somebody else
   * had changed the schema or switched logging off. Logging is made whole again then, and the log
   * reaches back to no earlier watermark.
   */
  open(): Promise<boolean>;
  /** Whether somebody else changed the schema or switched logging off since the last run. */
  isDoubtful(): Promise<boolean>;
  /**
   * Deletes what belongs to contacts that somebody deleted with SQL, and drops the entries of the log
   * that every segment has seen.
   */
  prune(): Promise<void>;
}
