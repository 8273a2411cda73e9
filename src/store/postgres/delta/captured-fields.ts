import { sql } from 'drizzle-orm';
import type { FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../../sql/database.ts';

/** A unique field of contacts with a column. */
export interface CapturedValue {
  readonly id: number;
  readonly column: string;
  readonly type: FieldType;
}

/** What the triggers have to know of the fields of a store. */
export interface CapturedFields {
  /** The columns of contacts whose edits count, with the fields that they make. */
  readonly contact: readonly { readonly column: string; readonly ids: readonly number[] }[];
  readonly unique: readonly CapturedValue[];
}

interface FieldOfColumn extends CapturedValue {
  readonly isUnique: number;
}

/** Fields whose columns SQL took away count for nothing. */
export async function capturedFields(db: SqlDatabase): Promise<CapturedFields> {
  const fields = await db.all<FieldOfColumn>(sql`
    select attname as "column", fields.id, fields.type, fields.is_unique as "isUnique"
    from fields
    join pg_attribute on attrelid = 'contacts'::regclass and attnum > 0 and not attisdropped
      and lower(attname) = lower(
        case alias when 'company' then 'company_id' when 'email_domain' then 'email' else alias end
      )
    where object = 'contact' and alias <> 'id'
    order by attnum, fields.id`);
  const ids = new Map<string, number[]>();
  for (const { column, id } of fields) ids.set(column, [...(ids.get(column) ?? []), id]);
  return {
    contact: [...ids].map(([column, made]) => ({ column, ids: made })),
    unique: fields.filter(({ isUnique }) => isUnique === 1),
  };
}
