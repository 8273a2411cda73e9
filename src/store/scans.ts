import type { BitSet } from '../support/bit-set.ts';
import type { ColumnBatch, ColumnsRead, ColumnsWanted } from '../sql/columns.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Watermark } from './changes.ts';

/** How much there is to scan in a run: `segments` are those that may have to be built in full. */
export interface ScannedRun {
  readonly runId: number;
  readonly contacts: number;
  readonly segments: number;
}

/** Whose matches are to be found. `filter` is plain data, which the store hands on unread. */
export interface ScanJob {
  readonly segmentId: number;
  readonly filter: unknown;
}

/** Several jobs that are scanned together, with the data that all their filters are read with. */
export interface ScanWork {
  readonly jobs: readonly ScanJob[];
  readonly ground: unknown;
}

/** Where a scan reads contacts and leaves who matches. */
export interface ScanDesk {
  readonly dialect: Dialect;
  /** Reads columns of one snapshot. What was kept before is forgotten, and read again. */
  read(wanted: ColumnsWanted): Promise<ColumnsRead>;
  /** Keeps who of a batch matches: a set for each job, in their order. */
  keep(batch: ColumnBatch, matches: readonly BitSet[]): Promise<void>;
}

/** Carries out work at a desk: reads all batches, and keeps who matches in each. */
export type ScanBy = (desk: ScanDesk, work: ScanWork) => Promise<void>;

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
 * Finds who matches filters on other processors, while the run goes on. A store that cannot, or
 * where it does not pay, gives none: filters are then evaluated in the transaction that needs them.
 * The members are the same either way.
 */
export interface Scans {
  /** Whether a scan of so many segments takes less time than evaluating them where they are built. */
  pays(segments: number): boolean;
  /**
   * Scans a snapshot of now or later. The segments are taken in this order. While the run waits for
   * a scan, it carries out by `scanBy` what others have not begun, or have left undone.
   */
  start(work: ScanWork, scanBy: ScanBy): void;
  /**
   * Waits for a segment's scan, outside transactions. Undefined when none was started or it failed,
   * for want of room, say. Whoever takes a scan drops it before taking the next.
   */
  take(segmentId: number): Promise<Scan | undefined>;
  /** Ends what is still being scanned, and frees all space. */
  close(): Promise<void>;
}
