import type { SqliteDatabase } from '../connection/database.ts';
import type { ScanJob, ScanWork } from '../../scans.ts';
import { rangesOf } from './batches.ts';
import type { ScanReply } from './scan-into.ts';
import type { Scanner, ScannerOptions, StartScanner } from './scanner.ts';
import type { SideFiles } from './side-file.ts';

/** What the page caches of all scanners may take together; each page is read once. */
const CACHE_KIB = 32 * 1024;

/** What a scan found, in its side files, on the snapshot `seen`. */
export interface Found {
  readonly files: readonly string[];
  readonly segmentIds: readonly number[];
  readonly seen: number;
}

interface Hand {
  readonly scanner: Scanner;
  /** By the side files that they fill, who waits for the answers. */
  readonly orders: Map<string, (reply: ScanReply | undefined) => void>;
  isDead: boolean;
}

export interface CrewOptions extends Pick<ScannerOptions, 'realPath' | 'file'> {
  readonly startScanner: StartScanner;
  readonly scanners: number;
  /** How many contacts are read at once. */
  readonly batch: number;
}

/** Scanners that share each scan: each takes the next range of contacts when it is done with one. */
export class Crew {
  readonly #db: SqliteDatabase;
  readonly #files: SideFiles;
  readonly #hire: () => Hand;
  readonly #scanners: number;
  readonly #batch: number;
  readonly #hands: Hand[] = [];
  #isStopped = false;

  constructor(
    db: SqliteDatabase,
    files: SideFiles,
    { realPath, file, startScanner, scanners, batch }: CrewOptions,
  ) {
    this.#db = db;
    this.#files = files;
    this.#scanners = scanners;
    this.#batch = batch;
    this.#hire = () =>
      this.#hireBy(startScanner, { realPath, file, cacheKib: Math.floor(CACHE_KIB / scanners) });
  }

  /**
   * In the order of the jobs: what is found for each, undefined where that fails. One that cannot be
   * scanned must not take others along: a scan that fails is made again in two halves.
   */
  async scan({ jobs, ground }: ScanWork): Promise<readonly (Found | undefined)[]> {
    const replies = await this.#scanOnce({ jobs, ground });
    const found = foundOf(replies, jobs);
    if (found !== undefined) return jobs.map(() => found);
    for (const reply of replies) if (reply !== undefined) this.#files.remove(reply.file);
    const middle = Math.ceil(jobs.length / 2);
    // rule: scan-alone
    if (middle === jobs.length || replies.includes(undefined)) return jobs.map(() => undefined);
    return [
      ...(await this.scan({ jobs: jobs.slice(0, middle), ground })),
      ...(await this.scan({ jobs: jobs.slice(middle), ground })),
    ];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(
      this.#hands.map(async (hand) => {
        await hand.scanner.stop();
        bury(hand);
      }),
    );
  }

  /** The answers of all scanners; undefined of one that is dead, or has no place for its file. */
  async #scanOnce(work: ScanWork): Promise<readonly (ScanReply | undefined)[]> {
    this.#hireAll();
    const ranges = rangesOf(this.#db, this.#batch); // meanwhile they get ready
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const hands = this.#hands.slice(0, ranges.length);
    return Promise.all(hands.map(async (hand) => this.#order(hand, { work, ranges, taken })));
  }

  #hireAll(): void {
    while (!this.#isStopped && this.#hands.length < this.#scanners) this.#hands.push(this.#hire());
  }

  async #order(
    hand: Hand,
    order: Omit<Parameters<Scanner['post']>[0], 'file'>,
  ): Promise<ScanReply | undefined> {
    const file = hand.isDead ? undefined : this.#files.make(order.work.jobs.length);
    if (file === undefined) return undefined; // the run evaluates for itself
    return new Promise((resolve) => {
      hand.orders.set(file, resolve);
      hand.scanner.post({ ...order, file });
    });
  }

  #hireBy(start: StartScanner, options: ScannerOptions): Hand {
    const onReply = (reply: ScanReply): void => {
      const settle = hand.orders.get(reply.file);
      hand.orders.delete(reply.file);
      settle?.(reply);
    };
    const hand: Hand = {
      scanner: start(options, { onReply, onEnd: () => bury(hand) }),
      orders: new Map(),
      isDead: false,
    };
    return hand;
  }
}

/** Nothing more comes from this one. */
function bury(hand: Hand): void {
  hand.isDead = true;
  for (const settle of hand.orders.values()) settle(undefined);
  hand.orders.clear();
}

/** Undefined where one of the answers is none. */
function foundOf(
  replies: readonly (ScanReply | undefined)[],
  jobs: readonly ScanJob[],
): Found | undefined {
  const done = replies.filter((reply) => reply !== undefined && 'seen' in reply);
  if (done.length < replies.length || done.length === 0) return undefined;
  return {
    files: done.map(({ file }) => file),
    segmentIds: jobs.map(({ segmentId }) => segmentId),
    // rule: scan-lowest
    seen: Math.min(...done.map(({ seen }) => seen)),
  };
}
