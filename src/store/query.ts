import type { SQL } from 'drizzle-orm';

/**
 * A condition over contacts, which it knows as `c`; it yields 0 or 1, never NULL. Made by
 * `src/filter`.
 */
export type Condition = SQL;

export interface Page {
  /** Only rows with a greater id. */
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
}
