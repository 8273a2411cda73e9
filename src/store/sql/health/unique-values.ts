import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { OddValues } from '../../health.ts';
import type { FieldRow } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { name } from '../sql-parts.ts';
import { greater, spelled, THEN_JOIN } from '../words.ts';
import {
  hasPlainKey,
  keyOf,
  oddKeys,
  oddValues,
  TAG_NAME,
  type UniqueColumn,
  uniqueColumnOf,
} from '../tables/unique-columns.ts';
import { seek, shellCommand } from './trouble.ts';

/** Without the blanks at its ends, of every kind that Unicode knows. */
const trimmed = (value: SQL): SQL =>
  spelled(
    sql`trim(${value}, char(9, 10, 11, 12, 13, 32, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201, 8202, 8232, 8233, 8239, 8287, 12288, 65279))`,
    sql`without_blanks(${value})`,
  );

/**
 * Values of unique columns that no command writes: the same as another record's, as filters compare,
 * and those with blanks at their ends.
 */
export async function oddUniqueValues(
  db: SqlDatabase,
  fields: readonly FieldRow[],
): Promise<OddValues[]> {
  const columns = fields.flatMap((field) => uniqueColumnOf(field) ?? []);
  return (
    await inTurn([...columns, TAG_NAME], async (column) => [
      ...(await twins(db, column)),
      ...(await padded(db, column)),
    ])
  ).flat();
}

async function twins(db: SqlDatabase, column: UniqueColumn): Promise<OddValues[]> {
  if (oddValues(column) === undefined) return [];
  const table = name(column.table);
  const found = await seek(db, {
    columns: sql`id, ${name(column.column)}`,
    from: sql`${table} where ${table}.id in (${twinIds(column)})`,
    remedy: undefined,
  });
  if (found.count === 0) return [];
  return [{ ...found, ...placeOf(column), problem: 'twin', remedy: renaming(db, column, found) }];
}

function placeOf({ table, column }: UniqueColumn): Pick<OddValues, 'table' | 'column'> {
  return { table, column };
}

/** What has a name must keep one; a contact's value can be cleared by command. */
function renaming(
  db: SqlDatabase,
  { table, column }: UniqueColumn,
  { examples }: Pick<OddValues, 'examples'>,
): string | undefined {
  if (table === 'contacts') return undefined;
  const ids = examples.map(({ id }) => String(id)).join(', ');
  const renamed = `update ${table} set "${column}" = "${column}" || ' (' || id || ')'`;
  return shellCommand(db, `${renamed} where id in (${ids})`);
}

/** The ids of all records but the first that have the same value. */
function twinIds(column: UniqueColumn): SQL {
  const table = name(column.table);
  const later = (keys: SQL): SQL => sql`
    select id
    from (
      select id, row_number() over (partition by key order by id) as nth from ${keys} as keyed
    ) as numbered
    where nth > 1`;
  if (column.type === 'phone') {
    const key = keyOf(column, sql`r.${name(column.column)}`);
    return later(sql`(
      select r.id, ${key} as key from ${table} as r where r.${name(column.column)} is not null
    )`);
  }
  return sql`
    ${later(oddKeys(column))}
    union
    select ${greater(sql`r.id`, sql`odd.id`)}
    from ${oddKeys(column)} as odd
    ${THEN_JOIN} ${table} as r on ${hasPlainKey(column, 'r', sql`odd.key`)}
    where r.id <> odd.id`;
}

async function padded(db: SqlDatabase, column: UniqueColumn): Promise<OddValues[]> {
  const odd = oddValues(column);
  if (odd === undefined) return [];
  const value = name(column.column);
  const isPadded = sql`${trimmed(value)} <> ${value}`;
  const found = await seek(db, {
    columns: sql`id, ${name(column.column)}`,
    from: sql`${name(column.table)} where (${odd}) and ${isPadded}`,
    remedy: shellCommand(
      db,
      sql`update ${sql.raw(column.table)} set ${value} = ${trimmed(value)} where ${isPadded}`,
    ),
  });
  return found.count === 0 ? [] : [{ ...found, ...placeOf(column), problem: 'padded' }];
}
