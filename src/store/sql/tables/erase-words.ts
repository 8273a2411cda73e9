import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { isAscii } from '../../../support/fold.ts';
import type { Remains } from '../../erasing.ts';
import type { SqlDatabase } from '../database.ts';
import { anyOf, name } from '../sql-parts.ts';
import { AS_IT_STANDS, contains, lowered, spelled } from '../words.ts';
import type { KnownValue } from './erase-values.ts';

/*
 * Where values that were erased stand in texts. Such a text may be about somebody else: only in the
 * audit they are put out, and where they stand by themselves; the rest is told by its place.
 */

const ERASED = '(erased)';

/** What is shorter stands in too many texts to say anything of anybody. */
const SHORTEST = 4;

/** A value as it may be written; a text of digits alone is one only where no others are around it. */
interface Form {
  readonly text: string;
  readonly type: KnownValue['type'];
}

function formsOf({ type, value }: KnownValue): Form[] {
  const written = [String(value), String(uniqueKey(type, value))];
  const texts = written.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]);
  return [...new Set(texts)].map((text) => ({ text, type }));
}

function isDistinctive({ text }: Form): boolean {
  return (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= SHORTEST;
}

/** A number in the words of others is most often another. */
function isName({ type }: Form): boolean {
  return type !== 'number' && type !== 'date' && type !== 'datetime';
}

const LITERAL = /[\\^$.*+?()[\]{}|/]/g;

/** With nothing before and behind it that would make it part of another value. */
function aloneIn({ text, type }: Form): string {
  const literal = text.replaceAll(LITERAL, String.raw`\$&`);
  switch (type) {
    case 'email':
      return String.raw`(?<![\p{L}\p{N}._%+-])${literal}(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])`;
    case 'phone':
      return String.raw`(?<![\p{L}\p{N}])(?:00)?${literal}(?![\p{L}\p{N}])`;
    default:
      return String.raw`(?<![\p{L}\p{N}]|\d\.)${literal}(?:\.0)?(?![\p{L}\p{N}]|\.\d)`;
  }
}

/** An address ends others that are longer, `ann@x.org` that of `yoann@x.org`: these are not theirs. */
function anywhereIn(form: Form): string {
  const isOfLetters = /\p{L}/u.test(form.text) && form.type !== 'email';
  return isOfLetters ? form.text.replaceAll(LITERAL, String.raw`\$&`) : aloneIn(form);
}

/** Matches nothing where there are no patterns. */
function oneOf(patterns: readonly string[]): RegExp {
  return new RegExp(patterns.length === 0 ? '(?!)' : patterns.join('|'), 'giu');
}

/** Whether a text may hold any of these values, as the database can say fast. */
export function mayHold(text: SQL, values: readonly KnownValue[]): SQL {
  return mayHoldForm(text, values.flatMap(formsOf));
}

function mayHoldForm(text: SQL, forms: readonly Form[]): SQL {
  return anyOf(
    forms.map(({ text: form }) =>
      isAscii(form)
        ? contains(lowered(text), sql`${form.toLowerCase()}`)
        : contains(sql`fold(${text})`, sql`fold(${form})`),
    ),
  );
}

/** Takes these values out of a text, which may be JSON. */
export function withoutValues(values: readonly KnownValue[]): (text: string) => string {
  const alone = oneOf(values.flatMap(formsOf).filter(isDistinctive).filter(isName).map(aloneIn));
  const keys = new Map(values.map((known) => [keyIn(known.type, known.value), known.type]));
  const types = [...new Set(keys.values())];
  const isOne = (text: string): boolean => types.some((type) => keys.has(keyIn(type, text)));
  return (text) => withoutAny(text, { alone, isOne });
}

function keyIn(type: KnownValue['type'], value: string | number): string {
  return `${type} ${uniqueKey(type, value)}`;
}

interface Values {
  readonly alone: RegExp;
  /** Whether a text is such a value, however short. */
  readonly isOne: (text: string) => boolean;
}

function withoutAny(text: string, values: Values): string {
  const said = parsed(text);
  if (said === undefined) return text.replaceAll(values.alone, ERASED);
  const without = JSON.stringify(withoutIn(said, values));
  return without === JSON.stringify(said) ? text : without;
}

/** What a text says as JSON; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Numbers stay: they are ids and counts. In a list of addresses each is a value, be it a short one. */
function withoutIn(said: unknown, values: Values, isListed = false): unknown {
  if (typeof said === 'string')
    return isListed && values.isOne(said) ? ERASED : said.replaceAll(values.alone, ERASED);
  if (Array.isArray(said)) return said.map((one) => withoutIn(one, values, isListed));
  if (typeof said !== 'object' || said === null) return said;
  return Object.fromEntries(
    Object.entries(said).map(([key, one]) => [key, withoutIn(one, values, key === 'addresses')]),
  );
}

/** Where any of these values still stands in a text; reads every text of the store. */
export async function remainsOf(
  db: SqlDatabase,
  values: readonly KnownValue[],
): Promise<Remains[]> {
  const forms = values.flatMap(formsOf).filter(isDistinctive);
  if (forms.length === 0) return [];
  const anywhere = oneOf(forms.map(anywhereIn));
  const sought: Sought = {
    mayHold: (text) => mayHoldForm(text, forms),
    isIn: (text) => text.search(anywhere) >= 0,
  };
  return (
    await inTurn([...(await textColumns(db))], async ([table, columns]) =>
      remainsIn(db, table, columns, sought),
    )
  ).flat();
}

/** What is looked for: what the database finds is looked at once more. */
interface Sought {
  readonly mayHold: (text: SQL) => SQL;
  readonly isIn: (text: string) => boolean;
}

/** The columns of texts, JSON too, of the tables of the store, by table. */
async function textColumns(db: SqlDatabase): Promise<Map<string, string[]>> {
  const columns = await db.all<{ table: string; column: string }>(TEXT_COLUMNS);
  const tables = new Map<string, string[]>();
  for (const { table, column } of columns)
    tables.set(table, [...(tables.get(table) ?? []), column]);
  return tables;
}

const TEXT_COLUMNS = spelled(
  sql`
    select tables.name as "table", columns.name as "column"
    from pragma_table_list as tables
    join pragma_table_xinfo(tables.name) as columns
    where tables.schema = 'main' and tables.type = 'table' and tables.name not glob 'sqlite_*'
      and upper(columns.type) in ('TEXT', 'ANY') and columns.hidden = 0
    order by 1, columns.cid`,
  sql`
    select relname::text as "table", attname::text as "column"
    from pg_class
    join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    where relnamespace = current_schema::regnamespace and relkind in ('r', 'p')
      and atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype)
    order by relname, attnum`,
);

/** Looks at each row once; at each of its columns only where there is something. */
async function remainsIn(
  db: SqlDatabase,
  table: string,
  columns: readonly string[],
  { mayHold: holds, isIn }: Sought,
): Promise<Remains[]> {
  const texts = columns.map((column) => sql`coalesce(${textOf(column)}, '')`);
  const found = await db.get(sql`
    select 1
    from (
      select ${sql.join(texts, sql` || ' ' || `)} as texts from ${name(table)} ${AS_IT_STANDS}
    ) as looked
    where ${holds(sql`texts`)}
    limit 1`);
  if (found === undefined) return [];
  return (
    await inTurn(columns, async (column) => {
      const said = await db.tuples<[string | number, number]>(sql`
        select ${textOf(column)}, count(*)
        from ${name(table)}
        where ${holds(textOf(column))}
        group by 1`);
      const rows = said.reduce((sum, [text, count]) => (isIn(String(text)) ? sum + count : sum), 0);
      return rows === 0 ? [] : [{ place: `${table}.${column}`, rows }];
    })
  ).flat();
}

function textOf(column: string): SQL {
  return spelled(name(column), sql`${name(column)}::text`);
}
