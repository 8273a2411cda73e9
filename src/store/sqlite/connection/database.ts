import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type Sqlite from 'better-sqlite3';
import type { Value } from '../../rows.ts';
import { balancedTree } from '../../../sql/balanced.ts';
import { readClock } from '../../../support/clock.ts';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { translateSqliteError } from './errors.ts';
import {
  decoderOf,
  type KeptRows,
  keepRows,
  keptOf,
  readerOf,
  renewRows,
  withRow,
} from './kept-rows.ts';
import { type Rendered, render } from './render.ts';

/** Of the statements of an update of some hundred segments, about as many are used again. */
const MOST_PREPARED = 100;

const TEMPORARY = /^\s*(insert into|delete from|update) temp\./;

/** What has to be done before a table is read, whatever reads it. */
export interface TableWatch {
  /** What statements say that name the table. */
  readonly named: RegExp;
  readonly prepare: () => void;
}

/**
 * One connection. `orm` serves the tables whose rows we read one by one; `all`, `get` and `run`
 * serve statements over sets, written as drizzle `sql` so that values are bound, and throw what a
 * user can put right as `UserError`.
 */
export class SqliteDatabase {
  readonly raw: Sqlite.Database;
  readonly orm: BetterSQLite3Database;
  /** Where the store is, for messages. */
  readonly location: string;
  /** The file itself, links followed; another than `raw.name` where a copy in memory is read. */
  readonly realPath: string;
  readonly #prepared = new Map<string, Sqlite.Statement>();
  readonly #kept = new Map<
    string,
    { readonly version: string; readonly text: string; readonly value: unknown }
  >();
  readonly #keptRows = new Map<string, KeptRows>();
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

  all<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement
        .raw(false)
        .pluck(false)
        .all(...params); // a kept statement may have been read otherwise
    });
  }

  /** Rows as arrays, in the order of the columns. */
  tuples<T extends readonly unknown[]>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.raw(true).all(...params);
    });
  }

  /** Rows whose integers are bigints, whatever their size. */
  allExact(query: SQL): Record<string, Value | bigint>[] {
    return this.translating(() => {
      // a statement of its own: one that is kept would go on giving bigints
      const { sql: source, params } = this.#render(query);
      return this.raw
        .prepare<unknown[], Record<string, Value | bigint>>(source)
        .safeIntegers()
        .all(...params);
    });
  }

  get<T>(query: SQL): T | undefined {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement
        .raw(false)
        .pluck(false)
        .get(...params);
    });
  }

  /** The first column of each row. */
  pluck<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.pluck(true).all(...params);
    });
  }

  /** The first column of the only row. */
  value<T>(query: SQL): T {
    const [value] = this.pluck<T>(query);
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
  row<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T[]>(query);
      const row = statement.raw(true).get(...params);
      if (row === undefined) throw this.#noRow();
      return row;
    });
  }

  /** Gives how many rows the statement itself changed (triggers and cascades not counted). */
  run(query: SQL): number {
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
   * What `read` makes of a whole small table, by `key`: the same object as the last time while its
   * rows are the same. They are read again only after somebody wrote, here or in another process.
   */
  kept<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (rows: Table['$inferSelect'][]) => T,
  ): T {
    const source = getTableName(table);
    const before = this.#kept.get(source);
    const version = this.version();
    if (before?.version === version) return before.value as T;
    const rows = this.all<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${table} order by ${name(key.name)}`,
    );
    const text = JSON.stringify(rows);
    const value = before?.text === text ? (before.value as T) : read(rows.map(decoderOf(table)));
    this.#kept.set(source, { version, text, value });
    return value;
  }

  /**
   * What `read` makes of each row of a table of definitions, by `key`, kept like `kept`: the same
   * list while no row changes, and the same object for each row that says what it said, so that
   * what was made of it can be kept with it.
   */
  keptRows<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (row: Table['$inferSelect']) => T,
  ): readonly T[] {
    const source = getTableName(table);
    const before = this.#keptRows.get(source);
    const version = this.version();
    if (before?.version === version) return before.values as readonly T[];
    const rows = this.all<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${table} order by ${name(key.name)}`,
    );
    const after = keepRows({ version, reader: readerOf(table, read), rows, key: key.name, before });
    this.#keptRows.set(source, after);
    return after.values as readonly T[];
  }

  /**
   * Those rows that have one of `keys`, in order, of a table that `keptRows` keeps: where it was
   * written since, they alone are read.
   */
  someKeptRows<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (row: Table['$inferSelect']) => T,
    keys: readonly number[],
  ): readonly T[] {
    const before = this.#keptRows.get(getTableName(table));
    if (before?.version === this.version()) return keptOf(before, keys) as readonly T[];
    const rows = this.all<Record<string, unknown>>(
      sql`
        select ${columnsOf(table)}
        from ${table}
        where ${name(key.name)} in ${idSet(keys)}
        order by ${name(key.name)}`,
    );
    return renewRows(before, readerOf(table, read), key.name, rows) as readonly T[];
  }

  /**
   * Runs `insert`, which adds a row to the table, changes no other row of it, and gives its key,
   * the highest of all. What is kept is kept on with that row: adding a definition costs the same
   * however many there are.
   */
  addingRow(table: SQLiteTable, key: SQLiteColumn, insert: () => number): number {
    const source = getTableName(table);
    const before = this.#keptRows.get(source);
    const isCurrent = before?.version === this.version();
    const added = insert();
    if (before === undefined || !isCurrent) return added;
    const row = this.get<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${table} where ${name(key.name)} = ${added}`,
    );
    if (row !== undefined) this.#keptRows.set(source, withRow(before, this.version(), added, row));
    return added;
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

  /** To be called when a transaction was rolled back: what was read in it never came to be. */
  forget(): void {
    this.#kept.clear();
    this.#keptRows.clear();
  }

  /** Another one after every write to the store that this connection made or sees. */
  version(): string {
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
    const { sql: source, params } = this.#render(query);
    return { statement: this.#statement(source) as Sqlite.Statement<unknown[], T>, params };
  }

  #render(query: SQL): Rendered {
    const rendered = render(query);
    const watch = this.#watch;
    if (watch?.named.test(rendered.sql) === true) {
      this.#watch = undefined; // what it does may name the table too
      watch.prepare();
    }
    return rendered;
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

/** The columns that are ours, by name: others may have added some, or dropped one. */
function columnsOf(table: SQLiteTable): SQL {
  return sql.join(
    Object.values(getTableColumns(table)).map((column) => name(column.name)),
    sql`, `,
  );
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value === null || value === undefined ? 'null' : `${value as number}`;
}

/**
 * Whether one of several conditions holds, however many they are: SQLite allows no expression of
 * more than a thousand levels.
 */
export function anyOf(conditions: readonly SQL[]): SQL {
  return balancedTree(conditions, (left, right) => sql`(${left} or ${right})`);
}

/**
 * A quoted identifier. Names come from the schema or the `fields` table, never from a user's text.
 */
export function name(identifier: string): SQL {
  return sql`${sql.identifier(identifier)}`;
}

/** A list of values as one bound parameter, to select from: `in (select value from …)`. */
export function valuesOf(values: readonly (string | number | null)[]): SQL {
  return sql`json_each(${JSON.stringify(values)})`;
}

/** `(select value as id from json_each(?))`: the ids as a set, whatever their number. */
export function idSet(ids: readonly number[]): SQL {
  return sql`(select value as id from ${valuesOf(ids)})`;
}
