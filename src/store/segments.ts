import type { Watermark } from './changes.ts';
import type { Deleting } from './members.ts';
import type {
  ConversionPlan,
  DeletedSegmentRow,
  Difference,
  SegmentDefinition,
  SegmentRow,
  VersionRow,
} from './rows.ts';

export interface SegmentsReader {
  list(): Promise<readonly SegmentRow[]>;
  /**
   * Those of the segments with these ids that there are, by id; the same objects as in `list` while
   * they say the same. Takes no longer the more segments there are beside them.
   */
  some(ids: readonly number[]): Promise<readonly SegmentRow[]>;
  /** Every definition that the segment had, the first one first. */
  versions(id: number): Promise<readonly VersionRow[]>;
  /** The segments that were deleted and are still kept, those deleted last first. */
  deleted(): Promise<readonly DeletedSegmentRow[]>;
}

/** Who saves a definition, when (epoch ms), and what there is to say of it. */
export interface Saving {
  readonly now: number;
  readonly by: string | null;
  readonly note?: string | undefined;
}

/** Members of a segment that was deleted who did not come back with it, counted. */
export interface NotBack {
  /** They are no contacts any more. */
  readonly deleted: number;
  /** They are part of another contact by now. */
  readonly merged: number;
  /** By a merge, or by taking back the import by which they had joined. */
  readonly takenOut: number;
}

export interface SegmentsWriter extends SegmentsReader {
  /** Alias taken: `UserError` TAKEN (1). */
  insert(definition: SegmentDefinition, saving: Saving): Promise<number>;
  /**
   * Changes the definition and, where anything is different, records the version; a changed filter
   * or kind makes the next build a full one.
   */
  update(id: number, definition: SegmentDefinition, saving: Saving): Promise<void>;
  /** Keeps what is planned for a segment, in the place of what was; null drops it. */
  plan(id: number, plan: ConversionPlan | null): Promise<void>;
  /**
   * Records that the segment was converted at `now`, by a run or (null) by hand; what was planned
   * for it is done with.
   */
  recordConversion(id: number, now: number, runId: number | null): Promise<void>;
  /**
   * Takes the segment out of all that segments are asked for, and keeps it with its members, pins,
   * history and versions. Its members leave.
   */
  delete(id: number, deleting: Deleting): Promise<void>;
  /**
   * Brings a deleted segment back under this alias, with those of its members, pins and intervals
   * whose contacts exist; a dynamic one has to be built in full. Gives what became of the others.
   * Alias taken: `UserError` TAKEN (1).
   */
  restore(id: number, alias: string, restoring: Deleting): Promise<NotBack>;
  /** Forgets the segments that were deleted before this instant (epoch ms); gives how many. */
  purge(before: number): Promise<number>;
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
