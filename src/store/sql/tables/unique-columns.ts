import { type SQL, sql } from 'drizzle-orm';
import { caseless, NEVER, sameText, spelled, THEN_JOIN } from '../words.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import type { FieldRow, FieldType, Value } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name, valuesOf } from '../sql-parts.ts';

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
  db: SqlDatabase,
  table: 'contacts' | 'companies',
  column: string,
): Promise<UniqueColumn> {
  const type = (
    await db.pluck<FieldType>(sql`
    select type
    from fields
    where object = ${table === 'contacts' ? 'contact' : 'company'}
      and ${sameText(sql`alias`, sql`${column}`)}`)
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

/** Whether a field of this type has a column of texts, which compares without regard to case. */
export function isText(type: FieldType): boolean {
  return type !== 'number' && type !== 'boolean' && type !== 'datetime';
}

/** Whether two values are the same as the unique index of a column of this type sees it. */
export function sameValue(type: FieldType, one: SQL, other: SQL): SQL {
  return isText(type) ? sameText(one, other) : sql`${one} = ${other}`;
}

/**
 * SQL that holds for the values whose keys the unique index does not find; undefined where there
 * are none. It stands in the partial index, in the same words.
 */
export function oddValues({
  type,
  column,
}: Pick<UniqueColumn, 'type' | 'column'>): SQL | undefined {
  if (isExact(type)) return undefined;
  const value = name(column);
  return type === 'phone'
    ? spelled(
        sql`substr(${value}, 1 + (${value} glob '+*')) glob '*[^0-9]*'`,
        sql`${value} ~ '[^0-9+]|.[+]'`,
      )
    : spelled(
        sql`${value} glob '*[^ -~]*' or ${value} glob ' *' or ${value} glob '* '`,
        sql`${value} ~ '[^ -~]|^ | $'`,
      );
}

/** The partial index on the odd values, as a statement of one line; none where there are none. */
export function oddIndex(column: UniqueColumn): { name: string; statement: SQL } | undefined {
  const odd = oddValues(column);
  if (odd === undefined) return undefined;
  const index = `odd_${column.table}_${column.column}`;
  // an index of PostgreSQL's takes no text of more than some 2,700 bytes
  const key = spelled(name(column.column), sql`id`);
  const table = sql.raw(column.table);
  return {
    name: index,
    statement: sql`create index ${name(index)} on ${table} (${key}) where ${odd}`,
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
    ? sql`(${caseless(value)} in (${key}, '+' || ${key}, '00' || ${key}, '+00' || ${key})
        and unique_key('phone', ${value}) = ${key})`
    : sameValue(type, value, key);
}

/** The odd values of a column, in another schema if need be, to select `id` and `key` from. */
export function oddKeys(column: UniqueColumn, schema?: string): SQL {
  const [key, table] = [keyOf(column, name(column.column)), name(column.table)];
  const place = schema === undefined ? table : sql`${name(schema)}.${table}`;
  return sql`(select id, ${key} as key from ${place} where ${oddValues(column) ?? NEVER})`;
}

/**
 * For each value the id of the record whose unique column has it, or null. Where SQL has written it
 * in several ways, the record that has it in the same letters, else one whose value is not odd.
 */
export async function matchUnique(
  db: SqlDatabase,
  column: UniqueColumn,
  values: readonly Value[],
): Promise<(number | null)[]> {
  const found: (number | null)[] = values.map(() => null);
  const listOf = (list: readonly Value[]): SQL =>
    valuesOf(list, isText(column.type) ? 'text' : undefined);
  const keys = listOf(values.map((value) => uniqueKey(column.type, value)));
  const note = async (pairs: SQL): Promise<void> => {
    for (const { position, id } of await db.all<{ position: number; id: number }>(pairs))
      found[position] ??= id;
  };
  // rule: same-letters-first
  await note(sql`
    select given.key as position, r.id
    from ${listOf(values)} as given
    ${THEN_JOIN} ${name(column.table)} as r
      on ${sameValue(column.type, sql`r.${name(column.column)}`, sql`given.value`)}`);
  if (!found.includes(null)) return found;
  await note(sql`
    select given.key as position, r.id
    from ${keys} as given
    ${THEN_JOIN} ${name(column.table)} as r on ${hasPlainKey(column, 'r', sql`given.value`)}
    order by r.id`);
  if (oddValues(column) === undefined || !found.includes(null)) return found;
  await note(sql`
    with odd as materialized (select id, key from ${oddKeys(column)} as keyed)
    select given.key as position, odd.id
    from ${keys} as given
    join odd on odd.key = given.value
    order by odd.id`);
  return found;
}
