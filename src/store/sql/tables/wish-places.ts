import { type SQL, sql } from 'drizzle-orm';
import { fromKept } from './kept-values.ts';
import type { UniqueColumn } from './unique-columns.ts';

/*
 * What stands for e-mail addresses and for values of other unique fields is kept in two tables, and
 * read and written alike.
 */

/** Where the wishes of a unique column are, to select value, channel, reason, created_at from. */
export function wishesOf({ column, type }: UniqueColumn): SQL {
  if (column === 'email')
    return sql`(select address as value, channel, reason, created_at from address_suppressions)`;
  return sql`(
    select ${fromKept(type, sql`value`)} as value, channel, reason, created_at
    from value_suppressions
    where field_id = ${fieldIdOf(column)}
  )`;
}

/** The beginning of a statement that adds wishes; the value as it is kept, channel, reason and created_at follow. */
export function addingTo({ column }: UniqueColumn): SQL {
  return column === 'email'
    ? sql`insert into address_suppressions (address, channel, reason, created_at) select`
    : sql`
        insert into value_suppressions (field_id, value, channel, reason, created_at)
        select ${fieldIdOf(column)},`;
}

function fieldIdOf(column: string): SQL {
  return sql`(
    select fields.id from fields where fields.object = 'contact' and fields.alias = ${column}
  )`;
}
