import type { SQL } from 'drizzle-orm';

/**
 * A condition over contacts, which it knows as `c`; it yields 0 or 1, never NULL. Made by
 * `src/filter` in the dialect of the store that is asked.
 */
export type Condition = SQL;
