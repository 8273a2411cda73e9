import type { Watermark } from '../../changes.ts';
import type { ScanBy, ScanJob, ScanWork } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { rangesOf } from './batches.ts';
import { type ScanOrder, type ScanReply, scanInto } from './scan-into.ts';
import { connectToScan, type Scanner, type ScannerOptions, type StartScanner } from './scanner.ts';
import { areAllTaken, giveBack, shareRanges } from './shared-ranges.ts';
import type { SideFiles } from './side-file.ts';

/** What a scan found, in its side files, on the snapshot `seen`. */
export interface Found {
  readonly files: readonly string[];
  readonly segmentIds: readonly number[];
  readonly seen: Watermark;
}

interface Hand {
  readonly scanner: Scanner;
  /** By the side files that they fill, who waits for the answers. */
  readonly orders: Map<string, (reply: ScanReply | undefined) => void>;
  isDead: boolean;
  /** What it died of. */
  error?: unknown;
}

export interface CrewOptions extends ScannerOptions {
  readonly startScanner: StartScanner;
  /** How many threads there are beside the run's own. */
  readonly threads: number;
  /** How many contacts are read at once. */
  readonly batch: number;
}

/** How the run's own thread takes part. */
interface Own {
  readonly scanBy: ScanBy;
  /** When the run has nothing else to do. */
  readonly asked: Promise<void>;
}

/** A scan in the making, without what each of its orders has for itself. */
type Shared = Omit<ScanOrder, 'file' | 'taker'>;

/**
 * Threads that share each scan: each takes the next range of contacts when it is done with one. The
 * run's own thread takes part as soon as it waits, on a connection of its own.
 */
export class Crew {
  readonly #db: SqliteDatabase;
  readonly #files: SideFiles;
  readonly #options: CrewOptions;
  readonly #hands: Hand[] = [];
  #isStopped = false;

  constructor(db: SqliteDatabase, files: SideFiles, options: CrewOptions) {
    this.#db = db;
    this.#files = files;
    this.#options = options;
  }

  /**
   * In the order of the jobs: what is found for each, undefined where that fails. One that cannot be
   * scanned must not take others along: a scan that fails is made again in two halves.
   */
  async scan({ jobs, ground }: ScanWork, own: Own): Promise<readonly (Found | undefined)[]> {
    const replies = await this.#scanOnce({ jobs, ground }, own);
    const found = replies && foundOf(replies, jobs);
    if (found !== undefined) return jobs.map(() => found);
    this.#withdraw(replies ?? []);
    const middle = Math.ceil(jobs.length / 2);
    // rule: scan-alone
    if (middle === jobs.length || replies === undefined) return jobs.map(() => undefined);
    return [
      ...(await this.scan({ jobs: jobs.slice(0, middle), ground }, own)),
      ...(await this.scan({ jobs: jobs.slice(middle), ground }, own)),
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

  /** The answers of all; undefined where contacts are left that nobody has read. */
  async #scanOnce(
    work: ScanWork,
    { scanBy, asked }: Own,
  ): Promise<readonly ScanReply[] | undefined> {
    this.#hireAll();
    const shared = shareRanges(rangesOf(this.#db, this.#options.batch)); // meanwhile they get ready
    const hands = this.#hands.slice(0, shared.ranges.length);
    const orders = hands.map(async (hand, at) =>
      this.#order(hand, { work, shared, taker: at + 1 }),
    );
    await asked;
    const here = { work, shared, taker: hands.length + 1 };
    const own = await this.#scanHere(here, scanBy);
    const theirs = await Promise.all(orders);
    // rule: scan-dead
    for (const [at, reply] of theirs.entries()) if (reply === undefined) giveBack(shared, at + 1);
    const isTooMuch = hands.some(({ error }) => isOutOfMemory(error)); // for this thread too
    const rest = isTooMuch ? undefined : await this.#scanHere(here, scanBy);
    const replies = [...theirs, own, rest].filter((reply) => reply !== undefined);
    if (areAllTaken(shared)) return replies;
    this.#withdraw(replies);
    return undefined;
  }

  #withdraw(replies: readonly ScanReply[]): void {
    for (const { file } of replies) this.#files.remove(file);
  }

  /** Undefined where no contacts are left, or where there is no place for a file. */
  async #scanHere(
    order: Shared & Pick<ScanOrder, 'taker'>,
    scanBy: ScanBy,
  ): Promise<ScanReply | undefined> {
    const file = areAllTaken(order.shared) ? undefined : this.#makeFile(order);
    if (file === undefined) return undefined;
    const raw = connectToScan(this.#options);
    try {
      return await scanInto(raw, { ...order, file }, scanBy);
    } finally {
      raw.close();
    }
  }

  #makeFile({ work: { jobs } }: Shared): string | undefined {
    return this.#files.make(jobs.length);
  }

  #hireAll(): void {
    while (!this.#isStopped && this.#hands.length < this.#options.threads)
      this.#hands.push(this.#hire());
  }

  /** Undefined of one that is dead, or has no place for its file. */
  async #order(
    hand: Hand,
    order: Shared & Pick<ScanOrder, 'taker'>,
  ): Promise<ScanReply | undefined> {
    const file = hand.isDead ? undefined : this.#makeFile(order);
    if (file === undefined) return undefined;
    return new Promise((resolve) => {
      hand.orders.set(file, resolve);
      hand.scanner.post({ ...order, file });
    });
  }

  #hire(): Hand {
    const onReply = (reply: ScanReply): void => {
      const settle = hand.orders.get(reply.file);
      hand.orders.delete(reply.file);
      settle?.(reply);
    };
    const { startScanner, realPath, file } = this.#options;
    const hand: Hand = {
      scanner: startScanner({ realPath, file }, { onReply, onEnd: (error) => bury(hand, error) }),
      orders: new Map(),
      isDead: false,
    };
    return hand;
  }
}

/** Nothing more comes from this one. */
function bury(hand: Hand, error?: unknown): void {
  hand.isDead = true;
  hand.error ??= error;
  for (const settle of hand.orders.values()) settle(undefined);
  hand.orders.clear();
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

/** Undefined where one of the answers is none. */
function foundOf(replies: readonly ScanReply[], jobs: readonly ScanJob[]): Found | undefined {
  const done = replies.filter((reply) => 'seen' in reply);
  if (done.length < replies.length || done.length === 0) return undefined;
  return {
    files: done.map(({ file }) => file),
    segmentIds: jobs.map(({ segmentId }) => segmentId),
    // rule: scan-lowest
    seen: String(Math.min(...done.map(({ seen }) => seen))),
  };
}
