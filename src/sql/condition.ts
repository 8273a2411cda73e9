import type { SQL } from 'drizzle-orm';

/**
 * A condition over contacts (alias `c`), never NULL: a boolean where the database has them, else 0
 * or 1, as in SQLite. Where a number is wanted the adapter casts it. `src/filter` makes it in the
 * dialect of the store that is asked.
 */
export type Condition = SQL;
