import type { SQL } from 'drizzle-orm';

/**
 * A condition over contacts (alias `c`) that yields 0 or 1, never NULL. `src/filter` makes it in
 * the dialect of the store that is asked.
 */
export type Condition = SQL;
