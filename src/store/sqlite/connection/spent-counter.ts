import type Sqlite from 'better-sqlite3';
import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { openDatabase } from '../file/driver.ts';
import { isDiskFull } from '../file/full-disk.ts';

const LAST_ID = '9223372036854775807';

/**
 * SQLite says that the disk is full also where it can number no new row of a table: somebody gave a
 * row the last id there is, and its counter of ids stands at the end. Undefined where no table is in
 * that state, or where the disk is full indeed.
 */
export function spentCounter(path: string, cause: unknown): UserError | undefined {
  const spent = isDiskFull(path) ? undefined : findSpent(path);
  if (spent === undefined) return undefined;
  const { table, holder } = spent;
  const last = `(select coalesce(max(id), 0) from ${table})`;
  const reset = `update sqlite_sequence set seq = ${last} where name = '${table}'`;
  return new UserError(
    'NO_MORE_IDS',
    EXIT.noStore,
    `${path} has no id left for new ${table}: the counter of ids stands at its end`,
    {
      hint: holder
        ? `a row of ${table} has the last id: see rollcall doctor --db ${shellQuoted(path)}`
        : `let it go on behind the last row: sqlite3 ${shellQuoted(path)} ${shellQuoted(reset)}`,
      cause,
    },
  );
}

interface Spent {
  readonly table: string;
  /** Whether a row has that id, so that the counter cannot go back behind it. */
  readonly holder: boolean;
}

function findSpent(path: string): Spent | undefined {
  try {
    const raw = openDatabase(path, { readonly: true, fileMustExist: true });
    try {
      return spentIn(raw);
    } finally {
      raw.close();
    }
  } catch {
    return undefined;
  }
}

function spentIn(raw: Sqlite.Database): Spent | undefined {
  const table = raw
    .prepare<[], string>(`select name from sqlite_sequence where seq >= ${LAST_ID} order by name`)
    .pluck()
    .get();
  if (table === undefined) return undefined;
  const holder = raw
    .prepare(`select 1 from "${table.replaceAll('"', '""')}" where id = ${LAST_ID}`)
    .get();
  return { table, holder: holder !== undefined };
}
