import type { RunLock } from '../../store.ts';
import type { SqlDatabase } from '../database.ts';

/** A value as it stands in a store. */
export type Stored = string | number | null | Uint8Array;
export type StoredRow = readonly Stored[];

/** Where a store is copied from, or to, as its adapter hands it over. */
interface Side {
  readonly db: SqlDatabase;
  readonly tables: () => Promise<readonly string[]>;
  /** Those that can be written, in their order. */
  readonly columnsOf: (table: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface CopySource extends Side {
  /** Undefined when somebody else holds it. */
  readonly lockRuns: () => Promise<RunLock | undefined>;
  /** Does the work on one snapshot. */
  readonly reading: <T>(work: () => Promise<T>) => Promise<T>;
  readonly rowsOf: (table: string, columns: readonly string[]) => AsyncIterable<StoredRow>;
  /** The last id that was given to a row, by table. */
  readonly counters: () => Promise<ReadonlyMap<string, number>>;
}

export interface CopyTarget extends Side {
  /** Does the work in one transaction, in which nothing of rollcall's watches over the tables. */
  readonly writing: <T>(work: () => Promise<T>) => Promise<T>;
  /** Adds these rows; a value that the store does not take is a `UserError` (65). */
  readonly fill: (
    table: string,
    columns: readonly string[],
    rows: AsyncIterable<StoredRow>,
  ) => Promise<void>;
  /** Gives no id up to the last one again, of whichever side. */
  readonly setCounters: (counters: ReadonlyMap<string, number>) => Promise<void>;
  /** Has the next update look at everything, and build everything in full. */
  readonly doubt: () => Promise<void>;
  /** Instead of `close`: removes the store, where it was made for the copy. */
  readonly discard: () => Promise<void>;
}
