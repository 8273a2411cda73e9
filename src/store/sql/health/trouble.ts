import { type SQL, sql } from 'drizzle-orm';
import type { Example } from '../../finding.ts';
import type { Trouble } from '../../health.ts';
import type { SqlDatabase } from '../database.ts';

const MOST_EXAMPLES = 3;

/** Rows found by `from` (a table and its condition), of which `columns` are shown. */
export interface Sought {
  readonly columns: SQL;
  readonly from: SQL;
  readonly remedy: string | undefined;
}

/** Counts first: the examples are read only where there are any. */
export async function seek(db: SqlDatabase, { columns, from, remedy }: Sought): Promise<Trouble> {
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
async function examplesOf(db: SqlDatabase, query: SQL): Promise<Example[]> {
  return (await db.ways.exactRows(query)).map((row) =>
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

/** A command line that runs these statements in the database's own shell. */
export function shellCommand(db: SqlDatabase, ...statements: readonly (SQL | string)[]): string {
  return db.ways.shellCommand(
    sql.join(
      statements.map((each) => (typeof each === 'string' ? sql.raw(each) : each)),
      sql`; `,
    ),
  );
}
