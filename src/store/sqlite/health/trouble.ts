import { type SQL, sql } from 'drizzle-orm';
import { shellQuoted } from '../../../support/shell-quote.ts';
import type { Example } from '../../finding.ts';
import type { Trouble } from '../../health.ts';
import type { SqliteDatabase } from '../connection/database.ts';

const MOST_EXAMPLES = 3;

/** Rows found by `from` (a table and its condition), of which `columns` are shown. */
export interface Sought {
  readonly columns: SQL;
  readonly from: SQL;
  readonly remedy: string | undefined;
}

/** Counts first: the examples are read only where there are any. */
export async function seek(
  db: SqliteDatabase,
  { columns, from, remedy }: Sought,
): Promise<Trouble> {
  const count = await db.value<number>(sql`select count(*) from ${from}`);
  return {
    count,
    examples:
      count === 0
        ? []
        : await examplesOf(db, sql`select ${columns} from ${from} limit ${MOST_EXAMPLES}`),
    remedy,
  };
}

/** An integer that a JavaScript number cannot hold is given as a text of its digits. */
async function examplesOf(db: SqliteDatabase, query: SQL): Promise<Example[]> {
  return (await db.allExact(query)).map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        typeof value === 'bigint' ? numberOrDigits(value) : value,
      ]),
    ),
  );
}

function numberOrDigits(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

/** A command line that runs this statement in SQLite's own shell. */
export function shellCommand(db: SqliteDatabase, statement: string): string {
  return `sqlite3 ${shellQuoted(db.location)} ${shellQuoted(statement)}`;
}
