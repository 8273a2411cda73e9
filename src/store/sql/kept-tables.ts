import { getTableName, type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import {
  decoderOf,
  type KeptRows,
  keepRows,
  keptOf,
  readerOf,
  renewRows,
  withRow,
} from './kept-rows.ts';
import { columnsOf, idSet, name, nameOf } from './sql-parts.ts';

/** Where the rows come from, and by what it is known that somebody wrote. */
interface Source {
  all<T>(query: SQL): Promise<T[]>;
  get<T>(query: SQL): Promise<T | undefined>;
  version(): Promise<string>;
}

/** Small tables of definitions and settings as they were read last, and what was made of them. */
export class KeptTables {
  readonly #source: Source;
  readonly #whole = new Map<
    string,
    { readonly version: string; readonly text: string; readonly value: unknown }
  >();
  readonly #rows = new Map<string, KeptRows>();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * What `read` makes of a whole small table, by `key`: the same object as the last time while its
   * rows are the same. They are read again only after somebody wrote, here or in another process.
   */
  async read<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (rows: Table['$inferSelect'][]) => T,
  ): Promise<T> {
    const source = getTableName(table);
    const before = this.#whole.get(source);
    const version = await this.#source.version();
    if (before?.version === version) return before.value as T;
    const rows = await this.#source.all<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${nameOf(table)} order by ${name(key.name)}`,
    );
    const text = JSON.stringify(rows);
    const value = before?.text === text ? (before.value as T) : read(rows.map(decoderOf(table)));
    this.#whole.set(source, { version, text, value });
    return value;
  }

  /**
   * What `read` makes of each row of a table of definitions, by `key`, kept like what `read` gives: the same
   * list while no row changes, and the same object for each row that says what it said, so that
   * what was made of it can be kept with it.
   */
  async rows<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (row: Table['$inferSelect']) => T,
  ): Promise<readonly T[]> {
    const source = getTableName(table);
    const before = this.#rows.get(source);
    const version = await this.#source.version();
    if (before?.version === version) return before.values as readonly T[];
    const rows = await this.#source.all<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${nameOf(table)} order by ${name(key.name)}`,
    );
    const after = keepRows({ version, reader: readerOf(table, read), rows, key: key.name, before });
    this.#rows.set(source, after);
    return after.values as readonly T[];
  }

  /**
   * Those rows that have one of `keys`, in order, of a table that `rows` keeps: where it was
   * written since, they alone are read.
   */
  async someRows<Table extends SQLiteTable, T>(
    table: Table,
    key: SQLiteColumn,
    read: (row: Table['$inferSelect']) => T,
    keys: readonly number[],
  ): Promise<readonly T[]> {
    const before = this.#rows.get(getTableName(table));
    if (before?.version === (await this.#source.version()))
      return keptOf(before, keys) as readonly T[];
    const rows = await this.#source.all<Record<string, unknown>>(
      sql`
        select ${columnsOf(table)}
        from ${nameOf(table)}
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
  async addingRow(
    table: SQLiteTable,
    key: SQLiteColumn,
    insert: () => Promise<number>,
  ): Promise<number> {
    const source = getTableName(table);
    const before = this.#rows.get(source);
    const isCurrent = before?.version === (await this.#source.version());
    const added = await insert();
    if (before === undefined || !isCurrent) return added;
    const row = await this.#source.get<Record<string, unknown>>(
      sql`select ${columnsOf(table)} from ${nameOf(table)} where ${name(key.name)} = ${added}`,
    );
    if (row !== undefined)
      this.#rows.set(source, withRow(before, await this.#source.version(), added, row));
    return added;
  }

  /** To be called when a transaction was rolled back: what was read in it never came to be. */
  forget(): void {
    this.#whole.clear();
    this.#rows.clear();
  }
}
