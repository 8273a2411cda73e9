import type { SQL } from 'drizzle-orm';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import type Sqlite from 'better-sqlite3';
import type { Value } from '../../rows.ts';
import { readClock } from '../../../support/clock.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { translateSqliteError } from './errors.ts';
import type { SqlDatabase, TableWatch } from '../../sql/database.ts';
import type { Ways } from '../../sql/ways.ts';
import { KeptTables } from '../../sql/kept-tables.ts';
import { render } from '../../sql/render.ts';

/** Of the statements of an update of some hundred segments, about as many are used again. */
const MOST_PREPARED = 100;

const TEMPORARY = /^\s*(insert into|delete from|update) temp\./;

/**
 * One connection. `orm` serves the tables whose rows we read one by one; `all`, `get` and `run`
 * serve statements over sets, written as drizzle `sql` so that values are bound, and throw what a
 * user can put right as `UserError`.
 */
export abstract class SqliteDatabase implements SqlDatabase {
  abstract readonly ways: Ways;
  readonly kind = 'sqlite';
  readonly raw: Sqlite.Database;
  readonly orm: BetterSQLite3Database;
  /** Where the store is, for messages. */
  readonly location: string;
  /** The file itself, links followed; another than `raw.name` where a copy in memory is read. */
  readonly realPath: string;
  readonly kept = new KeptTables(this);
  readonly #prepared = new Map<string, Sqlite.Statement>();
  /** What stands for the length of a transaction, by name. */
  readonly #once = new Map<string, unknown>();
  #beganAt = 0;
  /** How many of this connection's changes were of temporary tables. */
  #temporary = 0;
  #watch: TableWatch | undefined;

  constructor(
    raw: Sqlite.Database,
    { location = raw.name, realPath = raw.name }: { location?: string; realPath?: string } = {},
  ) {
    this.raw = raw;
    this.orm = drizzle(raw);
    this.location = location;
    this.realPath = realPath;
  }

