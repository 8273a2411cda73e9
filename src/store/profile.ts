import type { Condition } from '../sql/condition.ts';

/** How a statement reaches the rows of one table. */
export interface Access {
  readonly table: string;
  /** `all`: it reads every row; `key`: it looks rows up by id. */
  readonly how: 'all' | 'index' | 'key';
  /** The index's name, also where all of it is read. */
  readonly index: string | undefined;
}

/** A statement that was run: how many contacts it found, how long it took at best, and how. */
export interface Measured {
  readonly matching: number;
  readonly ms: number;
  /** With its values in place, for people. */
  readonly statement: string;
  /** In the database's own words. */
  readonly plan: readonly string[];
  readonly access: readonly Access[];
}

/**
 * An index on a column of contacts that is not there. `test` is the condition on that column alone,
 * `match` the whole filter.
 */
export interface IndexTrial {
  readonly column: string;
  readonly test: Condition;
  readonly match: Condition;
}

/** Runs conditions and looks how they are carried out. Writes nothing to the store. */
export interface Profiler {
  /**
   * Finds all contacts whom this holds for in the way a full build does, by no index of contacts, and
   * measures it: the best of `times`.
   */
  measure(match: Condition, times: number): Promise<Measured>;
  /** Does the same in the way lists and exports do, by an index of contacts where there is one. */
  measureList(match: Condition, times: number): Promise<Measured>;
  /** The statement of a full build: pins and order included. */
  measureBuild(segmentId: number, match: Condition, times: number): Promise<Measured>;
  /**
   * How long a list would take with the index, in ms: found by a copy of the column, indexed, that
   * lives as long as the call. Undefined when the database would not use it.
   */
  tryIndex(trial: IndexTrial, times: number): Promise<number | undefined>;
}
