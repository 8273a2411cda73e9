import { type SQL, sql } from 'drizzle-orm';
import type { FieldType, Value } from '../../rows.ts';
import { valuesOf } from '../sql-parts.ts';
import { caseless, spelled } from '../words.ts';
import { isText } from './unique-columns.ts';

/*
 * `value_suppressions` and `former_values` have values of all types in one column. In PostgreSQL that
 * is a text: numbers and instants stand there as JavaScript writes them.
 */

/** A value of a column of this type as it is kept. */
export function toKept(type: FieldType, value: SQL): SQL {
  if (type === 'number') return spelled(value, sql`number_text(${value})`);
  return type === 'datetime' ? spelled(value, sql`(${value})::text`) : value;
}

/** A kept value as the column has it; null where another program wrote what is none. */
export function fromKept(type: FieldType, kept: SQL): SQL {
  if (type === 'number') return spelled(kept, sql`text_number(${kept})`);
  if (type !== 'datetime') return kept;
  return spelled(kept, sql`case when ${kept} ~ '^-?[0-9]{1,18}$' then (${kept})::bigint end`);
}

/** Values as they are kept, to select `key`, which counts them from 0, and `value` from. */
export function listOfKept(values: readonly Value[]): SQL {
  const texts = values.map((value) => (value === null ? null : String(value)));
  return spelled(valuesOf(values), valuesOf(texts, 'text'));
}

/** A value of a column of this type as it sorts, and as it is unique. */
export function comparable(type: FieldType, value: SQL): SQL {
  return isText(type) ? caseless(value) : value;
}
