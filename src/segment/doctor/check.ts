import type { CheckContext, Finding, HealthReader, ReadTx } from '../../store/index.ts';

/** What a check may look at: one snapshot of the store, and what is known of it. */
export interface Examined extends CheckContext {
  readonly tx: ReadTx;
  readonly health: HealthReader;
  /** Whether a run is known to be at work. */
  readonly isRunAtWork: boolean;
  /** Epoch ms. */
  readonly now: number;
  /** A segment that was not built for so long is stale, in ms. */
  readonly staleMs: number;
}

/** One question to any store. Its title says what holds when there is nothing to find. */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly find: (examined: Examined) => Promise<readonly Finding[]>;
}
