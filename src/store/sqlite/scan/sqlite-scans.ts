import { existsSync } from 'node:fs';
import type { Scan, ScanBy, Scans, ScanWork } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { AttachedScan } from './attached-scan.ts';
import type { Crew, Found } from './crew.ts';
import type { SideFiles } from './side-file.ts';

/** Outside transactions, one after the other: the store's own turn. */
export type Turn = <T>(work: () => T) => Promise<T>;

/**
 * Full builds write members in the order of their keys, and read few pages twice: a larger cache
 * only takes memory, which the threads need too.
 */
const CACHE_KIB = 16 * 1024;

/** Of one segment. */
interface Started {
  /** Says that the run waits for it. */
  readonly ask: () => void;
  readonly found: Promise<Found | undefined>;
}

/** Has a crew scan, and attaches what it left to the connection of the run. */
export class SqliteScans implements Scans {
  readonly #db: SqliteDatabase;
  readonly #turn: Turn;
  readonly #files: SideFiles;
  readonly #crew: Crew;
  readonly #pays: (segments: number) => boolean;
  /** Of the connection of the run, before. */
  readonly #cacheSize: number;
  readonly #scans = new Map<number, Started>();

  constructor(
    db: SqliteDatabase,
    turn: Turn,
    {
      files,
      crew,
      pays,
    }: { readonly files: SideFiles; readonly crew: Crew; readonly pays: SqliteScans['pays'] },
  ) {
    this.#db = db;
    this.#turn = turn;
    this.#files = files;
    this.#crew = crew;
    this.#pays = pays;
    this.#cacheSize = db.raw.pragma('cache_size', { simple: true }) as number;
    db.raw.pragma(`cache_size = -${CACHE_KIB}`);
  }

  pays(segments: number): boolean {
    return this.#pays(segments);
  }

  start(work: ScanWork, scanBy: ScanBy): void {
    for (const { segmentId } of work.jobs) {
      if (this.#scans.has(segmentId))
        throw new Error(`segment ${segmentId} is being scanned already`);
    }
    let ask: Started['ask'] = () => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const found = this.#crew.scan(work, { scanBy, asked });
    for (const [index, { segmentId }] of work.jobs.entries())
      this.#scans.set(segmentId, { ask, found: found.then((each) => each[index]) });
  }

  async take(segmentId: number): Promise<Scan | undefined> {
    const started = this.#scans.get(segmentId);
    started?.ask();
    const found = await started?.found;
    if (found === undefined) {
      this.#scans.delete(segmentId);
      return undefined;
    }
    const { files, segmentIds, seen } = found;
    const schemas = files.map((_, index) => `scan_${index}`);
    if (await this.#turn(() => this.#attach(files, schemas)))
      return new AttachedScan({ segmentIds, seen, schemas }, async (done) =>
        this.#turn(() => {
          this.#detach(schemas);
          this.#forget(files, done);
        }),
      );
    this.#forget(files, [segmentId]);
    return undefined;
  }

  async close(): Promise<void> {
    await this.#crew.stop();
    this.#files.removeAll();
    this.#db.raw.pragma(`cache_size = ${this.#cacheSize}`);
  }

  /** All of them, or none. */
  #attach(files: readonly string[], schemas: readonly string[]): boolean {
    const attached: string[] = [];
    for (const [index, file] of files.entries()) {
      const schema = schemas[index] ?? '';
      if (existsSync(file)) {
        this.#db.raw.prepare(`attach ? as ${schema}`).run(file);
        // rule: scan-journal
        // else a commit that finds several of them makes a journal beside the store for them all
        this.#db.raw.exec(
          `pragma ${schema}.journal_mode = memory; pragma ${schema}.synchronous = off`,
        );
        attached.push(schema);
        if (this.#isFilled(schema)) continue;
      }
      this.#detach(attached);
      return false;
    }
    return true;
  }

  #isFilled(schema: string): boolean {
    const statement = `select 1 from ${schema}.sqlite_schema where name = 'matching'`;
    return this.#db.raw.prepare(statement).get() !== undefined;
  }

  #detach(schemas: readonly string[]): void {
    for (const schema of schemas) this.#db.raw.exec(`detach ${schema}`);
  }

  #forget(files: readonly string[], done: Iterable<number>): void {
    for (const segmentId of done) {
      if (this.#scans.delete(segmentId)) for (const file of files) this.#files.letGo(file);
    }
  }
}
