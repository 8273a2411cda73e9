import { type SQL, sql } from 'drizzle-orm';
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import type Sqlite from 'better-sqlite3';
import { translateSqliteError } from './errors.ts';

const dialect = new SQLiteSyncDialect();

/**
 * One connection. `orm` serves the tables whose rows we read one by one; `all`, `get` and `run` serve
 * statements over sets, written as drizzle `sql` so that values are bound, and throw what a user can put right as `UserError`.
 */
export class SqliteDatabase {
  readonly raw: Sqlite.Database;
  readonly orm: BetterSQLite3Database;
  /** Where the store is, for messages. */
  readonly location: string;

  constructor(raw: Sqlite.Database, location: string = raw.name) {
    this.raw = raw;
    this.orm = drizzle(raw);
    this.location = location;
  }

  all<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.all(...params);
    });
  }

  get<T>(query: SQL): T | undefined {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.get(...params);
    });
  }

  /** The first column of each row. */
  pluck<T>(query: SQL): T[] {
    return this.translating(() => {
      const { statement, params } = this.#prepare<T>(query);
      return statement.pluck().all(...params);
    });
  }

  /** The first column of the only row. */
  value<T>(query: SQL): T {
    const [value] = this.pluck<T>(query);
    if (value === undefined) throw new Error('a statement that gives one row gave none');
    return value;
  }

  /** Gives how many rows the statement itself changed (triggers and cascades not counted). */
  run(query: SQL): number {
    return this.translating(() => {
      const { statement, params } = this.#prepare(query);
      return statement.run(...params).changes;
    });
  }

  /** The statement with its values in place, as a shell would take it. */
  textOf(query: SQL): string {
    const { sql: text, params } = dialect.sqlToQuery(query);
    const values = params.values();
    return text.replaceAll(/'[^']*'|\?/g, (found) => (found === '?' ? literal(values.next().value) : found));
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
    const rendered = dialect.sqlToQuery(query);
    return { statement: this.raw.prepare<unknown[], T>(rendered.sql), params: rendered.params };
  }
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  return value === null || value === undefined ? 'null' : `${value as number}`;
}

/** A quoted identifier. Names come from the schema or the `fields` table, never from a user's text. */
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
