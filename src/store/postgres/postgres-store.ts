import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'drizzle-orm';
import type { Slice } from '../changes.ts';
import type { ScannedRun, Scans } from '../scans.ts';
import type { Stage, StageShape } from '../staging.ts';
import { WaitingShown } from '../sql/tables/waiting-shown.ts';
import type { RunLock, Store } from '../store.ts';
import type { ReadTx, WriteTx } from '../transaction.ts';
import type { PostgresDatabase } from './connection/database.ts';
import { type HeldLock, isRunLocked, takeHookLock, takeRunLock } from './connection/lock.ts';
import { inReading, inWriting } from './connection/transactions.ts';

/** What stands over the connection. */
export interface Tables {
  readonly tx: WriteTx;
  /** What every transaction that writes does first. */
  readonly begin?: () => Promise<void>;
  readonly stage: (shape: StageShape) => Promise<Stage>;
}

export interface Nesting {
  /**
   * False: a transaction that is asked for inside another waits for ever, instead of being refused:
   * see `SqliteStore`.
   */
  readonly refusesNested?: boolean | undefined;
}

/** A store in a PostgreSQL database: one connection, one transaction at a time on it. */
export class PostgresStore implements Store {
  readonly location: string;
  readonly #db: PostgresDatabase;
  readonly #tables: Tables;
  readonly #inside: AsyncLocalStorage<true> | undefined;
  readonly #waiting: WaitingShown;
  readonly #held = new Set<HeldLock>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(db: PostgresDatabase, tables: Tables, { refusesNested = true }: Nesting = {}) {
    this.location = db.location;
    this.#db = db;
    this.#tables = tables;
    this.#waiting = new WaitingShown(db);
    this.#inside = refusesNested ? new AsyncLocalStorage() : undefined;
  }

  async read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    const waiting = this.#waiting;
    const showing = async (): Promise<T> => {
      const result = await work(this.#tables.tx);
      await waiting.end();
      return result;
    };
    return this.#turn(async () => inReading(this.#db, showing, waiting));
  }

  async write<T>(work: (tx: WriteTx) => Promise<T>): Promise<T> {
    return this.#turn(async () => {
      // rule: still-locked
      for (const lock of this.#held) lock.requireHeld();
      const { tx, begin } = this.#tables;
      return inWriting(this.#db, async () => {
        await begin?.();
        return work(tx);
      });
    });
  }

  async stage(shape: StageShape): Promise<Stage> {
    return this.#tables.stage(shape);
  }

  async prepare(_places: readonly Slice['place'][]): Promise<void> {}

  /** The server itself reads with several processes. */
  async scans(_run: ScannedRun): Promise<Scans | undefined> {
    return undefined;
  }

  async lockRuns(waitMs: number): Promise<RunLock | undefined> {
    return this.#holding(await takeRunLock(this.#db.session.place, waitMs));
  }

  async lockHook(command: string, waitMs: number): Promise<RunLock | undefined> {
    return this.#holding(await takeHookLock(this.#db.session.place, command, waitMs));
  }

  async isRunLocked(): Promise<boolean> {
    return isRunLocked(this.#db.session);
  }

  /** No output is a file of the store. */
  async requireOtherFile(_output: string | number, _what: string): Promise<void> {}

  /** What is left in the server's files is the server's business. */
  async scour(): Promise<boolean> {
    await this.#turn(async () =>
      inWriting(this.#db, async () => this.#db.run(sql`update erased_key set pending = 0`)),
    );
    return true;
  }

  async size(): Promise<number> {
    return this.#turn(async () => sizeOf(this.#db));
  }

  async close(): Promise<void> {
    await this.#last; // the transactions that were asked for
    for (const lock of this.#held) await lock.release();
    await this.#db.session.close();
  }

  #holding(lock: HeldLock | undefined): RunLock | undefined {
    if (lock === undefined) return undefined;
    this.#held.add(lock);
    return {
      release: async () => {
        await this.#last;
        this.#held.delete(lock);
        await lock.release();
      },
    };
  }

  /** Does the work after all that was asked for before it. */
  async #turn<T>(work: () => Promise<T>): Promise<T> {
    const inside = this.#inside;
    if (inside?.getStore() === true)
      throw new Error('a transaction inside a transaction: hand the tx on instead');
    const alone = inside === undefined ? work : async (): Promise<T> => inside.run(true, work);
    const turn = this.#last.then(alone);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function sizeOf({ session }: PostgresDatabase): Promise<number> {
  const { rows } = await session.ask({
    text: `
      select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint as bytes
      from pg_class
      where relkind in ('r', 'm') and relnamespace = to_regnamespace(quote_ident($1))`,
    values: [session.place.schema],
  });
  return (rows[0] as { bytes: number }).bytes;
}
