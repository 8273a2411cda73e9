import { type SQL, sql } from 'drizzle-orm';
import type { Condition } from '../../../sql/condition.ts';
import type { IndexTrial, Measured, Profiler } from '../../profile.ts';
import { bestOf, buildStatement, listStatement, scanStatement } from '../../sql/health/profiled.ts';
import { name } from '../../sql/sql-parts.ts';
import type { PostgresDatabase } from '../connection/database.ts';
import { resolveMatched } from '../resolve-matched.ts';
import { accessOf, linesOf, type Plan, usesIndex } from './plan.ts';

export function profiler(db: PostgresDatabase): Profiler {
  return {
    measure: async (match, times) => measure(db, scanStatement(await plain(db, match)), times),
    measureList: async (match, times) => measure(db, listStatement(await plain(db, match)), times),
    measureBuild: async (segmentId, match, times) =>
      measure(db, buildStatement(segmentId, await plain(db, match)), times),
    tryIndex: async (trial, times) => tryIndex(db, trial, times),
  };
}

/** What is measured is the database's work: regular expressions are asked for beforehand. */
async function plain(db: PostgresDatabase, match: Condition): Promise<Condition> {
  return resolveMatched(db, match);
}

async function measure(db: PostgresDatabase, select: SQL, times: number): Promise<Measured> {
  const { matching, ms } = await bestOf(db, select, times);
  const plan = await explain(db, select);
  return {
    matching,
    ms,
    statement: db.textOf(select),
    plan: linesOf(plan),
    access: accessOf(plan),
  };
}

async function explain(db: PostgresDatabase, select: SQL): Promise<Plan> {
  const [text] = await db.pluck<string>(sql`explain (format json) ${select}`);
  const [{ Plan: plan }] = JSON.parse(text ?? '') as [{ readonly Plan: Plan }];
  return plan;
}

const TRIED = 'tried';
const TRIED_INDEX = 'tried_index';

/**
 * Finds the rows by an index on a copy of the column, then asks the rest of them alone; undefined
 * where the planner finds that it had better read everything.
 */
async function tryIndex(
  db: PostgresDatabase,
  { column, test, match }: IndexTrial,
  times: number,
): Promise<number | undefined> {
  const [asked, rest] = [await plain(db, test), await plain(db, match)];
  const tried = sql`pg_temp.${name(TRIED)}`;
  await db.run(sql`drop table if exists ${tried}`);
  try {
    await db.run(sql`create temp table ${name(TRIED)} as select id, ${name(column)} from contacts`);
    await db.run(
      sql`create index ${name(TRIED_INDEX)} on ${tried} (${keyOf(await typeOf(db, column), name(column))}, id)`,
    );
    await db.run(sql`analyze ${tried}`);
    const found = sql`select c.id from ${tried} as c where ${asked}`;
    if (!usesIndex(await explain(db, found), TRIED_INDEX)) return undefined;
    const select = sql`
      select c.id
      from (${found}) as found
      join contacts as c on c.id = found.id
      where ${rest}
      order by c.id`;
    return (await bestOf(db, select, times)).ms;
  } finally {
    await db.run(sql`drop table if exists ${tried}`);
  }
}

async function typeOf(db: PostgresDatabase, column: string): Promise<string> {
  return db.value<string>(sql`
    select format_type(atttypid, atttypmod)
    from pg_attribute
    where attrelid = 'contacts'::regclass and attname = ${column}`);
}

/** Texts are looked up without regard to the case of ASCII letters. */
function keyOf(type: string, column: SQL): SQL {
  return type === 'text' ? sql`lower(${column})` : column;
}
