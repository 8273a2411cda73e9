import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { connect } from '../../../src/store/sqlite/connection/connect.ts';

/*
 * Every word that a statement of ours may hold: a field may be called by any of them. What is
 * written in the source is found there, what is made of parts in the statements that ran.
 */

/** https://sqlite.org/lang_keywords.html */
const KEYWORDS = `
  abort action add after all alter always analyze and as asc attach autoincrement before begin
  between by cascade case cast check collate column commit conflict constraint create cross
  current current_date current_time current_timestamp database default deferrable deferred delete
  desc detach distinct do drop each else end escape except exclude exclusive exists explain fail
  filter first following for foreign from full generated glob group groups having if ignore
  immediate in index indexed initially inner insert instead intersect into is isnull join key last
  left like limit match materialized natural no not nothing notnull null nulls of offset on or
  order others outer over partition plan pragma preceding primary query raise range recursive
  references regexp reindex release rename replace restrict returning right rollback row rows
  savepoint select set table temp temporary then ties to transaction trigger unbounded union
  unique update using vacuum values view virtual when where window with without`;

/**
 * Names of literals, of rows in triggers and upserts, of keys without a name, of other databases'
 * words, and of what objects of JavaScript have.
 */
const OTHERS = `
  true false rowid oid _rowid_ old new excluded main temp side scan within strict user public
  offset constructor prototype length name value tostring hasownproperty integer text real blob
  any nan infinity do_not_contact c co e ct t m s r id`;

export const ALIAS = /^[a-z][a-z0-9_]{0,59}$/;

export function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[a-z_][a-z0-9_]*/g) ?? [];
}

/**
 * Of templates of SQL in the source, of migrations, of SQLite itself, and of the schema at `path`,
 * temporary tables apart.
 */
export function knownWords(path: string): Set<string> {
  return new Set([
    ...wordsIn(KEYWORDS),
    ...wordsIn(OTHERS),
    ...statementsInSource().flatMap(wordsIn),
    ...databaseWords(path),
  ]);
}

const ROOT = new URL('../../..', import.meta.url).pathname;

/**
 * The statements of the source and of migrations, without what is put into them and without texts.
 */
export function statementsInSource(): string[] {
  const sources = ['src/store/sqlite', 'src/sql', 'src/filter', 'src/contact'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(ROOT, folder, file)),
  );
  const templates = sources.flatMap(
    (file) => readFileSync(file, 'utf8').match(/(?:sql)?`(?:\\.|[^`\\])*`/g) ?? [],
  );
  const statements = templates.filter((template) =>
    /^sql|\b(select .* from|insert into|update .* set|delete from|create (temp )?(table|trigger|index)|drop table)\b/s.test(
      template,
    ),
  );
  const migrations = readdirSync(join(ROOT, 'drizzle'))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => readFileSync(join(ROOT, 'drizzle', file), 'utf8').replaceAll(/^--.*$/gm, ''));
  const withoutValues = statements.map((template) => template.replaceAll(/\$\{[^}]*\}/g, ' '));
  return [...withoutValues, ...migrations].map((statement) =>
    statement.replaceAll(/'(?:[^']|'')*'|--.*$/gm, ''),
  );
}

function databaseWords(path: string): string[] {
  const raw = connect(path);
  try {
    const functions = raw
      .prepare<[], string>('select name from pragma_function_list')
      .pluck()
      .all();
    const objects = raw
      .prepare<[], { name: string; type: string }>('select name, type from sqlite_schema')
      .all();
    const columns = objects
      .filter(({ type }) => type === 'table' || type === 'view')
      .flatMap(({ name }) =>
        raw.prepare<[string], string>('select name from pragma_table_xinfo(?)').pluck().all(name),
      );
    return [...functions, ...objects.map(({ name }) => name), ...columns].map((word) =>
      word.toLowerCase(),
    );
  } finally {
    raw.close();
  }
}

/**
 * Runs `work` and gives the words of all statements that were prepared or executed meanwhile, on
 * whatever connection.
 */
export async function wordsOf(work: () => Promise<void>): Promise<Set<string>> {
  const words = new Set<string>();
  type Method = (this: Sqlite.Database, sql: string) => unknown;
  const methods = Sqlite.prototype as unknown as Record<'prepare' | 'exec', Method>;
  const before = { ...methods, prepare: methods.prepare, exec: methods.exec };
  const noting = (method: Method): Method =>
    function (sql) {
      for (const word of wordsIn(sql.replaceAll(/'(?:[^']|'')*'/g, ''))) words.add(word);
      return method.call(this, sql);
    };
  Object.assign(methods, { prepare: noting(before.prepare), exec: noting(before.exec) });
  try {
    await work();
  } finally {
    Object.assign(methods, { prepare: before.prepare, exec: before.exec });
  }
  return words;
}
