import type { SQL } from 'drizzle-orm';
import type { Scan } from '../../scans.ts';
import { counted, unpacked } from './pass.ts';
import type { Found } from './passes.ts';

/** What a pass found, while its side file is attached as `scan` to the connection of the run. */
export class AttachedScan implements Scan {
  readonly segmentIds: readonly number[];
  readonly seen: number;
  readonly #detach: (done: Iterable<number>) => Promise<void>;
  #isAttached = true;

  constructor(
    { segmentIds, seen }: Pick<Found, 'segmentIds' | 'seen'>,
    detach: (done: Iterable<number>) => Promise<void>,
  ) {
    this.segmentIds = segmentIds;
    this.seen = seen;
    this.#detach = detach;
  }

  async drop(done: Iterable<number>): Promise<void> {
    this.#isAttached = false;
    await this.#detach(done);
  }

  /** Who matched: `contact_id` and `anonymous`, in key order. */
  matching(segmentId: number): SQL {
    this.#require(segmentId);
    return unpacked(segmentId);
  }

  /** One row: how many matched, and how many of them are anonymous. */
  counted(segmentId: number): SQL {
    this.#require(segmentId);
    return counted(segmentId);
  }

  #require(segmentId: number): void {
    // rule: scan-own
    if (!this.#isAttached || !this.segmentIds.includes(segmentId))
      throw new Error(`this scan tells nothing of segment ${segmentId}, or was dropped`);
  }
}
