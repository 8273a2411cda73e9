import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../connection/database.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  /** All else that the database tells of it. */
  readonly form: string;
}

export async function columnsOf(db: SqliteDatabase, table: string): Promise<Column[]> {
  return db.all<Column>(sql`
    select name, type, json_array(type, "notnull", dflt_value, pk, hidden) as form
    from pragma_table_xinfo(${table})
    order by cid`);
}

/**
 * How the column is declared in the statement that makes its table, to be added again; undefined
 * where a table that has rows does not take such a column.
 */
export function declarationOf(source: string, column: string): string | undefined {
  const [declaration] =
    new RegExp(
      `(?<=[(,]\\s*)"?${column}"? (?:[^,()']|'[^']*'|\\((?:[^()]|\\([^()]*\\))*\\))*`,
    ).exec(source) ?? [];
  const text = declaration?.replaceAll(/\s+/g, ' ').trim();
  const isRefused =
    text === undefined ||
    /\b(primary key|unique)\b/.test(text) ||
    (/\bnot null\b/.test(text) && !/\bdefault\b/.test(text));
  return isRefused ? undefined : text;
}
