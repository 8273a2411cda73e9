import Sqlite from 'better-sqlite3';
import { type SQL, sql } from 'drizzle-orm';
import { type Column, TooMuchOfOne, type WantedPart } from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/*
 * Columns are read as JSON arrays, all rows of a batch at once: that takes a third of the time that
 * rows take, one by one. SQLite writes seventeen digits of a number, so that none of it is lost.
 */

/** More text than this is not read at once, and not kept of a table that is read whole; in bytes. */
export const MOST_TEXT = 64 * 1024 * 1024;

/** There is more in the rows than is read at once. */
export class TooMuchText extends Error {
  readonly query: ColumnQuery;

  constructor(query: ColumnQuery) {
    super('more text than is read at once');
    this.query = query;
  }
}

/** A column that is read, and what of all that is wanted it is read for. */
export interface ReadColumn {
  readonly value: SQL;
  readonly parts: readonly WantedPart[];
}

export interface ColumnQuery {
  readonly columns: readonly ReadColumn[];
  /** What comes behind `from`. */
  readonly source: SQL;
  /** Whose rows these are: the rows of one are read at once or not at all. */
  readonly owner: SQL;
}

export function readColumn(value: SQL, ...parts: readonly WantedPart[]): ReadColumn {
  return { value, parts };
}

/** A value for each row of each column, in the order of the rows. `TooMuchText`. */
export async function readColumns(db: SqliteDatabase, query: ColumnQuery): Promise<Column[]> {
  return (await textsOf(db, query)).map((text) => {
    if (text === null) throw new TooMuchText(query);
    return JSON.parse(text) as Column;
  });
}

function arraysOf({ columns, source }: ColumnQuery): SQL {
  const names = columns.map((_, index) => sql.raw(`column_${index}`));
  const arrays = columns.map(({ value }, at) => sql`json_group_array(${value}) as ${names[at]}`);
  const lengths = names.map((name) => sql`octet_length(${name})`);
  const kept = names.map((name) => sql`iif(length <= ${MOST_TEXT}, ${name}, null)`);
  return sql`
    select ${sql.join(kept, sql`, `)}
    from (
      select *, ${sql.join(lengths, sql` + `)} as length
      from (select ${sql.join(arrays, sql`, `)} from ${source})
    )`;
}

async function textsOf(db: SqliteDatabase, query: ColumnQuery): Promise<(string | null)[]> {
  try {
    return await db.row<string | null>(arraysOf(query));
  } catch (error) {
    throw isTooBig(error) || isTooBig((error as Error).cause) ? new TooMuchText(query) : error;
  }
}

/** Of one value, which SQLite makes before we can ask for its length. */
function isTooBig(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(TOOBIG|NOMEM)/.test(error.code);
}

/**
 * After `TooMuchText`, `TooMuchOfOne` where reading fewer owners at once is of no use, or where there
 * are no fewer: without what is longest of one owner, more can be read.
 */
export async function requireParts(
  db: SqliteDatabase,
  { query, areSeveral }: { readonly query: ColumnQuery; readonly areSeveral: boolean },
): Promise<void> {
  const [all = 0, ...each] = await lengthsOf(db, query);
  // rule: columns-too-much-of-one
  if (areSeveral && all <= MOST_TEXT) return;
  const longest = query.columns
    .map(({ parts }, at) => ({ parts, length: each[at] ?? 0 }))
    .filter(({ parts }) => parts.length > 0)
    .sort((one, other) => other.length - one.length);
  throw new TooMuchOfOne(longest[0]?.parts ?? []);
}

/**
 * What `read` reads of a table of which all is kept, whose rows have no owner. `TooMuchOfOne` where
 * there is too much, as `query` of the whole table tells.
 */
export async function readWhole<T>(
  db: SqliteDatabase,
  query: ColumnQuery,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TooMuchText) await requireParts(db, { query, areSeveral: false });
    throw error;
  }
}

/** Of the owner who has most, in bytes as JSON at least: all columns together, then each of them. */
async function lengthsOf(
  db: SqliteDatabase,
  { columns, source, owner }: ColumnQuery,
): Promise<number[]> {
  const names = columns.map((_, index) => sql.raw(`length_${index}`));
  const sums = columns.map(
    ({ value }, at) => sql`sum(coalesce(octet_length(${value}), 4) + 1) as ${names[at]}`,
  );
  return db.row<number>(sql`
    select
      coalesce(max(${sql.join(names, sql` + `)}), 0),
      ${sql.join(
        names.map((name) => sql`coalesce(max(${name}), 0)`),
        sql`, `,
      )}
    from (select ${sql.join(sums, sql`, `)} from ${source} group by ${owner})`);
}
