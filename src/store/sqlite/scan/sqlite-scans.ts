import { existsSync } from 'node:fs';
import type { Scan, Scans, ScanWork } from '../../scans.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { AttachedScan } from './attached-scan.ts';
import type { Crew, Found } from './crew.ts';
import type { SideFiles } from './side-file.ts';

/** Outside transactions, one after the other: the store's own turn. */
export type Turn = <T>(work: () => T) => Promise<T>;

/** Has a crew scan, and attaches what it left to the connection of the run. */
export class SqliteScans implements Scans {
  readonly #db: SqliteDatabase;
  readonly #turn: Turn;
  readonly #files: SideFiles;
  readonly #crew: Crew;
  readonly #pays: (segments: number) => boolean;
  readonly #scans = new Map<number, Promise<Found | undefined>>();

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
  }

  pays(segments: number): boolean {
    return this.#pays(segments);
  }

  start(work: ScanWork): void {
    for (const { segmentId } of work.jobs) {
      if (this.#scans.has(segmentId))
        throw new Error(`segment ${segmentId} is being scanned already`);
    }
    const found = this.#crew.scan(work);
    for (const [index, { segmentId }] of work.jobs.entries())
      this.#scans.set(
        segmentId,
        found.then((each) => each[index]),
      );
  }

  async take(segmentId: number): Promise<Scan | undefined> {
    const found = await this.#scans.get(segmentId);
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
