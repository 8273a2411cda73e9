import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import type { OddValues } from '../../health.ts';
import type { FieldRow, FieldType } from '../../rows.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { uniqueColumnOf } from '../tables/unique-columns.ts';
import { wishesOf } from '../tables/wish-places.ts';
import { doubtsOfField } from './odd-fields.ts';
import { seek } from './trouble.ts';

/** What stands for values that no contact can have, which only another program writes. */
export async function oddWishes(
  db: SqliteDatabase,
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
  const isOther = `typeof(value) not in (${isNumeric(field.type) ? "'integer', 'real'" : "'text'"})`;
  const doubts = [...doubtsOfField({ ...field, alias: 'value' }), ...looksOf(field.type)];
  return sql.raw([isOther, ...doubts.map(({ odd }) => odd)].join(' or '));
}

function isNumeric(type: FieldType): boolean {
  return ['number', 'boolean', 'datetime'].includes(type);
}

/** What no value of these types is without, as far as SQL can tell. */
function looksOf(type: FieldType): { readonly odd: string }[] {
  if (type === 'email') return [{ odd: "value not like '%_@_%'" }];
  return type === 'phone'
    ? [{ odd: "value not glob '*[0-9]*' and value not glob '*[^ -~]*'" }]
    : [];
}
