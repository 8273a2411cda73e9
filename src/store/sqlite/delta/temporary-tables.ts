import type { SqliteDatabase } from '../connection/database.ts';

/** Each is filled by what those before it hold. */
const TABLES = ['moves', 'candidates', 'in_slices'] as const;

/**
 * The temporary tables of one connection on which differences are made, and the values that stand
 * for what they hold now. A table holds one thing at a time: what is put there overtakes the value
 * of what was there before, and of what was made of it.
 */
export class TemporaryTables {
  readonly db: SqliteDatabase;
  #standing: readonly object[] = [];

  constructor(db: SqliteDatabase) {
    this.db = db;
  }

  /** From now on `value` stands for what this table holds. */
  hold(table: (typeof TABLES)[number], value: object): void {
    // rule: overtakes
    this.#standing = [...this.#standing.slice(0, TABLES.indexOf(table)), value];
  }

  /** Throws where the value was overtaken: whoever uses it means something that is gone. */
  require(value: object): void {
    // rule: overtaken
    if (!this.#standing.includes(value))
      throw new Error('what this stands for was overtaken by a later search or difference');
  }
}
