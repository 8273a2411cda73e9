import type { Watermark } from './changes.ts';
import type { Condition } from '../sql/condition.ts';

/** How much there is to scan in a run: `segments` are those that may have to be built in full. */
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
   * Lets go of the scan, outside transactions. The segments in `done` need it no more; others may
   * take it again. Its space is freed when no segment needs it any more.
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
   * Waits for a segment's scan, outside transactions. Undefined when none was started or it failed,
   * for want of room, say. Whoever takes a scan drops it before taking the next.
   */
  take(segmentId: number): Promise<Scan | undefined>;
  /** Ends what is still being scanned, and frees all space. */
  close(): Promise<void>;
}
