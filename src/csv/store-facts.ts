import type { FieldRow, SegmentRow } from '../store/index.ts';

/** What a plan needs to know about the store. */
export interface StoreFacts {
  readonly fields: readonly FieldRow[];
  /** Which of these are made for a column, by its position; null for a column without values. */
  readonly created?: ReadonlyMap<number, string | null> | undefined;
  readonly segments: readonly SegmentRow[];
  /** Reads the channels that consent columns may name. */
  channels(): Promise<readonly string[]>;
  /** Reads the names of all tags. */
  tagNames(): Promise<readonly string[]>;
  /** The store's time zone, an IANA name. */
  readonly zone: string;
}
