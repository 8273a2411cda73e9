import { type SQL, sql } from 'drizzle-orm';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { FieldRow, FieldType, Value } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { name, valuesOf } from '../connection/sql-parts.ts';

/*
 * Unique columns have an index that compares without regard to ASCII case, which any shell can
 * keep. Values compare by their key instead (src/sql/unique-key.ts). A value that is not odd has
 * such a key that the unique index finds it; the odd ones are in a partial index, `odd_…`, and each
 * look-up computes their keys.
 */

/** The table of records of each kind. */
export type UniqueTable = 'contacts' | 'companies' | 'tags';

export interface UniqueColumn {
  readonly table: UniqueTable;
  readonly column: string;
  readonly type: FieldType;
}

export const EMAIL: UniqueColumn = { table: 'contacts', column: 'email', type: 'email' };
export const TAG_NAME: UniqueColumn = { table: 'tags', column: 'name', type: 'text' };
export const COMPANY_NAME: UniqueColumn = { table: 'companies', column: 'name', type: 'text' };

/** The unique column of this name. */
export async function uniqueColumn(
  db: SqliteDatabase,
  table: 'contacts' | 'companies',
  column: string,
): Promise<UniqueColumn> {
  const type = (
    await db.pluck<FieldType>(sql`
    select type
    from fields
    where object = ${table === 'contacts' ? 'contact' : 'company'} and alias = ${column}`)
  )[0];
  return { table, column, type: type ?? 'text' };
}

/** What a value of the column compares by. */
export function keyOf({ type }: Pick<UniqueColumn, 'type'>, value: SQL): SQL {
  return isExact(type) ? value : sql`unique_key(${type}, ${value})`;
}

/** Values of these types compare as they are. */
function isExact(type: FieldType): boolean {
  return type === 'number' || type === 'date' || type === 'datetime';
}

/**
 * SQL that holds for the values whose keys the unique index does not find; undefined where there
 * are none. It stands in the partial index, in the same words.
 */
export function oddValues({ type, column }: Pick<UniqueColumn, 'type' | 'column'>) {
  if (isExact(type)) return undefined;
  const value = `"${column}"`;
  return type === 'phone'
    ? `substr(${value}, 1 + (${value} glob '+*')) glob '*[^0-9]*'`
    : `${value} glob '*[^ -~]*' or ${value} glob ' *' or ${value} glob '* '`;
}

/** The partial index on the odd values, as a statement of one line; none where there are none. */
export function oddIndex(column: UniqueColumn): { name: string; statement: string } | undefined {
  const odd = oddValues(column);
  if (odd === undefined) return undefined;
  const index = `odd_${column.table}_${column.column}`;
  return {
    name: index,
    statement: `create index "${index}" on ${column.table} ("${column.column}") where ${odd}`,
  };
}

/** The unique column that a field is, or undefined. */
export function uniqueColumnOf(
  field: Pick<FieldRow, 'object' | 'alias' | 'type' | 'unique'>,
): UniqueColumn | undefined {
  if (!field.unique || field.alias === 'id') return undefined;
  const table = field.object === 'contact' ? 'contacts' : 'companies';
  return { table, column: field.alias, type: field.type };
}

/** Whether a row, known as `alias`, has a value of this key that the unique index finds. */
export function hasPlainKey({ column, type }: UniqueColumn, alias: string, key: SQL): SQL {
  const value = sql`${name(alias)}.${name(column)}`;
  return type === 'phone'
    ? sql`(${value} in (${key}, '+' || ${key}, '00' || ${key}, '+00' || ${key})
        and unique_key('phone', ${value}) = ${key})`
    : sql`${value} = ${key}`;
}

/** The odd values of a column, in this schema, to select `id` and `key` from. */
export function oddKeys(column: UniqueColumn, schema: string = 'main'): SQL {
  const odd = oddValues(column);
  if (odd === undefined) return sql`(select null as id, null as key where 0)`;
  const [key, table] = [keyOf(column, name(column.column)), name(column.table)];
  return sql`(select id, ${key} as key from ${name(schema)}.${table} where ${sql.raw(odd)})`;
}

/**
 * For each value the id of the record whose unique column has it, or null. Where SQL has written it
 * in several ways, the record that has it in the same letters, else one whose value is not odd.
 */
export async function matchUnique(
  db: SqliteDatabase,
  column: UniqueColumn,
  values: readonly Value[],
): Promise<(number | null)[]> {
  const found: (number | null)[] = values.map(() => null);
  const keys = valuesOf(values.map((value) => uniqueKey(column.type, value)));
  const note = async (pairs: SQL): Promise<void> => {
    for (const { position, id } of await db.all<{ position: number; id: number }>(pairs))
      found[position] ??= id;
  };
  // rule: same-letters-first
  await note(sql`
    select given.key as position, r.id
    from ${valuesOf(values)} as given
    cross join ${name(column.table)} as r on r.${name(column.column)} = given.value`);
  if (!found.includes(null)) return found;
  await note(sql`
    select given.key as position, r.id
    from ${keys} as given
    cross join ${name(column.table)} as r on ${hasPlainKey(column, 'r', sql`given.value`)}
    order by r.id`);
  if (oddValues(column) === undefined || !found.includes(null)) return found;
  await note(sql`
    with odd as materialized (select id, key from ${oddKeys(column)})
    select given.key as position, odd.id
    from ${keys} as given
    join odd on odd.key = given.value
    order by odd.id`);
  return found;
}
