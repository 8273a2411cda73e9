import type { SQL } from 'drizzle-orm';
import type { Watermark } from '../../changes.ts';

/**
 * The log of changes as statements read it that are the same for all databases: in what tables it
 * stands is theirs. Each is a sub-select in brackets, for `from … as`, or `in`.
 */
export interface Log {
  /** `contact_id` and `aspects`: what was logged since then of contacts themselves, pins apart. */
  readonly contacts: (since: Watermark) => SQL;
  /** `contact_id`: whose pins in this segment changed since then. */
  readonly pins: (since: Watermark, segmentId: number) => SQL;
  /** `contact_id`: who joined or left one of these segments since then. */
  readonly members: (since: Watermark, segmentIds: readonly number[]) => SQL;
  /** `id`: companies that changed since then. */
  readonly companies: (since: Watermark) => SQL;
  /** `id`: tags that changed since then. */
  readonly tags: (since: Watermark) => SQL;
  /** `id`: contacts that are no more, which went since then or at any time. */
  readonly deleted: (since?: Watermark) => SQL;
  /** `id`: contacts that came, or of which a field was changed. */
  readonly written: SQL;
  /** `id`: those of them who changed since all that waits was settled. */
  readonly unsettled: SQL;
}

/** How builds log who joined and left, and where that is read. */
export interface MemberLog {
  /** Logs the rows of `moves` (`segment_id`, `contact_id`) that are of these segments. */
  readonly oneByOne: (moves: SQL, segmentIds: readonly number[]) => Promise<void>;
  /** Logs that so many joined or left these segments that it is not said who. */
  readonly wholesale: (segmentIds: readonly number[]) => Promise<void>;
  /** A watermark from now on is after all that was logged in this transaction. */
  readonly proceed: () => Promise<void>;
}
