import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { SqlDatabase } from './database.ts';
import { decoderOf } from './kept-rows.ts';
import { columnsOf, name, nameOf } from './sql-parts.ts';

/** Rows of the tables in schema.ts, one by one, as drizzle sees them. */

/** `rest` follows the table's name: conditions, the order, a limit. */
export async function selectRows<Table extends SQLiteTable>(
  db: SqlDatabase,
  table: Table,
  rest: SQL,
): Promise<Table['$inferSelect'][]> {
  const rows = await db.all<Record<string, unknown>>(
    sql`select ${columnsOf(table)} from ${nameOf(table)} ${rest}`,
  );
  return rows.map(decoderOf(table));
}

/** Gives the id of the row. What is undefined is left to the database. */
export async function insertRow<Table extends SQLiteTable>(
  db: SqlDatabase,
  table: Table,
  values: Table['$inferInsert'],
): Promise<number> {
  const given = encoded(table, values);
  return db.value<number>(sql`
    insert into ${nameOf(table)} (${sql.join(
      given.map(([column]) => column),
      sql`, `,
    )})
    values (${sql.join(
      given.map(([, value]) => value),
      sql`, `,
    )})
    returning id`);
}

/** What is undefined stays as it is. */
export async function updateRows<Table extends SQLiteTable>(
  db: SqlDatabase,
  table: Table,
  values: Partial<Table['$inferSelect']>,
  where: SQL,
): Promise<void> {
  const sets = encoded(table, values).map(([column, value]) => sql`${column} = ${value}`);
  await db.run(sql`update ${nameOf(table)} set ${sql.join(sets, sql`, `)} where ${where}`);
}

function encoded(table: SQLiteTable, values: Readonly<Record<string, unknown>>): [SQL, SQL][] {
  return Object.entries(getTableColumns(table)).flatMap(([property, column]) => {
    const value = values[property];
    if (value === undefined) return [];
    const stored = value === null ? null : column.mapToDriverValue(value);
    return [[name(column.name), sql`${stored}`]];
  });
}
