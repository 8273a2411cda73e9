import type { Slice } from './changes.ts';
import type { ScannedRun, Scans } from './scans.ts';
import type { ReadTx, WriteTx } from './transaction.ts';
import type { Stage, StageShape } from './staging.ts';

/**
 * The port: what services ask of a store. Every call is async and speaks in sets, so that an
 * adapter for another database can stand behind it. test/store/conformance.ts is the contract in
 * executable form.
 */
export interface Store {
  /** Where the store is, for messages. */
  readonly location: string;

  /** Runs `work` on one snapshot: it sees no write that commits meanwhile. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;

  /**
   * Runs `work` in one transaction that no other writer can enter: all of it is kept, or none when
   * it throws. Waits ten seconds for another writer, then `UserError` LOCKED (75).
   */
  write<T>(work: (tx: WriteTx) => Promise<T>): Promise<T>;

  /**
   * A place for the rows of an import, outside the store's data and its write lock until they are
   * applied.
   */
  stage(shape: StageShape): Promise<Stage>;

  /**
   * Makes it cheap to find the rows of a slice at these places, now and later. Not to be called in
   * a transaction: it may take long, and hinders no reader or writer that it need not.
   */
  prepare(places: readonly Slice['place'][]): Promise<void>;

  /**
   * Scanners for a run, whose caller holds the run lock and closes them; undefined where it had
   * better do without.
   */
  scans(run: ScannedRun): Promise<Scans | undefined>;

  /**
   * The run lock: at most one holder per store; freed by `release` or by the death of the process.
   * Gives undefined when another process still holds it after `waitMs` (Infinity waits for ever).
   */
  lockRuns(waitMs: number): Promise<RunLock | undefined>;

  /** The like for a command that is told what changed: one process at a time tells it. */
  lockHook(command: string, waitMs: number): Promise<RunLock | undefined>;

  /** Whether some process holds the run lock, without taking it. */
  isRunLocked(): Promise<boolean>;

  /**
   * Refuses an output (a path, or an open file) that is the store or a file which belongs to it, by
   * whatever name, or would become one. `what` is the option or stream, for the message.
   * `UserError` (2).
   */
  requireOtherFile(output: string | number, what: string): Promise<void>;

  /**
   * Sees to it that what was deleted cannot be read in the files of the store any more. False where
   * another program holds some of it open: to be repeated.
   */
  scour(): Promise<boolean>;

  /** What the store takes on the disk, in bytes. */
  size(): Promise<number>;

  close(): Promise<void>;
}

export interface RunLock {
  release(): Promise<void>;
}
