import type { SQL } from 'drizzle-orm';
import type { Watermark } from '../../changes.ts';
import type { Scan } from '../../scans.ts';
import { MatchedScan } from '../../sql/delta/matched-scan.ts';
import { counted, unpacked } from './match-table.ts';

interface Attached extends Pick<Scan, 'segmentIds' | 'seen'> {
  /** The schemas of the connection in which the matches are. */
  readonly schemas: readonly string[];
}

/** What a scan found, while that is at hand on the connection of the run. */
export class AttachedScan extends MatchedScan {
  readonly segmentIds: readonly number[];
  readonly seen: Watermark;
  readonly #schemas: readonly string[];
  readonly #detach: (done: Iterable<number>) => Promise<void>;
  #isAttached = true;

  constructor(
    { segmentIds, seen, schemas }: Attached,
    detach: (done: Iterable<number>) => Promise<void>,
  ) {
    super();
    this.segmentIds = segmentIds;
    this.seen = seen;
    this.#schemas = schemas;
    this.#detach = detach;
  }

  async drop(done: Iterable<number>): Promise<void> {
    this.#isAttached = false;
    await this.#detach(done);
  }

  /** Who matched: `contact_id` and `anonymous`, in key order. */
  matching(segmentId: number): SQL {
    this.#require(segmentId);
    return unpacked(this.#schemas, segmentId);
  }

  /** One row: how many matched, and how many of them are anonymous. */
  counted(segmentId: number): SQL {
    this.#require(segmentId);
    return counted(this.#schemas, segmentId);
  }

  #require(segmentId: number): void {
    // rule: scan-own
    if (!this.#isAttached || !this.segmentIds.includes(segmentId))
      throw new Error(`this scan tells nothing of segment ${segmentId}, or was dropped`);
  }
}
