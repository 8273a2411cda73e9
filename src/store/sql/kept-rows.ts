import { getTableColumns } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';

type Row = Readonly<Record<string, unknown>>;

interface Kept {
  readonly row: Row;
  readonly value: unknown;
}

/**
 * Rows of a table as they were read at a version of the store, in the order of their keys, and what
 * was made of each.
 */
export interface KeptRows {
  readonly version: string;
  readonly reader: (row: Row) => unknown;
  readonly byKey: Map<unknown, Kept>;
  readonly values: readonly unknown[];
}

interface RowsRead extends Pick<KeptRows, 'version' | 'reader'> {
  readonly rows: readonly Record<string, unknown>[];
  readonly key: string;
  readonly before: KeptRows | undefined;
}

/**
 * What is kept after rows were read again: a row that says what it said keeps what was made of it,
 * and where no row changed the list stays the same object.
 */
export function keepRows({ version, reader, rows, key, before }: RowsRead): KeptRows {
  const byKey: KeptRows['byKey'] = new Map();
  for (const row of rows) {
    byKey.set(row[key], keptOrRead(before?.byKey.get(row[key]), row, reader));
  }
  const values = [...byKey.values()].map(({ value }) => value);
  const isSame =
    values.length === before?.values.length &&
    values.every((value, index) => value === before.values[index]);
  return { version, reader, byKey, values: isSame ? before.values : Object.freeze(values) };
}

function keptOrRead(known: Kept | undefined, row: Row, reader: KeptRows['reader']): Kept {
  return known !== undefined && saySame(known.row, row) ? known : { row, value: reader(row) };
}

/** Both have the columns of the table that are ours. */
function saySame(one: Row, other: Row): boolean {
  return Object.keys(other).every((column) => one[column] === other[column]);
}

/** What was made of those rows that have one of `keys`, in the order of all. */
export function keptOf({ byKey }: KeptRows, keys: readonly number[]): unknown[] {
  return [...new Set(keys)]
    .sort((a, b) => a - b)
    .flatMap((key) => {
      const kept = byKey.get(key);
      return kept === undefined ? [] : [kept.value];
    });
}

/**
 * What is made of rows that were read again while others were not. It is kept, so that whoever
 * reads them next finds the same objects.
 */
export function renewRows(
  before: KeptRows | undefined,
  reader: KeptRows['reader'],
  key: string,
  rows: readonly Record<string, unknown>[],
): unknown[] {
  return rows.map((row) => {
    const kept = keptOrRead(before?.byKey.get(row[key]), row, reader);
    before?.byKey.set(row[key], kept);
    return kept.value;
  });
}

/** What is kept with one more row, whose key is the highest. */
export function withRow(
  { reader, byKey, values }: KeptRows,
  version: string,
  key: number,
  row: Record<string, unknown>,
): KeptRows {
  const value = reader(row);
  byKey.set(key, { row, value });
  return { version, reader, byKey, values: Object.freeze([...values, value]) };
}

/** Reads a row as SQLite gives it. */
export function readerOf<Table extends SQLiteTable, T>(
  table: Table,
  read: (row: Table['$inferSelect']) => T,
): KeptRows['reader'] {
  const decode = decoderOf(table);
  return (row) => read(decode(row));
}

/** Makes of a row as SQLite gives it one as drizzle does. */
export function decoderOf<Table extends SQLiteTable>(
  table: Table,
): (row: Record<string, unknown>) => Table['$inferSelect'] {
  const columns = Object.entries(getTableColumns(table));
  return (row) => {
    const decoded: Record<string, unknown> = {};
    for (const [property, column] of columns) {
      const value = row[column.name];
      decoded[property] = value === null ? null : column.mapFromDriverValue(value);
    }
    return decoded;
  };
}
