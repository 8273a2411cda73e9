import { existsSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import type { Scan, ScanJob, Scans } from '../../scans.ts';
import type { SqliteDatabase } from '../database.ts';
import { render } from '../render.ts';
import type { ScanReply } from './scan-into.ts';
import type { Scanner, ScannerOptions, StartScanner } from './scanner.ts';
import { makeSideFile, removeSideFile, type SideFileOf } from './side-file.ts';

/** So many orders wait at a scanner, so that it does not stand still while the run writes. */
const MOST_ORDERED = 3;
/** What the page caches of all scanners may take together. */
const CACHE_KIB = 64 * 1024;

interface Job extends ScanJob {
  readonly file: string;
  readonly done: (reply: ScanReply | undefined) => void;
}

interface Hand {
  readonly scanner: Scanner;
  readonly jobs: Map<number, Job>;
  isDead: boolean;
}

/** Outside transactions, one after the other: the store's own turn. */
export type Turn = <T>(work: () => T) => Promise<T>;

/** Hands scans out to some scanners, and attaches what they left as `scan` to the connection of the run. */
export class SqliteScans implements Scans {
  readonly #db: SqliteDatabase;
  readonly #turn: Turn;
  readonly #side: SideFileOf;
  readonly #hire: () => Hand;
  readonly #most: number;
  readonly #hands: Hand[] = [];
  readonly #waiting: Job[] = [];
  readonly #replies = new Map<number, Promise<{ readonly file: string; readonly reply: ScanReply | undefined }>>();

  constructor(db: SqliteDatabase, turn: Turn, side: SideFileOf, start: StartScanner, scanners: number) {
    this.#db = db;
    this.#turn = turn;
    this.#side = side;
    this.#most = scanners;
    this.#hire = () => this.#hireBy(start, { realPath: side.realPath, cacheKib: Math.floor(CACHE_KIB / scanners) });
  }

  start(job: ScanJob): void {
    if (this.#replies.has(job.segmentId)) throw new Error(`segment ${job.segmentId} is being scanned already`);
    const file = this.#makeFile(job.segmentId);
    if (file === undefined) return;
    this.#replies.set(job.segmentId, new Promise((settle) => {
      this.#waiting.push({ ...job, file, done: (reply) => settle({ file, reply }) });
    }));
    this.#handOut();
  }

  async take(segmentId: number): Promise<Scan | undefined> {
    await new Promise((resolve) => setImmediate(resolve)); // what scanners reported meanwhile comes in, and they get more to do
    const scanned = await this.#replies.get(segmentId);
    this.#replies.delete(segmentId);
    if (scanned === undefined) return undefined;
    const { file, reply } = scanned;
    if (reply === undefined || 'error' in reply || !(await this.#turn(() => this.#attach(file)))) {
      removeSideFile(file);
      return undefined;
    }
    return { segmentId, seen: reply.seen, drop: async () => this.#turn(() => this.#detach(file)) };
  }

  async close(): Promise<void> {
    const files = [...this.#replies.values()].map(async (scanned) => (await scanned).file);
    await Promise.all(this.#hands.map(async (hand) => this.#dismiss(hand)));
    this.#giveUp();
    for (const file of await Promise.all(files)) removeSideFile(file);
  }

  #makeFile(segmentId: number): string | undefined {
    try {
      return makeSideFile(this.#side, segmentId);
    } catch {
      return undefined; // no side files here: the run evaluates for itself
    }
  }

  #hireBy(start: StartScanner, options: ScannerOptions): Hand {
    const jobs = new Map<number, Job>();
    const onReply = (reply: ScanReply): void => {
      const job = jobs.get(reply.segmentId);
      jobs.delete(reply.segmentId);
      job?.done(reply);
      this.#handOut();
    };
    const hand: Hand = { scanner: start(options, { onReply, onEnd: () => this.#bury(hand) }), jobs, isDead: false };
    this.#hands.push(hand);
    return hand;
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const hand = this.#idlest();
      if (hand === undefined) {
        this.#giveUp();
        return;
      }
      if (hand.jobs.size >= MOST_ORDERED) return;
      this.#order(hand, this.#waiting.shift() as Job);
    }
  }

  #giveUp(): void {
    for (const job of this.#waiting.splice(0)) job.done(undefined);
  }

  /** One with nothing to do, hired now if need be; undefined when all are dead. */
  #idlest(): Hand | undefined {
    const [idlest] = this.#hands.filter((hand) => !hand.isDead).sort((a, b) => a.jobs.size - b.jobs.size);
    return idlest?.jobs.size !== 0 && this.#hands.length < this.#most ? this.#hire() : idlest;
  }

  #order({ jobs, scanner }: Hand, job: Job): void {
    jobs.set(job.segmentId, job);
    const { sql: source, params } = render(sql`select c.id, c.identified_at is null from contacts as c not indexed where (${job.match}) order by c.id`);
    scanner.post({ segmentId: job.segmentId, sql: source, params, file: job.file });
  }

  async #dismiss(hand: Hand): Promise<void> {
    await hand.scanner.stop();
    this.#bury(hand);
  }

  /** Nothing more comes from this one. */
  #bury(hand: Hand): void {
    hand.isDead = true;
    for (const job of hand.jobs.values()) job.done(undefined);
    hand.jobs.clear();
    this.#handOut();
  }

  #attach(file: string): boolean {
    if (!existsSync(file)) return false;
    const { raw } = this.#db;
    raw.prepare('attach ? as scan').run(file);
    raw.exec('pragma scan.journal_mode = memory; pragma scan.synchronous = off');
    if (raw.prepare("select 1 from scan.sqlite_schema where name = 'matching'").get() !== undefined) return true;
    raw.exec('detach scan');
    return false;
  }

  #detach(file: string): void {
    this.#db.raw.exec('detach scan');
    removeSideFile(file);
  }
}
