/**
 * The expressions in which databases differ. Every condition yields true or false as the database
 * writes them (see `Condition`), never NULL, even for a NULL value. The rest of the compiler writes
 * only standard SQL, so another database needs one more file like store/sqlite/dialect.ts.
 */
import type { SQL } from 'drizzle-orm';
import type { PatternPart } from './pattern.ts';

/** Numbers of the rows of a group; those that are NULL do not count. */
export interface GroupValues {
  readonly value: SQL;
  /** Empty, or a clause that leaves rows out: ` filter (where …)`. */
  readonly filter: SQL;
  /** The order in which they are added, where the last digit hangs on it: expressions. */
  readonly order: SQL;
}

/** A condition on a figure. */
export interface FigureTest {
  readonly holds: (figure: SQL) => SQL;
  /** The numbers that it compares the figure with. */
  readonly literals: readonly number[];
}

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
  /**
   * Whether a column that holds `|a|b|` contains any, or all, of the texts, without regard to case.
   */
  readonly setHas: (value: SQL, texts: readonly string[], which: 'any' | 'all') => SQL;
  readonly same: (value: SQL, literal: string | number) => SQL;
  readonly numberIn: (value: SQL, numbers: readonly number[]) => SQL;
  /** A test of the sum of a group's values, as `compensatedSum` adds them up; it is 0 of none. */
  readonly sum: (values: GroupValues, test: FigureTest) => SQL;
  /** A test of their mean, which is that sum by their number; it is NULL of none. */
  readonly average: (values: GroupValues, test: FigureTest) => SQL;
  /**
   * A property from an event's JSON as text, number or date (`YYYY-MM-DD`); NULL if it is none,
   * never an error.
   */
  readonly property: (properties: SQL, name: string, as: 'text' | 'number' | 'date') => SQL;
  /** The column in a form for which the database uses no index. */
  readonly notLookedUp: (column: SQL) => SQL;
  /** A filter, of which so many tests read other tables, in a form that the database plans in time. */
  readonly plannable: (condition: SQL, subselects: number) => SQL;
  /** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
  readonly isDay: (value: SQL) => SQL;
}
