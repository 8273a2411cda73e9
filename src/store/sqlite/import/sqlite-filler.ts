import type Sqlite from 'better-sqlite3';
import type { Value } from '../../rows.ts';
import type { Filler } from '../../sql/ways.ts';
import { CACHE_KIB } from '../connection/connect.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/**
 * What is kept of the store's pages while there is a stage, whose rows take room as well. A million
 * of them are imported as fast with it, in 200 MB.
 */
const CACHE_KIB_BESIDE = 49_152;

/**
 * So many rows are added by one statement: what a statement costs by itself is a third of what one
 * for each row would take.
 */
const ROWS_AT_ONCE = 20;
/** As many values as SQLite takes in one statement. */
const MOST_VALUES = 32_766;

export function sqliteFiller(db: SqliteDatabase): Filler {
  const { raw } = db;
  const tables = new Map<string, PendingRows>();
  const tableOf = (table: string, width: number): PendingRows => {
    const known = tables.get(table);
    if (known !== undefined) return known;
    const made = new PendingRows(raw, table, width);
    tables.set(table, made);
    return made;
  };
  raw.pragma(`cache_size = -${CACHE_KIB_BESIDE}`);
  return {
    add: (table, row) => tableOf(table, row.length).add(row),

    async together(work) {
      const alone = !raw.inTransaction;
      if (alone) raw.exec('begin');
      try {
        db.translating(() => {
          work();
          for (const pending of tables.values()) pending.flush();
        });
        if (alone) raw.exec('commit');
      } finally {
        for (const pending of tables.values()) pending.forget();
        if (alone && raw.inTransaction) raw.exec('rollback');
      }
    },

    async drop(names) {
      tables.clear();
      db.translating(() => names.forEach((name) => raw.exec(`drop table if exists temp.${name}`)));
      raw.pragma(`cache_size = -${CACHE_KIB}`);
    },
  };
}

/** Rows of one table that are still to be added, one behind the other. */
class PendingRows {
  readonly #insert: (rows: number) => Sqlite.Statement;
  readonly #statements = new Map<number, Sqlite.Statement>();
  readonly #width: number;
  readonly #atOnce: number;
  #values: Value[] = [];

  constructor(raw: Sqlite.Database, table: string, width: number) {
    const row = `(${repeated('?', width)})`;
    this.#insert = (rows) => raw.prepare(`insert into temp.${table} values ${repeated(row, rows)}`);
    this.#width = width;
    this.#atOnce = Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(MOST_VALUES / width)));
  }

  add(row: readonly Value[]): void {
    for (const value of row) this.#values.push(value);
    if (this.#values.length === this.#width * this.#atOnce) this.#write(this.#atOnce);
  }

  flush(): void {
    while (this.#values.length > 0) this.#write(1);
  }

  forget(): void {
    this.#values = [];
  }

  #write(rows: number): void {
    const statement = this.#statements.get(rows) ?? this.#insert(rows);
    this.#statements.set(rows, statement);
    statement.run(...this.#values.splice(0, rows * this.#width));
  }
}

function repeated(text: string, times: number): string {
  return Array.from({ length: times }, () => text).join(', ');
}
