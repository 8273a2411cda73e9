import { type SQL, sql } from 'drizzle-orm';
import type { FieldType } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name } from '../../sql/sql-parts.ts';
import { hasPlainKey, oddKeys, type UniqueColumn } from '../../sql/tables/unique-columns.ts';

/** The store that is being replaced, attached to the connection of the one that takes its place. */
export const REPLACED = 'replaced';

/** A field of contacts that both stores have, by its alias; ids are compared apart. */
export interface SharedField {
  readonly id: number;
  /** Its id in the replaced store. */
  readonly formerId: number;
  readonly column: string;
  readonly type: FieldType;
  readonly isUnique: boolean;
  /** In the replaced store. */
  readonly wasUnique: boolean;
}

/** The fields of contacts that both stores have, with a column in each. */
export async function sharedFields(db: SqliteDatabase): Promise<SharedField[]> {
  const rows = await db.all<
    Record<'isUnique' | 'wasUnique', 0 | 1> & Omit<SharedField, Uniqueness>
  >(sql`
    select
      here.id, former.id as "formerId", here.alias as "column", here.type,
      here.is_unique as "isUnique", former.is_unique as "wasUnique"
    from main.fields as here
    join ${name(REPLACED)}.fields as former
      on former.object = here.object and former.alias = here.alias collate nocase
    where here.object = 'contact' and here.alias <> 'id'
      and lower(here.alias) in ${columnsIn('main')} and lower(here.alias) in ${columnsIn(REPLACED)}
    order by here.id`);
  return rows.map(({ isUnique, wasUnique, ...field }) => {
    return { ...field, isUnique: isUnique === 1, wasUnique: wasUnique === 1 };
  });
}

type Uniqueness = 'isUnique' | 'wasUnique';

function columnsIn(schema: string): SQL {
  return sql`(select lower(name) from pragma_table_xinfo('contacts', ${schema}))`;
}

/** Whether the replaced store is of a version that has such a table. */
export async function hadTable(db: SqliteDatabase, table: string): Promise<boolean> {
  const found = await db.get(
    sql`select 1 from ${name(REPLACED)}.sqlite_schema where name = ${table}`,
  );
  return found !== undefined;
}

/**
 * Selects of the rows of `keyed`, which have a `key`, and of the contacts of a store, as `holder`,
 * who have such a value; each look-up goes by an index.
 */
export function withHolders(schema: string, column: UniqueColumn, columns: SQL): SQL {
  return sql`
    select ${columns}
    from keyed
    cross join ${name(schema)}.contacts as holder
      on ${hasPlainKey(column, 'holder', sql`keyed.key`)}
    union
    select ${columns}
    from keyed
    cross join ${oddKeys(column, schema)} as holder on holder.key = keyed.key`;
}
