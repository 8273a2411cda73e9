import { existsSync } from 'node:fs';
import type { Scan, ScanJob, Scans } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { AttachedScan } from './attached-scan.ts';
import type { Found, Passes } from './passes.ts';
import type { SideFiles } from './side-file.ts';

/** Outside transactions, one after the other: the store's own turn. */
export type Turn = <T>(work: () => T) => Promise<T>;

/** Has passes made, and attaches what they left as `scan` to the connection of the run. */
export class SqliteScans implements Scans {
  readonly #db: SqliteDatabase;
  readonly #turn: Turn;
  readonly #files: SideFiles;
  readonly #passes: Passes;
  readonly #scans = new Map<number, Promise<Found | undefined>>();

  constructor(db: SqliteDatabase, turn: Turn, files: SideFiles, passes: Passes) {
    this.#db = db;
    this.#turn = turn;
    this.#files = files;
    this.#passes = passes;
  }

  start(jobs: readonly ScanJob[]): void {
    for (const { segmentId } of jobs) {
      if (this.#scans.has(segmentId))
        throw new Error(`segment ${segmentId} is being scanned already`);
    }
    const found = this.#passes.add(jobs);
    jobs.forEach(({ segmentId }, index) =>
      this.#scans.set(segmentId, found[index] ?? Promise.resolve(undefined)),
    );
  }

  async take(segmentId: number): Promise<Scan | undefined> {
    // what scanners reported meanwhile comes in, and they get more to do
    await new Promise((resolve) => setImmediate(resolve));
    const found = await this.#scans.get(segmentId);
    if (found === undefined) {
      this.#scans.delete(segmentId);
      return undefined;
    }
    const { file } = found;
    if (await this.#turn(() => this.#attach(file)))
      return new AttachedScan(found, async (done) => this.#turn(() => this.#detach(file, done)));
    this.#forget(file, [segmentId]);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#passes.stop();
    this.#files.removeAll();
  }

  #attach(file: string): boolean {
    if (!existsSync(file)) return false;
    const { raw } = this.#db;
    raw.prepare('attach ? as scan').run(file);
    if (raw.prepare("select 1 from scan.sqlite_schema where name = 'matching'").get() !== undefined)
      return true;
    raw.exec('detach scan');
    return false;
  }

  #detach(file: string, done: Iterable<number>): void {
    this.#db.raw.exec('detach scan');
    this.#forget(file, done);
  }

  #forget(file: string, done: Iterable<number>): void {
    for (const segmentId of done) {
      if (this.#scans.delete(segmentId)) this.#files.letGo(file);
    }
  }
}
