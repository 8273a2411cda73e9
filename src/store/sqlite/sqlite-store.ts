import { AsyncLocalStorage } from 'node:async_hooks';
import { statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../support/errors.ts';
import type { Slice } from '../changes.ts';
import type { Stage, StageShape } from '../staging.ts';
import type { ScannedRun, Scans } from '../scans.ts';
import type { RunLock, Store } from '../store.ts';
import type { ReadTx, WriteTx } from '../transaction.ts';
import type { SqliteDatabase } from './connection/database.ts';
import { SqliteSession } from './session.ts';
import { translateSqliteError } from './connection/errors.ts';
import type { FileGuard } from './file/file-guard.ts';
import { isIndexed, makeIndexes } from './delta/slice-indexes.ts';
import { lifeOf, noticeCopy } from './delta/life.ts';
import { timelineOf } from '../sql/delta/timeline.ts';
import { type HeldLock, isRunLocked, takeHookLock, takeRunLock } from './file/lock.ts';
import type { Scanning } from './scan/scanning.ts';
import { SqlStage } from '../sql/import/staging.ts';
import { requireNotStoreFile } from './file/store-files.ts';
import { WaitingShown } from '../sql/tables/waiting-shown.ts';
import { createTransaction } from './transaction.ts';

/** Where the store is, for messages and on the disk, and who watches over the file. */
export interface StorePlace {
  readonly location: string;
  readonly realPath: string;
  readonly guard: FileGuard;
}

export interface Nesting {
  /**
   * False: a transaction that is asked for inside another waits for ever, instead of being refused.
   * To notice that one is inside another slows down every promise of the process: 36 ms of an update
   * of 30 segments that has nothing to do.
   */
  readonly refusesNested?: boolean | undefined;
}

/** The embedded store: one connection, one transaction at a time on it. */
export class SqliteStore implements Store {
  readonly location: string;
  readonly #realPath: string;
  readonly #db: SqliteDatabase;
  readonly #tx: WriteTx;
  readonly #waiting: WaitingShown;
  readonly #inside: AsyncLocalStorage<true> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** How many stages this connection has had: each has tables of its own. */
  #stages = 0;

  readonly #scanning: Scanning;
  readonly #guard: FileGuard;
  /** Which life of the store this is, once a transaction has seen it. */
  #timeline: string | undefined;

  constructor(
    raw: Sqlite.Database,
    { location, realPath, guard }: StorePlace,
    { refusesNested = true, ...scanning }: Nesting & Scanning = {},
  ) {
    this.location = location;
    this.#guard = guard;
    this.#scanning = scanning;
    this.#inside = refusesNested ? new AsyncLocalStorage() : undefined;
    this.#realPath = realPath;
    this.#db = new SqliteSession(raw, { location, realPath });
    this.#waiting = new WaitingShown(this.#db);
    this.#tx = createTransaction(this.#db);
  }

  async read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#transact('begin', work);
  }

  async write<T>(work: (tx: WriteTx) => Promise<T>): Promise<T> {
    // a deferred one that reads first fails with BUSY_SNAPSHOT at once
    return this.#transact('begin immediate', work);
  }

  async stage(shape: StageShape): Promise<Stage> {
    return this.#translating(async () => SqlStage.make(this.#db, ++this.#stages, shape));
  }

  async prepare(places: readonly Slice['place'][]): Promise<void> {
    const db = this.#db;
    if (await this.#transact('begin', async () => isIndexed(db, places))) return;
    await this.#transact('begin immediate', async () => makeIndexes(db, places));
  }

  async scans(run: ScannedRun): Promise<Scans | undefined> {
    const { openScans } = await import('./scan/scanning.ts');
    return this.#translating(async () =>
      openScans(
        {
          db: this.#db,
          realPath: this.#realPath,
          file: this.#guard.file,
          turn: async (work) => this.#turn(async () => work()),
        },
        run,
        this.#scanning,
      ),
    );
  }

  async lockRuns(waitMs: number): Promise<RunLock | undefined> {
    return this.#translating(async () => {
      const lock = takeRunLock(this.#realPath, waitMs);
      if (lock === undefined) return undefined;
      try {
        await this.#turn(async () => this.#notice(lock));
        return { release: async () => this.#release(lock) };
      } catch (error) {
        await lock.release();
        throw error;
      }
    });
  }

  async lockHook(command: string, waitMs: number): Promise<RunLock | undefined> {
    return this.#translating(async () => takeHookLock(this.#realPath, command, waitMs));
  }

  async isRunLocked(): Promise<boolean> {
    return this.#translating(async () => isRunLocked(this.#realPath));
  }

  async requireOtherFile(output: string | number, what: string): Promise<void> {
    requireNotStoreFile(this.location, output, what);
  }

  async scour(): Promise<boolean> {
    const { scour } = await import('./delta/scour.ts');
    return this.#turn(async () => scour(this.#db));
  }

  async size(): Promise<number> {
    const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    return sizeOf(this.#realPath) + sizeOf(`${this.#realPath}-wal`);
  }

  async close(): Promise<void> {
    await this.#last; // the transactions that were asked for
    // rule: guard-last
    this.#guard.settle();
    this.#db.raw.close();
  }

  async #transact<T>(begin: string, work: (tx: WriteTx) => Promise<T>): Promise<T> {
    return this.#turn(async () => this.#run(begin, work));
  }

  /** Whoever holds the lock finds out first whether the store is the one that it was. */
  async #notice({ remembered }: HeldLock): Promise<void> {
    if (this.#db.raw.readonly) return;
    await noticeCopy(this.#db, remembered);
    this.#timeline = undefined;
    this.#db.kept.forget();
  }

  async #release(lock: HeldLock): Promise<void> {
    await this.#last;
    await lock.releaseWith(this.#guard.isLost ? undefined : await lifeOf(this.#db));
  }

  /**
   * Refuses a store that was restored meanwhile: what the command read before does not hold any more.
   */
  async #requireSameLife(): Promise<void> {
    const timeline = await timelineOf(this.#db);
    this.#timeline ??= timeline;
    if (timeline === undefined || timeline === this.#timeline) return;
    const message =
      `the store ${this.location} was restored from a backup, or found to be a copy, ` +
      'while this command was at work';
    throw new UserError('REPLACED', EXIT.noStore, message, {
      hint: 'nothing more was written to it: run the command again',
    });
  }

  /** Does the work after all that was asked for before it. */
  async #turn<T>(work: () => Promise<T>): Promise<T> {
    const inside = this.#inside;
    if (inside?.getStore() === true)
      throw new Error('a transaction inside a transaction: hand the tx on instead');
    const guarded = async (): Promise<T> => this.#guarded(work);
    const alone =
      inside === undefined ? guarded : async (): Promise<T> => inside.run(true, guarded);
    const turn = this.#last.then(async () => this.#translating(alone));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** SQLite calls a file that was exchanged damaged, if it notices: the guard says what happened. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // rule: guard-error
      this.#guard.check();
      throw error;
    }
  }

  async #run<T>(begin: string, work: (tx: WriteTx) => Promise<T>): Promise<T> {
    const { raw } = this.#db;
    const isWriting = begin !== 'begin';
    this.#guard.check();
    raw.exec(begin);
    this.#db.begun(isWriting ? undefined : this.#waiting);
    let isCommitted = false;
    try {
      await this.#requireSameLife();
      const result = await work(this.#tx);
      await this.#commit(isWriting);
      isCommitted = true;
      this.#guard.check(isWriting); // before it is acknowledged
      return result;
    } finally {
      // rule: atomic
      // SQLite has rolled back by itself after some errors
      if (raw.inTransaction) raw.exec('rollback');
      if (!isCommitted) this.#db.kept.forget();
    }
  }

  /** Where the timeline is another one than before, this transaction itself began that life. */
  async #commit(isWriting: boolean): Promise<void> {
    await this.#waiting.end();
    const timeline = isWriting ? await timelineOf(this.#db) : undefined;
    this.#db.raw.exec('commit');
    this.#timeline = timeline ?? this.#timeline;
  }

  async #translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateSqliteError(error, this.location);
    }
  }
}
