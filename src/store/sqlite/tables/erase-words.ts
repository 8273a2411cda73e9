import { type SQL, sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { uniqueKey } from '../../../sql/unique-key.ts';
import { isAscii } from '../../../support/fold.ts';
import type { Remains } from '../../erasing.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { anyOf, name } from '../connection/sql-parts.ts';
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

/** Whether a text may hold any of these, as the database can say fast. */
function mayHold(text: SQL, forms: readonly Form[]): SQL {
  return anyOf(
    forms.map(({ text: form }) =>
      isAscii(form)
        ? sql`instr(lower(${text}), ${form.toLowerCase()}) > 0`
        : sql`instr(fold(${text}), fold(${form})) > 0`,
    ),
  );
}

/** Takes these values out of the audit; gives the ids of the entries that held any. */
export async function eraseFromAudit(
  db: SqliteDatabase,
  values: readonly KnownValue[],
): Promise<number[]> {
  if (values.length === 0) return [];
  registerWithout(db, values);
  // rule: erased-audit-words
  return db.pluck<number>(sql`
    update audit
    set object = without_erased(object), detail = without_erased(detail)
    where ${isSpokenOf(values)}
    returning id`);
}

/** Whether any entry of the audit names this value. */
export async function isInAudit(db: SqliteDatabase, known: KnownValue): Promise<boolean> {
  registerWithout(db, [known]);
  const found = await db.value<number>(sql`
    select exists (select 1 from audit where ${isSpokenOf([known])})`);
  return found === 1;
}

function isSpokenOf(values: readonly KnownValue[]): SQL {
  const forms = values.flatMap(formsOf);
  return sql`
    (${mayHold(sql`object`, forms)} or ${mayHold(sql`detail`, forms)})
    and (without_erased(object) is not object or without_erased(detail) is not detail)`;
}

/** Makes the function that takes these values out of a text, which may be JSON. */
function registerWithout(db: SqliteDatabase, values: readonly KnownValue[]): void {
  const alone = oneOf(values.flatMap(formsOf).filter(isDistinctive).filter(isName).map(aloneIn));
  const keys = new Map(values.map((known) => [keyIn(known.type, known.value), known.type]));
  const types = [...new Set(keys.values())];
  const isOne = (text: string): boolean => types.some((type) => keys.has(keyIn(type, text)));
  db.raw.function('without_erased', { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? withoutValues(text, { alone, isOne }) : text,
  );
}

function keyIn(type: KnownValue['type'], value: string | number): string {
  return `${type} ${uniqueKey(type, value)}`;
}

interface Values {
  readonly alone: RegExp;
  /** Whether a text is such a value, however short. */
  readonly isOne: (text: string) => boolean;
}

function withoutValues(text: string, values: Values): string {
  const said = parsed(text);
  if (said === undefined) return text.replaceAll(values.alone, ERASED);
  const without = JSON.stringify(withoutIn(said, values));
  return without === JSON.stringify(said) ? text : without;
}

function parsed(text: string): unknown {
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
  db: SqliteDatabase,
  values: readonly KnownValue[],
): Promise<Remains[]> {
  const forms = values.flatMap(formsOf).filter(isDistinctive);
  if (forms.length === 0) return [];
  const anywhere = oneOf(forms.map(anywhereIn));
  db.raw.function('holds_erased', { deterministic: true }, (text: unknown) => {
    anywhere.lastIndex = 0;
    return anywhere.test(String(text)) ? 1 : 0;
  });
  const holds = (text: SQL): SQL => sql`(${mayHold(text, forms)} and holds_erased(${text}))`;
  return (
    await inTurn([...(await textColumns(db))], async ([table, columns]) =>
      remainsIn(db, table, columns, holds),
    )
  ).flat();
}

async function textColumns(db: SqliteDatabase): Promise<Map<string, string[]>> {
  const columns = await db.all<{ table: string; column: string }>(sql`
    select tables.name as "table", columns.name as "column"
    from pragma_table_list as tables
    join pragma_table_xinfo(tables.name) as columns
    where tables.schema = 'main' and tables.type = 'table' and tables.name not glob 'sqlite_*'
      and upper(columns.type) in ('TEXT', 'ANY') and columns.hidden = 0
    order by 1, columns.cid`);
  const tables = new Map<string, string[]>();
  for (const { table, column } of columns)
    tables.set(table, [...(tables.get(table) ?? []), column]);
  return tables;
}

/** Looks at each row once; at each of its columns only where there is something. */
async function remainsIn(
  db: SqliteDatabase,
  table: string,
  columns: readonly string[],
  holds: (text: SQL) => SQL,
): Promise<Remains[]> {
  const texts = columns.map((column) => sql`coalesce(${name(column)}, '')`);
  const found = await db.value<number>(sql`
    select exists (
      select 1
      from (select ${sql.join(texts, sql` || char(10) || `)} as texts from ${name(table)} limit -1)
      where ${holds(sql`texts`)}
    )`);
  if (found === 0) return [];
  return (
    await inTurn(columns, async (column) => {
      const rows = await db.value<number>(sql`
      select count(*) from ${name(table)} where ${holds(name(column))}`);
      return rows === 0 ? [] : [{ place: `${table}.${column}`, rows }];
    })
  ).flat();
}
