import type { Watermark } from './changes.ts';
import type { Condition } from '../sql/condition.ts';

/** How much there is to scan in a run: segments that look as if they had to be built in full. */
export interface ScannedRun {
  readonly runId: number;
  readonly contacts: number;
  readonly segments: number;
}

/** Who matches a condition, to be found out beside the transactions of a run. */
export interface ScanJob {
  readonly segmentId: number;
  readonly match: Condition;
}

/**
 * What a scan found, to propose members by in one of the next transactions. It tells of a snapshot:
 * whoever was logged since `seen` has to be asked again, and so has everybody where the log does
 * not reach back to it.
 */
export interface Scan {
  /** Whose matches it found. */
  readonly segmentIds: readonly number[];
  readonly seen: Watermark;
  /**
   * Outside transactions: lets go of it, for the time being or, of these segments, for good. Its
   * space is free when nobody waits for it any more.
   */
  drop(done: Iterable<number>): Promise<void>;
}

/**
 * Evaluates conditions over all contacts on other processors, while the run goes on. A store that
 * cannot, or where it does not pay, gives none: conditions are then evaluated in the transaction
 * that needs them. The members are the same either way.
 */
export interface Scans {
  /**
   * Scans a snapshot of now or later, of several segments at once as the store sees fit. They are
   * taken in this order.
   */
  start(jobs: readonly ScanJob[]): void;
  /**
   * Waits for a segment's scan, outside transactions; undefined when none was started, or it
   * failed: for want of room, say. What is taken is dropped before the next is taken.
   */
  take(segmentId: number): Promise<Scan | undefined>;
  /** Ends what is still being scanned, and frees all space. */
  close(): Promise<void>;
}
