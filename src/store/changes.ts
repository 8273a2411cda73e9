/**
 * The change log as updates see it. A watermark says up to where a build has seen it; its numbers mean nothing outside the
 * store that gave them.
 */
export type Watermark = number;

/** What was changed: rows of contacts (`profile`), their tags, suppressions (`consent`) and events, companies, tags. */
export type ChangeKind = 'profile' | 'tags' | 'consent' | 'events' | 'company' | 'tag';

/** Dates between two bounds, both included: rows whose date lies there may have changed their answer. */
export type Slice =
  | { readonly kind: 'days'; readonly place: FieldPlace; readonly low: string; readonly high: string }
  /** Months and days, `02-28`. */
  | { readonly kind: 'monthDays'; readonly place: FieldPlace; readonly low: string; readonly high: string }
  | { readonly kind: 'instants'; readonly place: FieldPlace | { readonly kind: 'events'; readonly eventType: string } | { readonly kind: 'memberships'; readonly segment: number }; readonly low: number; readonly high: number };

export interface FieldPlace {
  readonly kind: 'field' | 'anniversary';
  readonly object: 'contact' | 'company';
  readonly column: string;
}

/** Whom something may have changed for since a segment was built. New and deleted contacts, and its own pins, always count. */
export interface CandidateQuery {
  readonly segmentId: number;
  readonly since: Watermark;
  readonly kinds: readonly ChangeKind[];
  /** Segments whose members its filter reads. */
  readonly segments: readonly number[];
  readonly slices: readonly Slice[];
}

export interface ChangesReader {
  /** The watermark that a build of this transaction may keep: nothing before it is missed. */
  watermark(): Promise<Watermark>;
  /** How many entries the log has since then, at most `limit` + 1. */
  countSince(since: Watermark, limit: number): Promise<number>;
  /** The segments whose pins were made, changed or taken away since then. */
  pinnedSince(since: Watermark): Promise<number[]>;
  /** Whether the log still has everything of these kinds since then. */
  reachesBack(since: Watermark, kinds: readonly ChangeKind[]): Promise<boolean>;
  /** How many changes of data and pins are recorded that some segment has not seen yet. */
  countPending(): Promise<number>;
}

export interface ChangesWriter extends ChangesReader {
  /**
   * Begins a run: what was logged until now is told apart from what comes. When somebody else changed the schema or switched
   * logging off, true is given: logging is made whole again, and no watermark from before reaches back.
   */
  open(): Promise<boolean>;
  /** Whether somebody else changed the schema or switched logging off since the last run. */
  isDoubtful(): Promise<boolean>;
  /** Makes it cheap to find the rows of a slice at these places, now and later. */
  prepare(places: readonly Slice['place'][]): Promise<void>;
  /** Takes along what hangs on contacts deleted behind our back, and drops what every segment has seen. */
  prune(): Promise<void>;
}
