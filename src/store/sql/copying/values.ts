import { EXIT, UserError } from '../../../support/errors.ts';
import type { FieldType } from '../../rows.ts';
import type { SqlDatabase } from '../database.ts';
import type { Stored, StoredRow } from './side.ts';

type Kind = SqlDatabase['kind'];
/** What a value becomes in the other store; `row` is the one that it stands in. */
type Conversion = (value: Stored, row: StoredRow) => Stored;

/** What segments and triggers have seen of a log that is not copied. */
const WATERMARKS: Readonly<Record<string, Stored>> = { seen_epoch: null, bulk_epoch: 0 };
/** Columns whose values have the type of a field, by the column that says which. */
const OF_FIELDS: Readonly<Record<string, readonly string[]>> = {
  value_suppressions: ['value', 'key'],
  former_values: ['value'],
};
const NUMERIC: readonly FieldType[] = ['number', 'boolean', 'datetime'];

/** Turns rows of a table into those of the other store. */
export function rowConverter(
  table: string,
  columns: readonly string[],
  { to, types }: { readonly to: Kind; readonly types: ReadonlyMap<Stored, FieldType> },
): (row: StoredRow) => StoredRow {
  const conversions = columns.map((column, index) => {
    const convert = conversionOf(table, column, { to, types, columns });
    return convert && ((row: StoredRow) => convert(row[index] ?? null, row));
  });
  if (conversions.every((conversion) => conversion === undefined)) return (row) => row;
  return (row) => conversions.map((convert, index) => convert?.(row) ?? keep(convert, row[index]));
}

/** `??` above stands for null too, which a conversion may give. */
function keep(convert: unknown, value: Stored | undefined): Stored {
  return convert === undefined ? (value ?? null) : null;
}

function conversionOf(
  table: string,
  column: string,
  {
    to,
    types,
    columns,
  }: {
    readonly to: Kind;
    readonly types: ReadonlyMap<Stored, FieldType>;
    readonly columns: readonly string[];
  },
): Conversion | undefined {
  if (column in WATERMARKS) return () => WATERMARKS[column] ?? null;
  if (OF_FIELDS[table]?.includes(column) === true) {
    const place = columns.indexOf('field_id');
    return (value, row) => ofField(value, types.get(row[place] ?? null), to);
  }
  if (table === 'erased_key' && column === 'key') return (value) => asBytes(value, to);
  return table === 'events' && column === 'properties' && to === 'postgres'
    ? (value, row) => requireObject(value, row[columns.indexOf('id')] ?? null)
    : undefined;
}

/** A file has values as fields have them, a database as text. */
function ofField(value: Stored, type: FieldType | undefined, to: Kind): Stored {
  if (value === null) return null;
  if (to === 'postgres') return String(value);
  if (type === undefined || !NUMERIC.includes(type)) return value;
  const number = Number(value);
  return String(number) === value ? number : value; // SQL may have written anything
}

/** A database reads and gives bytes as `\x00ff`. */
function asBytes(value: Stored, to: Kind): Stored {
  if (to === 'postgres')
    return value instanceof Uint8Array
      ? String.raw`\x${Buffer.from(value).toString('hex')}`
      : value;
  return typeof value === 'string' ? Buffer.from(value.slice(2), 'hex') : value;
}

/** A file may hold any text where another program wrote it. */
function requireObject(value: Stored, id: Stored): Stored {
  if (value === null) return null;
  try {
    JSON.parse(String(value));
    return value;
  } catch (cause) {
    const message = `the properties of event ${String(id)} are no JSON, which a database cannot keep`;
    throw new UserError('BAD_VALUE', EXIT.badInput, message, {
      hint: 'what to do about all of them: rollcall doctor --deep',
      cause,
    });
  }
}
