import type { SQL } from 'drizzle-orm';
import type { Scan } from '../../scans.ts';

/** What a scan found, while that is at hand on the connection of the run. */
export abstract class MatchedScan implements Scan {
  abstract readonly segmentIds: Scan['segmentIds'];
  abstract readonly seen: Scan['seen'];
  abstract drop(done: Iterable<number>): Promise<void>;
  /** Who matched: `contact_id` and `anonymous`, in key order. */
  abstract matching(segmentId: number): SQL;
  /** One row: how many matched, and how many of them are anonymous. */
  abstract counted(segmentId: number): SQL;
}
