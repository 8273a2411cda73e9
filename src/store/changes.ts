/**
 * The change log as updates see it. A watermark says up to where a build has seen it; its numbers
 * mean nothing outside the store that gave them.
 */
export type Watermark = number;

/**
 * What the answers of a filter hang on. A change of anything else nominates nobody for it, but that
 * contacts come and go.
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
 * Whom something may have changed for since segments were built, for one at least. New and deleted
 * contacts always count, and the pins of one segment.
 */
export interface CandidateQuery {
  readonly segmentId: number;
  readonly since: Watermark;
  /** What the filters of the segments read, each other reading once. */
  readonly reads: readonly Reads[];
  /** Segments whose members the filters read. */
  readonly segments: readonly number[];
  readonly slices: readonly Slice[];
}

export interface ChangesReader {
  /** The watermark that a build of this transaction may keep: nothing before it is missed. */
  watermark(): Promise<Watermark>;
  /** How many entries the log has since then, at most `limit` + 1. */
  countSince(since: Watermark, limit: number): Promise<number>;
  /**
   * How many of them are of what is read, for each of `reads`: what changed of companies and tags
   * themselves is counted as one.
   */
  countRead(since: Watermark, reads: readonly Reads[]): Promise<number[]>;
  /** The segments whose pins were made, changed or taken away since then. */
  pinnedSince(since: Watermark): Promise<number[]>;
  /** Whether the log still has everything since then that may be read. */
  reachesBack(since: Watermark, reads: readonly Reads[]): Promise<boolean>;
  /** How many changes of data and pins are recorded that some segment has not seen yet. */
  countPending(): Promise<number>;
}

export interface ChangesWriter extends ChangesReader {
  /**
   * Begins a run: what was logged until now is told apart from what comes. When somebody else
   * changed the schema or switched logging off, true is given: logging is made whole again, and no
   * watermark from before reaches back.
   */
  open(): Promise<boolean>;
  /** Whether somebody else changed the schema or switched logging off since the last run. */
  isDoubtful(): Promise<boolean>;
  /** Makes it cheap to find the rows of a slice at these places, now and later. */
  prepare(places: readonly Slice['place'][]): Promise<void>;
  /**
   * Takes along what hangs on contacts deleted behind our back, and drops what every segment has
   * seen.
   */
  prune(): Promise<void>;
}
