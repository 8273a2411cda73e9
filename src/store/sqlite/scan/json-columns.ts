import Sqlite from 'better-sqlite3';
import { type SQL, sql } from 'drizzle-orm';
import type { Column } from '../../../sql/columns.ts';
import type { SqliteDatabase } from '../connection/database.ts';

/*
 * Columns are read as JSON arrays, all rows of a batch at once: that takes a third of the time that
 * rows take, one by one. SQLite writes seventeen digits of a number, so that none of it is lost.
 */

/** More text than this is not read at once, in bytes. */
const MOST_TEXT = 64 * 1024 * 1024;

/** There is more in the rows than is read at once. */
export class TooMuchText extends Error {
  constructor() {
    super('more text than is read at once');
  }
}

export interface ColumnQuery {
  readonly columns: readonly SQL[];
  /** What comes behind `from`. */
  readonly source: SQL;
}

/** A value for each row of each column, in the order of the rows. `TooMuchText`. */
export function readColumns(db: SqliteDatabase, { columns, source }: ColumnQuery): Column[] {
  const names = columns.map((_, index) => sql.raw(`column_${index}`));
  const arrays = columns.map((column, at) => sql`json_group_array(${column}) as ${names[at]}`);
  const lengths = names.map((name) => sql`octet_length(${name})`);
  const kept = names.map((name) => sql`iif(length <= ${MOST_TEXT}, ${name}, null)`);
  const query = sql`
    select ${sql.join(kept, sql`, `)}
    from (
      select *, ${sql.join(lengths, sql` + `)} as length
      from (select ${sql.join(arrays, sql`, `)} from ${source})
    )`;
  return textsOf(db, query).map((text) => {
    if (text === null) throw new TooMuchText();
    return JSON.parse(text) as Column;
  });
}

function textsOf(db: SqliteDatabase, query: SQL): (string | null)[] {
  try {
    return db.row<string | null>(query);
  } catch (error) {
    throw isTooBig(error) || isTooBig((error as Error).cause) ? new TooMuchText() : error;
  }
}

/** Of one value, which SQLite makes before we can ask for its length. */
function isTooBig(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && /^SQLITE_(TOOBIG|NOMEM)/.test(error.code);
}
