import { Column, getTableName, is, Name, Param, SQL, StringChunk, Table } from 'drizzle-orm';
import { Spelled } from '../../sql/words.ts';

/** What the protocol can count. */
const MOST_VALUES = 65_535;

export interface Rendered {
  readonly text: string;
  /** What is to be bound; values that are equal are one. */
  readonly values: unknown[];
}

/**
 * The statement as PostgreSQL takes it: `Spelled` parts in its spelling, each value as a parameter
 * with a cast by its type (an integer is a bigint, any other number a float8), null as itself. A
 * list of values is one `sql.param(list)`, whose cast the statement gives: `${sql.param(ids)}::bigint[]`.
 */
export function render(query: SQL): Rendered {
  const values: unknown[] = [];
  const places = new Map<unknown, string>();
  const bind = (value: unknown, key: unknown): string => {
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = `$${values.push(value)}`;
    places.set(key, place);
    return place;
  };
  const text = textOf(query, (value) => {
    if (value instanceof Param) return bind(value.value, value.value);
    const typed = typedValue(value);
    // types apart, since 1 and '1' are other values
    return typed === undefined
      ? 'null'
      : `${bind(typed.text, typed.type + typed.text)}::${typed.type}`;
  });
  if (values.length > MOST_VALUES)
    throw new Error(`a statement has ${values.length} values, more than PostgreSQL takes`);
  return { text, values };
}

/** The statement with its values in place, for what takes no parameters, and for people. */
export function renderWhole(query: SQL): string {
  return textOf(query, (value) => {
    if (value instanceof Param)
      return quoted(listLiteral(value.value as readonly (string | number | null)[]));
    const typed = typedValue(value);
    if (typed === undefined) return 'null';
    const isPlain = typed.type === 'bigint' && !typed.text.startsWith('-');
    return `${isPlain ? typed.text : quoted(typed.text)}::${typed.type}`;
  });
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function listLiteral(list: readonly (string | number | null)[]): string {
  const words = list.map((value) =>
    value === null ? 'null' : `"${String(value).replaceAll(/["\\]/g, String.raw`\$&`)}"`,
  );
  return `{${words.join(',')}}`;
}

interface Typed {
  readonly text: string;
  readonly type: 'bigint' | 'float8' | 'text' | 'bytea';
}

/** Undefined for null and, as SQLite takes it, for what is no number. */
function typedValue(value: unknown): Typed | undefined {
  if (value === null || Number.isNaN(value)) return undefined;
  if (typeof value === 'string') return { text: value, type: 'text' };
  if (typeof value === 'bigint') return { text: String(value), type: 'bigint' };
  if (typeof value === 'number')
    return { text: String(value), type: Number.isSafeInteger(value) ? 'bigint' : 'float8' };
  if (value instanceof Uint8Array)
    return { text: String.raw`\x${Buffer.from(value).toString('hex')}`, type: 'bytea' };
  throw new Error(`a value of a statement is ${typeof value}, which cannot be bound`);
}

/** The text of a statement, each value as `write` puts it. */
function textOf(query: SQL, write: (value: unknown) => string): string {
  const texts: string[] = [];
  append(query, texts, write);
  return texts.join('');
}

function append(chunk: unknown, texts: string[], write: (value: unknown) => string): void {
  if (chunk instanceof Spelled) append(chunk.postgres, texts, write);
  else if (chunk instanceof SQL) for (const inner of chunk.queryChunks) append(inner, texts, write);
  else if (chunk instanceof StringChunk) texts.push(...chunk.value);
  else if (chunk instanceof Param) texts.push(write(isList(chunk) ? chunk : chunk.value));
  else texts.push(nameIn(chunk) ?? write(chunk));
}

function isList({ value }: Param): boolean {
  return Array.isArray(value);
}

function nameIn(chunk: unknown): string | undefined {
  if (chunk instanceof Name) return quotedName(chunk.value);
  if (is(chunk, Table)) return quotedName(getTableName(chunk));
  if (is(chunk, Column))
    return `${quotedName(getTableName(chunk.table))}.${quotedName(chunk.name)}`;
  return undefined;
}
