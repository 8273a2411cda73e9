import { sql } from 'drizzle-orm';
import type { SqlDatabase } from '../../sql/database.ts';
import { CAPTURED_TABLES } from './capture-triggers.ts';

/*
 * How the captured tables and their triggers stood when we last made them. A trigger that is
 * disabled, even for a moment, has another row version; so has one that a dump brings back.
 */

const TABLES = sql.join(
  CAPTURED_TABLES.map((table) => sql.raw(`'${table}'`)),
  sql`, `,
);

/** Which tables they are, all triggers on them with their functions, and their columns. */
const PRINT = sql`
  with tables as (
    select oid, relname
    from pg_class
    where relnamespace = current_schema::regnamespace and relname in (${TABLES})
  )
  select md5(concat_ws(
    ';',
    (
      select string_agg(concat_ws(',', tables.oid, tables.relname), ';' order by tables.oid)
      from tables
    ),
    (
      select string_agg(concat_ws(',', t.oid, t.xmin, t.tgenabled, t.tgname, p.oid, p.xmin), ';' order by t.oid)
      from tables
      join pg_trigger as t on t.tgrelid = tables.oid
      join pg_proc as p on p.oid = t.tgfoid
      where not t.tgisinternal
    ),
    (
      select string_agg(concat_ws(',', a.attrelid, a.attnum, a.attname, a.atttypid, a.attcollation), ';' order by a.attrelid, a.attnum)
      from tables
      join pg_attribute as a on a.attrelid = tables.oid
      where a.attnum > 0 and not a.attisdropped
    )
  ))`;

/** Takes the schema as it stands for known: the next run will not suspect it. */
export async function notePrint(db: SqlDatabase): Promise<void> {
  await db.run(sql`update capture set print = (${PRINT})`);
}

/** Whether the schema is as it was noted. */
export async function isPrintKnown(db: SqlDatabase): Promise<boolean> {
  // rule: pg-print
  return (await db.value<number>(sql`select print = (${PRINT}) from capture`)) === 1;
}

/**
 * Whether the store is in the cluster where `store` was written, which nothing but this does later.
 * The row has the transaction that wrote it twice: of a dump that is restored, one of them is of
 * another cluster.
 */
export async function isSameCluster(db: SqlDatabase): Promise<boolean> {
  return (
    (await db.value<number>(sql`
      select xmin::text = (made_xid::text::numeric % 4294967296)::text from store`)) === 1
  );
}

/** Takes this cluster for the one where the store is. Not to be called in a savepoint. */
export async function noteCluster(db: SqlDatabase): Promise<void> {
  await db.run(sql`update store set made_xid = pg_current_xact_id()`);
}
