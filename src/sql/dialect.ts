/**
 * The words in which databases differ. Every condition yields 0 or 1, never NULL, also for a NULL
 * value. The rest of the compiler writes standard SQL only, so that another database needs one more
 * file like store/sqlite/dialect.ts.
 */
import type { SQL } from 'drizzle-orm';
import type { PatternPart } from './pattern.ts';

export interface Dialect {
  readonly constant: (value: boolean) => SQL;
  /**
   * Equal without regard to case, as `fold` defines it. `value` is text that compares ASCII letters
   * without regard to case.
   */
  readonly textEquals: (value: SQL, text: string) => SQL;
  /** The same for a column that is never NULL and stands in an index. */
  readonly keyEquals: (column: SQL, text: string) => SQL;
  readonly textIn: (value: SQL, texts: readonly string[]) => SQL;
  /** The whole text fits the parts, without regard to case. */
  readonly textFits: (value: SQL, parts: readonly PatternPart[]) => SQL;
  /** How many different texts there are in a group, without regard to case. */
  readonly countDistinct: (value: SQL) => SQL;
  readonly textMatches: (value: SQL, regularExpression: string) => SQL;
  /** A column that holds `|a|b|` has any, or all, of the texts, without regard to case. */
  readonly setHas: (value: SQL, texts: readonly string[], which: 'any' | 'all') => SQL;
  readonly same: (value: SQL, literal: string | number) => SQL;
  readonly numberIn: (value: SQL, numbers: readonly number[]) => SQL;
  /**
   * A property out of an event's JSON as text, number or date (`YYYY-MM-DD`); NULL where it is
   * none, never an error.
   */
  readonly property: (properties: SQL, name: string, as: 'text' | 'number' | 'date') => SQL;
  /** The column as a value that no index is entered by. */
  readonly notLookedUp: (column: SQL) => SQL;
  /** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
  readonly isDay: (value: SQL) => SQL;
}
