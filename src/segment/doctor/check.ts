import type { CheckContext, Finding, HealthReader, ReadTx } from '../../store/index.ts';

/**
 * What a check may look at: one snapshot of the store, and facts about it that were read before.
 */
export interface Examined extends CheckContext {
  readonly tx: ReadTx;
  readonly health: HealthReader;
  /** Whether a run is known to be at work. */
  readonly isRunAtWork: boolean;
  /** Epoch ms. */
  readonly now: number;
  /** A segment whose last build is longer ago than this many milliseconds is stale. */
  readonly staleMs: number;
}

/** One question that can be put to any store. The title says what holds when nothing is found. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly find: (examined: Examined) => Promise<readonly Finding[]>;
}