  async all<T>(query: SQL): Promise<T[]> {
    await this.#prepareWatched(query);
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement
        .raw(false)
        .pluck(false)
        .all(...params); // a kept statement may have been read otherwise
    });
  }

  /** Rows as arrays, in the order of the columns. */
  async tuples<T extends readonly unknown[]>(query: SQL): Promise<T[]> {
    await this.#prepareWatched(query);
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.raw(true).all(...params);
    });
  }

  /** Rows whose integers are bigints, whatever their size. */
  async allExact(query: SQL): Promise<Record<string, Value | bigint>[]> {
    await this.#prepareWatched(query);
    return this.translating(() => {
      // a statement of its own: one that is kept would go on giving bigints
      const { sql: source, params } = render(query);
      return this.raw
        .prepare<unknown[], Record<string, Value | bigint>>(source)
        .safeIntegers()
        .all(...params);
    });
  }

  async get<T>(query: SQL): Promise<T | undefined> {
    await this.#prepareWatched(query);
    return this.getNow<T>(query);
  }

  /** At once, of tables that nothing has to be done for before: no other work may come between. */
  getNow<T>(query: SQL): T | undefined {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement
        .raw(false)
        .pluck(false)
        .get(...params);
    });
  }

  /** The first column of each row. */
  async pluck<T>(query: SQL): Promise<T[]> {
    await this.#prepareWatched(query);
    return this.pluckNow<T>(query);
  }

  pluckNow<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.pluck(true).all(...params);
    });
  }

  /** The first column of the only row. */
  async value<T>(query: SQL): Promise<T> {
    const [value] = await this.pluck<T>(query);
    if (value === undefined) throw this.#noRow();
    return value;
  }

  /** Where a statement of ours asks for one row, there is one, unless somebody deleted it. */
  #noRow(): UserError {
    return new UserError(
      'DAMAGED',
      EXIT.noStore,
      `the store ${this.location} is damaged: a row is missing that every store has`,
      {
        hint: `\`rollcall doctor --db ${shellQuoted(this.location)}\` says which`,
      },
    );
  }

  /** The columns of the only row. */
  async row<T>(query: SQL): Promise<T[]> {
    await this.#prepareWatched(query);
    return this.rowNow<T>(query);
  }

  rowNow<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T[]>(query);
      const row = statement.raw(true).get(...params);
      if (row === undefined) throw this.#noRow();
      return row;
    });
  }

  /** Gives how many rows the statement itself changed (triggers and cascades not counted). */
  async run(query: SQL): Promise<number> {
    await this.#prepareWatched(query);
    return this.translating(() => {
      const { statement, params } = this.#prepare(query);
      return this.#noting(statement, () => statement.run(...params).changes);
    });
  }

  /** Runs a statement once for each row of what it takes, without rendering it each time. */
  runEach(source: string, rows: Iterable<readonly unknown[]>): void {
    this.translating(() => {
      const statement = this.#statement(source);
      this.#noting(statement, () => {
        for (const row of rows) statement.run(...row);
      });
    });
  }

  /** What is done to temporary tables is no change of the store. */
  #noting<T>({ source }: Sqlite.Statement, work: () => T): T {
    if (!TEMPORARY.test(source)) return work();
    const before = this.#changes();
    const done = work();
    this.#temporary += this.#changes() - before;
    return done;
  }

  /** The statement with its values in place, as a shell would take it. */
  textOf(query: SQL): string {
    const { sql: text, params } = render(query);
    const values = params.values();
    return text.replaceAll(/'[^']*'|\?/g, (found) =>
      found === '?' ? literal(values.next().value) : found,
    );
  }

  /**
   * To be called when a transaction has begun: one that writes has the lock by then. `watch` holds
   * for its length.
   */
  begun(watch?: TableWatch): void {
    this.#once.clear();
    this.#watch = watch;
    this.#beganAt = readClock();
  }

  /** When the present transaction had begun, by the system's clock (epoch ms). */
  get beganAt(): number {
    return this.#beganAt;
  }

  /** What was made under this name first since the transaction began. */
  onceInTransaction<T>(key: string, make: () => T): T {
    if (!this.#once.has(key)) this.#once.set(key, make());
    return this.#once.get(key) as T;
  }

  /** The next `onceInTransaction` of this name makes it anew. */
  forgetOnce(key: string): void {
    this.#once.delete(key);
  }

  /** Another one after every write to the store that this connection made or sees. */
  async version(): Promise<string> {
    return this.versionNow();
  }

  versionNow(): string {
    return this.translating(() => {
      const others = this.#statement('pragma data_version').raw(false).pluck(true).get();
      return `${String(others)} ${this.#changes() - this.#temporary}`;
    });
  }

  #changes(): number {
    return Number(this.#statement('select total_changes()').raw(false).pluck(true).get());
  }

  /** Runs what SQLite may refuse; see errors.ts. */
  translating<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw translateSqliteError(error, this.location);
    }
  }

  #prepare<T>(query: SQL): { statement: Sqlite.Statement<unknown[], T>; params: unknown[] } {
    const { sql: source, params } = render(query);
    return { statement: this.#statement(source) as Sqlite.Statement<unknown[], T>, params };
  }

  async #prepareWatched(query: SQL): Promise<void> {
    const watch = this.#watch;
    if (watch === undefined || !watch.named.test(render(query).sql)) return;
    this.#watch = undefined; // what it does may name the table too
    await watch.prepare();
  }

  /**
   * The statement prepared, those used last being kept. SQLite prepares it anew by itself when the
   * schema changes.
   */
  #statement(source: string): Sqlite.Statement {
    const statement = this.#prepared.get(source) ?? this.raw.prepare(source);
    this.#prepared.delete(source);
    this.#prepared.set(source, statement);
    if (this.#prepared.size > MOST_PREPARED)
      this.#prepared.delete(this.#prepared.keys().next().value ?? '');
    return statement;
  }
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value === null || value === undefined ? 'null' : `${value as number}`;
}
