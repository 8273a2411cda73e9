import type { Deleting } from './members.ts';
import type { Value } from './rows.ts';

/** What is made one: all that the losers have becomes the winner's, and they are deleted. */
export interface Merging extends Pick<Deleting, 'now' | 'by'> {
  readonly winner: number;
  /** Others than the winner; where it matters, those named first come first. */
  readonly losers: readonly number[];
  /** What the winner is given, by column; unique values of losers among it. */
  readonly values: Readonly<Record<string, Value>>;
  /** Channels whose removals give way to those of all others. */
  readonly yielding: readonly string[];
}

/** What a merge did, beside the values. */
export interface Merged {
  /** Events that are the winner's now. */
  readonly events: number;
  /** Tags and suppressions that it did not have. */
  readonly tags: number;
  readonly suppressions: number;
  /** Segments that it joined and left by this, whose pin it took over, by alias. */
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly pinned: readonly string[];
}
