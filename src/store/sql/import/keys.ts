import { type SQL, sql } from 'drizzle-orm';
import { isText, keyOf, type UniqueColumn } from '../tables/unique-columns.ts';
import { spelled, TEXT } from '../words.ts';

/*
 * What the values of unique columns compare by, as a stage has it: of whichever column, in one column
 * of its tables. In PostgreSQL that is one of texts, in which numbers are as JavaScript writes them.
 */

/** The type of a column of keys, or of values of whichever unique column. */
export const OF_ANY = spelled(sql``, TEXT);

/** A key of the stage as the values of the column compare by it. */
export function keyFor(column: UniqueColumn, key: SQL): SQL {
  if (isText(column.type)) return key;
  return spelled(key, sql`${key}::${sql.raw(hasWhole(column) ? 'bigint' : 'float8')}`);
}

/** What a value of the column compares by, as a stage has it. */
export function stagedKey(column: UniqueColumn, value: SQL): SQL {
  return staged(column, keyOf(column, value));
}

/** A value of the column as a stage has it where it may be one of any. */
export function staged(column: UniqueColumn, value: SQL): SQL {
  if (isText(column.type)) return value;
  return spelled(value, hasWhole(column) ? sql`${value}::text` : sql`number_text(${value})`);
}

/** Ids are numbers, too. */
function hasWhole({ column, type }: UniqueColumn): boolean {
  return type !== 'number' || column === 'id';
}
