/**
 * The expressions in which databases differ. Every condition yields 0 or 1, never NULL, even for a
 * NULL value. The rest of the compiler writes only standard SQL, so another database needs one more
 * file like store/sqlite/dialect.ts.
 */
import type { SQL } from 'drizzle-orm';
import type { PatternPart } from './pattern.ts';

export interface Dialect {
  readonly constant: (value: boolean) => SQL;
  /**
   * Equal without regard to case, as `fold` defines it. `value` must be text whose own comparison
   * ignores the case of ASCII letters.
   */
  readonly textEquals: (value: SQL, text: string) => SQL;
  /** The same for a column that is never NULL and has an index. */
  readonly keyEquals: (column: SQL, text: string) => SQL;
  readonly textIn: (value: SQL, texts: readonly string[]) => SQL;
  /** The whole text fits the parts, without regard to case. */
  readonly textFits: (value: SQL, parts: readonly PatternPart[]) => SQL;
  /** How many different texts a group has, without regard to case. */
  readonly countDistinct: (value: SQL) => SQL;
  readonly textMatches: (value: SQL, regularExpression: string) => SQL;
  /**
   * Whether a column that holds `|a|b|` contains any, or all, of the texts, without regard to case.
   */
  readonly setHas: (value: SQL, texts: readonly string[], which: 'any' | 'all') => SQL;
  readonly same: (value: SQL, literal: string | number) => SQL;
  readonly numberIn: (value: SQL, numbers: readonly number[]) => SQL;
  /**
   * A property from an event's JSON as text, number or date (`YYYY-MM-DD`); NULL if it is none,
   * never an error.
   */
  readonly property: (properties: SQL, name: string, as: 'text' | 'number' | 'date') => SQL;
  /** The column in a form for which the database uses no index. */
  readonly notLookedUp: (column: SQL) => SQL;
  /** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
  readonly isDay: (value: SQL) => SQL;
}
