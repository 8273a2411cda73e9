import { EXIT, UserError } from '../../../support/errors.ts';
import { shellQuoted } from '../../../support/shell-quote.ts';
import { openDatabase } from '../file/driver.ts';
import { isDiskFull } from '../file/full-disk.ts';

const LAST_ID = '9223372036854775807';

/**
 * What SQLite also calls full: a table whose counter of ids has come to its end, because somebody
 * gave a row the last id there is. Undefined where no table is so, or the disk has no room either.
 */
export function spentCounter(path: string, cause: unknown): UserError | undefined {
  const spent = isDiskFull(path) ? undefined : findSpent(path);
  if (spent === undefined) return undefined;
  const { table, holder } = spent;
  const reset = `update sqlite_sequence set seq = (select coalesce(max(id), 0) from ${table}) where name = '${table}'`;
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

/** `holder`: a row has that id, so that the counter cannot go back behind it. */
function findSpent(path: string): { readonly table: string; readonly holder: boolean } | undefined {
  try {
    const raw = openDatabase(path, { readonly: true, fileMustExist: true });
    try {
      const table = raw
        .prepare<[], string>(
          `select name from sqlite_sequence where seq >= ${LAST_ID} order by name`,
        )
        .pluck()
        .get();
      if (table === undefined) return undefined;
      const holder =
        raw
          .prepare(`select 1 from "${table.replaceAll('"', '""')}" where id = ${LAST_ID}`)
          .get() !== undefined;
      return { table, holder };
    } finally {
      raw.close();
    }
  } catch {
    return undefined;
  }
}
