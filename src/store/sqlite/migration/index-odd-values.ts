import { sql } from 'drizzle-orm';
import type { FieldRow } from '../../rows.ts';
import type { SqlDatabase } from '../../sql/database.ts';
import { oddIndexOf, TABLES } from '../../sql/tables/field-columns.ts';

/**
 * Makes the indexes on the odd values of unique fields that a store from before there were such
 * ones lacks.
 */
export async function indexOddValues(db: SqlDatabase): Promise<void> {
  const rows = await db.all<Pick<FieldRow, 'object' | 'alias' | 'type'>>(sql`
    select object, alias, type
    from fields
    where is_unique = 1 and origin = 'custom'
    order by id`);
  for (const field of rows) {
    const odd = oddIndexOf({ ...field, unique: true });
    if (odd === undefined || !(await lacksIndex(db, field, odd.name))) continue;
    await db.run(odd.statement);
  }
}

/** SQL may have dropped the column: then there is nothing to make an index on. */
async function lacksIndex(
  db: SqlDatabase,
  { object, alias }: Pick<FieldRow, 'object' | 'alias'>,
  index: string,
): Promise<boolean> {
  const hasColumn = sql`
    select 1 from pragma_table_xinfo(${TABLES[object]}) where name = ${alias} collate nocase`;
  const hasIndex = sql`select 1 from sqlite_schema where type = 'index' and name = ${index}`;
  return (await db.get(hasColumn)) !== undefined && (await db.get(hasIndex)) === undefined;
}
