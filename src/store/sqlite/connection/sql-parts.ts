import { type SQL, sql } from 'drizzle-orm';
import { balancedTree } from '../../../sql/balanced.ts';

/**
 * Whether one of several conditions holds, however many they are: SQLite allows no expression of
 * more than a thousand levels.
 */
export function anyOf(conditions: readonly SQL[]): SQL {
  return balancedTree(conditions, (left, right) => sql`(${left} or ${right})`);
}

/**
 * A quoted identifier. Names come from the schema or the `fields` table, never from a user's text.
 */
export function name(identifier: string): SQL {
  return sql`${sql.identifier(identifier)}`;
}

/** A list of values as one bound parameter, to select from: `in (select value from …)`. */
export function valuesOf(values: readonly (string | number | null)[]): SQL {
  return sql`json_each(${JSON.stringify(values)})`;
}

/** `(select value as id from json_each(?))`: the ids as a set, whatever their number. */
export function idSet(ids: readonly number[]): SQL {
  return sql`(select value as id from ${valuesOf(ids)})`;
}
