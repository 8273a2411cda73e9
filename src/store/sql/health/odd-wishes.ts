import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { OddValues } from '../../health.ts';
import type { FieldRow, FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf } from '../sql-parts.ts';
import { uniqueColumnOf } from '../tables/unique-columns.ts';
import { wishesOf } from '../tables/wish-places.ts';
import { spelled } from '../words.ts';
import { doubtOf } from './odd-fields.ts';
import { seek } from './trouble.ts';

/** What stands for values that no contact can have, which only another program writes. */
export async function oddWishes(
  db: SqlDatabase,
  fields: readonly FieldRow[],
): Promise<OddValues[]> {
  return (
    await inTurn(fields, async (field): Promise<OddValues[]> => {
      const column = uniqueColumnOf(field);
      if (field.object === 'company' || column === undefined) return [];
      const { alias } = field;
      const from = sql`${wishesOf(column)} as said where ${isOdd(field)}`;
      const found = await seek(db, {
        columns: sql`value, channel, reason`,
        from,
        remedy: undefined,
      });
      if (found.count === 0) return [];
      return [{ ...found, table: 'suppressions', column: alias, problem: 'noValue' }];
    })
  ).flat();
}

function isOdd(field: FieldRow): SQL {
  const doubt = doubtOf({ ...field, alias: 'value' }, sql`value`);
  return anyOf([
    isOfOtherType(field.type),
    ...(doubt === undefined ? [] : [doubt.odd]),
    ...looksOf(field.type),
  ]);
}

/** In PostgreSQL all are texts, and no number is null. */
function isOfOtherType(type: FieldType): SQL {
  return isNumeric(type)
    ? spelled(sql`typeof(value) not in ('integer', 'real')`, sql`value is null`)
    : spelled(sql`typeof(value) <> 'text'`, sql`false`);
}

function isNumeric(type: FieldType): boolean {
  return ['number', 'boolean', 'datetime'].includes(type);
}

/** What no value of these types is without, as far as SQL can tell. */
function looksOf(type: FieldType): SQL[] {
  if (type === 'email') return [sql`value not like '%_@_%'`];
  if (type !== 'phone') return [];
  return [
    spelled(
      sql`value not glob '*[0-9]*' and value not glob '*[^ -~]*'`,
      sql`value !~ '[0-9]' and value !~ '[^ -~]'`,
    ),
  ];
}
