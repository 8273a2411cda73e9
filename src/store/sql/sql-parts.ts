import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm';
import { spelled } from './words.ts';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { balancedTree } from '../../sql/balanced.ts';

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

/**
 * A list of values as one bound parameter, to select from: `in (select value from …)`. Who compares
 * them with a column of texts says so: the list may be of nothing but nulls.
 */
export function valuesOf(values: readonly (string | number | null)[], type?: 'text'): SQL {
  return spelled(
    sql`json_each(${jsonOf(values)})`,
    sql`each(${sql.param(values)}::${sql.raw(type === undefined ? arrayTypeOf(values) : `${type}[]`)})`,
  );
}

function arrayTypeOf(values: readonly (string | number | null)[]): string {
  if (values.some((value) => typeof value === 'string')) return 'text[]';
  return values.every((value) => value === null || Number.isSafeInteger(value))
    ? 'bigint[]'
    : 'float8[]';
}

/** `(select value as id from json_each(?))`: the ids as a set, whatever their number. */
export function idSet(ids: readonly number[]): SQL {
  return sql`(select value as id from ${valuesOf(ids)})`;
}

export type ColumnType = 'text' | 'bigint' | 'float8';

/**
 * Rows as one bound parameter, in brackets, to select from: their properties are columns of these
 * types, and `key` counts them from 0.
 */
export function rowsOf<Column extends string>(
  rows: readonly Readonly<Record<Column, string | number | null>>[],
  columns: Readonly<Record<Column, ColumnType>>,
): SQL {
  const names = Object.keys(columns);
  const read = names.map((column) => sql`, value ->> ${sql.raw(`'${column}'`)} as ${name(column)}`);
  const typed = Object.entries(columns).map(
    ([column, type]) => sql`${name(column)} ${sql.raw(String(type))}`,
  );
  const json = jsonOf(rows);
  return spelled(
    sql`(select key${sql.join(read)} from json_each(${json}))`,
    sql`(
      select place - 1 as key, ${sql.join(names.map(name), sql`, `)}
      from rows from (json_to_recordset(${json}::json) as (${sql.join(typed, sql`, `)}))
        with ordinality as given (${sql.join([...names, 'place'].map(name), sql`, `)})
    )`,
  );
}

/** As JSON that every database reads: half a surrogate pair is the sign for what is no letter. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  // rule: half-pairs
  return text.includes(String.raw`\ud`)
    ? JSON.stringify(value, (_, each: unknown) =>
        typeof each === 'string' ? each.toWellFormed() : each,
      )
    : text;
}

/**
 * Of the rows of each `key` the one with the least `by`, which is `first`, in brackets; what is in
 * `from` goes on with `where`, if need be. SQLite takes the other columns from the same row.
 */
export function firstOfEach(
  key: SQL,
  by: SQL,
  { columns, from }: { readonly columns: SQL; readonly from: SQL },
): SQL {
  return spelled(
    sql`(select ${columns}, min(${by}) as first from ${from} group by ${key})`,
    sql`(
      select distinct on (${key}) ${columns}, ${by} as first from ${from} order by ${key}, ${by}
    )`,
  );
}

/** The columns that are ours, by name: others may have added some, or dropped one. */
export function columnsOf(table: SQLiteTable): SQL {
  return sql.join(
    Object.values(getTableColumns(table)).map((column) => name(column.name)),
    sql`, `,
  );
}

export function nameOf(table: SQLiteTable): SQL {
  return name(getTableName(table));
}

/** `limit` behind a query; nothing where there is none. */
export function upTo(limit: number | undefined): SQL {
  return limit === undefined ? sql`` : sql`limit ${limit}`;
}
