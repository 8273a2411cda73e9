import type { Watermark } from './changes.ts';
import type { ConversionPlan, Difference, SegmentDefinition, SegmentRow } from './rows.ts';

export interface SegmentsReader {
  list(): Promise<readonly SegmentRow[]>;
  /**
   * Those of the segments with these ids that there are, by id; the same objects as in `list` while
   * they say the same. Takes no longer the more segments there are beside them.
   */
  some(ids: readonly number[]): Promise<readonly SegmentRow[]>;
}
export interface SegmentsWriter extends SegmentsReader {
  /** Alias taken: `UserError` TAKEN (1). */
  insert(definition: SegmentDefinition, now: number, by: string | null): Promise<number>;
  /**
   * Changes the definition and records the version; a changed filter or kind makes the next build a
   * full one.
   */
  update(id: number, definition: SegmentDefinition, now: number, by: string | null): Promise<void>;
  /** Keeps what is planned for a segment, in the place of what was; null drops it. */
  plan(id: number, plan: ConversionPlan | null): Promise<void>;
  /**
   * Records that the segment was converted at `now`, by a run or (null) by hand; what was planned
   * for it is done with.
   */
  recordConversion(id: number, now: number, runId: number | null): Promise<void>;
  /** Deletes the segment with its members, pins, history and versions. */
  delete(id: number): Promise<void>;
  /**
   * Records that the run made these segments true as of `now`: in the transaction that read what
   * they were built from.
   */
  stampBuilt(
    built: readonly BuiltStamp[],
    run: { readonly now: number; readonly runId: number },
  ): Promise<void>;
  /** Records what was done of a build that is not finished: the next one has to be a full one. */
  stampPartial(id: number, done: Difference): Promise<void>;
}

/**
 * How a build left a segment. `bounds` are what its dates meant, `fingerprint` what its definition
 * meant.
 */
export interface BuiltStamp extends Difference {
  readonly id: number;
  readonly seen: Watermark;
  readonly bounds: string;
  readonly fingerprint: string;
}

/**
 * The fingerprint of segments whose last build may not be relied on: the store was restored or
 * copied since.
 */
export const RESTORED = 'restored';
