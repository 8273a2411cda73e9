import { sql } from 'drizzle-orm';
import { inTurn } from '../../../support/in-turn.ts';
import { finding, type Finding } from '../../finding.ts';
import { shellCommand } from '../../sql/health/trouble.ts';
import { name } from '../../sql/sql-parts.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { serverErrorIn } from '../connection/errors.ts';
import { inSavepoint } from '../connection/transactions.ts';

/** Indexes that the server does not use, and with `deep` those that do not fit their tables. */
export async function findBrokenIndexes(
  db: PostgresDatabase,
  deep: boolean,
): Promise<readonly Finding[]> {
  const invalid = await db.pluck<string>(sql`
    select relname
    from pg_index
    join pg_class on pg_class.oid = indexrelid
    where relnamespace = current_schema::regnamespace and not (indisvalid and indisready)
    order by relname`);
  const found = invalid.map((index) =>
    finding('warning', `the index ${index} was left half made, and is not used`, {
      hint: shellCommand(db, sql`reindex index ${name(index)}`),
    }),
  );
  return deep ? [...found, ...(await compareIndexes(db))] : found;
}

/** By the server's own extension, where it is installed and may be called. */
async function compareIndexes(db: PostgresDatabase): Promise<Finding[]> {
  const [checker] = await db.pluck<string>(sql`
    select format('%I.bt_index_check', nspname)
    from pg_proc
    join pg_namespace on pg_namespace.oid = pronamespace
    where proname = 'bt_index_check' and pronargs = 2 and has_function_privilege(pg_proc.oid, 'execute')
    limit 1`);
  if (checker === undefined)
    return [
      finding('note', 'indexes were not compared with their tables: that is for the server to do', {
        hint: 'let a superuser install its extension: create extension amcheck',
      }),
    ];
  const indexes = await db.pluck<string>(sql`
    select relname
    from pg_index
    join pg_class on pg_class.oid = indexrelid
    join pg_am on pg_am.oid = relam
    where relnamespace = current_schema::regnamespace and indisvalid and amname = 'btree'
    order by relname`);
  return (await inTurn(indexes, async (index) => compareIndex(db, checker, index))).flat();
}

async function compareIndex(
  db: PostgresDatabase,
  checker: string,
  index: string,
): Promise<Finding[]> {
  const check = sql`select ${sql.raw(checker)}(format('%I', ${index})::regclass, true)`;
  try {
    await inSavepoint(db, async () => db.run(check));
    return [];
  } catch (error) {
    const cause = serverErrorIn(error);
    if (cause === undefined) throw error;
    const hint = shellCommand(db, sql`reindex index ${name(index)}`);
    return [finding('error', `the index ${index} does not agree with its table`, { hint })];
  }
}
