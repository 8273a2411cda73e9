import { type SQL, sql } from 'drizzle-orm';
import type { Access, IndexTrial, Measured, Profiler } from '../../profile.ts';
import type { SqliteDatabase } from '../connection/database.ts';
import { SqliteSession } from '../session.ts';
import {
  bestOf,
  buildStatement,
  listStatement,
  scanStatement,
  TABLES_BY_ALIAS,
} from '../../sql/health/profiled.ts';
import { name } from '../../sql/sql-parts.ts';
import { registerFunctions } from '../connection/functions.ts';
import { openDatabase } from '../file/driver.ts';

export function profiler(db: SqliteDatabase): Profiler {
  return {
    measure: async (match, times) => measure(db, scanStatement(match), times),
    measureList: async (match, times) => measure(db, listStatement(match), times),
    measureBuild: async (segmentId, match, times) =>
      measure(db, buildStatement(segmentId, match), times),
    tryIndex: async (trial, times) =>
      (await wouldUse(db, trial)) ? await tryOnCopy(db, trial, times) : undefined,
  };
}

async function measure(db: SqliteDatabase, select: SQL, times: number): Promise<Measured> {
  const { matching, ms } = await bestOf(db, select, times);
  const plan = (await db.all<{ detail: string }>(sql`explain query plan ${select}`)).map(
    (step) => step.detail,
  );
  return { matching, ms, statement: db.textOf(select), plan, access: accessOf(plan) };
}

const STEP =
  /^(SCAN|SEARCH) (\w+)(?: USING (?:(?:AUTOMATIC |PARTIAL |COVERING )*INDEX (\w+)|((?:INTEGER )?PRIMARY KEY)))?/;

function accessOf(plan: readonly string[]): Access[] {
  const found = plan.flatMap((step): Access[] => {
    const [, verb, alias = '', index, key] = STEP.exec(step) ?? [];
    if (verb === undefined || /^json_each$|VIRTUAL TABLE/.test(step) || alias === 'json_each')
      return [];
    const how = verb === 'SCAN' ? 'all' : key === undefined ? 'index' : 'key';
    return [{ table: TABLES_BY_ALIAS[alias] ?? alias, how, index }];
  });
  return [...new Map(found.map((access) => [JSON.stringify(access), access])).values()];
}

const TRIED = 'tried_index';

/**
 * Whether the database would go by the index: asked of an empty copy of the schema that has it.
 * Plans do not depend on what the tables hold, because rollcall gathers no statistics.
 */
async function wouldUse(db: SqliteDatabase, { column, match }: IndexTrial): Promise<boolean> {
  const raw = openDatabase(':memory:');
  try {
    registerFunctions(raw);
    const statements = await db.pluck<string>(sql`
      select sql
      from sqlite_schema
      where type in ('table', 'index') and sql is not null
        and name not like 'sqlite~_%' escape '~'
      order by type desc`);
    for (const statement of statements) raw.exec(statement);
    const copy = new SqliteSession(raw);
    await copy.run(sql`create index ${name(TRIED)} on contacts (${name(column)})`);
    const plan = await copy.all<{ detail: string }>(
      sql`explain query plan ${listStatement(match)}`,
    );
    return plan.some(
      ({ detail }) => detail.startsWith('SEARCH c ') && detail.includes(` ${TRIED} `),
    );
  } finally {
    raw.close();
  }
}

/** Finds the rows by an index on a copy of the column, then asks the rest of them alone. */
async function tryOnCopy(
  db: SqliteDatabase,
  { column, test, match }: IndexTrial,
  times: number,
): Promise<number> {
  db.raw.exec('drop table if exists temp.tried');
  try {
    await db.run(sql`create temp table tried as select id, ${name(column)} from contacts`);
    await db.run(sql`create index temp.${name(TRIED)} on tried (${name(column)}, id)`);
    const select = sql`
      select c.id
      from (select c.id from temp.tried as c where ${test}) as found
      cross join contacts as c on c.id = found.id
      where ${match}
      order by c.id`;
    return (await bestOf(db, select, times)).ms;
  } finally {
    db.raw.exec('drop table if exists temp.tried');
  }
}
