import type { SqlDatabase } from '../database.ts';

/** Each is filled by what those before it hold. */
const TABLES = ['selected', 'moves', 'candidates', 'in_slices'] as const;
type Table = (typeof TABLES)[number];

/**
 * The temporary tables of one connection on which members are changed, and the values that stand
 * for what they hold now. A table holds one thing at a time: what is put there overtakes the value
 * of what was there before, and of what was made of it.
 */
export class TemporaryTables {
  readonly db: SqlDatabase;
  readonly #standing = new Map<Table, object>();

  constructor(db: SqlDatabase) {
    this.db = db;
  }

  /** From now on `value` stands for what this table holds. */
  hold(table: Table, value: object): void {
    // rule: overtakes
    for (const later of TABLES.slice(TABLES.indexOf(table))) this.#standing.delete(later);
    this.#standing.set(table, value);
  }

  /** Throws where the value was overtaken: whoever uses it means something that is gone. */
  require(value: object): void {
    // rule: overtaken
    if (![...this.#standing.values()].includes(value))
      throw new Error('what this stands for was overtaken by a later search or difference');
  }
}
